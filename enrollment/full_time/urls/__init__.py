from . import family, host, public, resident, students

app_name = "full_time"
urlpatterns = [
    *public.urlpatterns,
    *family.urlpatterns,
    *host.urlpatterns,
    *resident.urlpatterns,
    *students.urlpatterns,
]
