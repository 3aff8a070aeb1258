from . import family, staff

app_name = "records"
urlpatterns = [*family.urlpatterns, *staff.urlpatterns]
