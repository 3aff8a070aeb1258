from . import family, review

app_name = "part_time"
urlpatterns = [*family.urlpatterns, *review.urlpatterns]
