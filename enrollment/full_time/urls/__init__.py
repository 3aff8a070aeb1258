from . import records, services

app_name = "full_time"
urlpatterns = [*services.urlpatterns, *records.urlpatterns]
