from django.urls import include, path

from . import family, host, public, records, resident, services, students

app_name = "full_time"
urlpatterns = [
    *public.urlpatterns,
    *family.urlpatterns,
    *host.urlpatterns,
    *resident.urlpatterns,
    *students.urlpatterns,
    path("full-time/", include([*services.urlpatterns, *records.urlpatterns])),
]
