from django.urls import path, register_converter

from . import views
from .models import Table

app_name = "retention"


class TableConverter:
    """A kind of record in an address."""

    regex = "|".join(Table.values)
    to_python = Table

    def to_url(self, value: str) -> str:
        return str(value)


register_converter(TableConverter, "retention_table")

urlpatterns = [
    path("", views.overview, name="overview"),
    path("<retention_table:table>/", views.overview, name="overview"),
    path("<retention_table:table>/rule/", views.change_rule, name="change_rule"),
    path("<retention_table:table>/holds/new/", views.place, name="place"),
    path("<retention_table:table>/propose/", views.propose, name="propose"),
    path("<retention_table:table>/disposed/", views.stubs, name="stubs"),
    path("holds/<int:pk>/lift/", views.lift, name="lift"),
    path("<int:pk>/", views.disposal, name="disposal"),
    path("<int:pk>/confirm/", views.confirm, name="confirm"),
    path("<int:pk>/withdraw/", views.withdraw, name="withdraw"),
]
