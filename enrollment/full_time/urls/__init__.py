from . import services

app_name = "full_time"
urlpatterns = services.urlpatterns
