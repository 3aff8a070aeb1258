from django.urls import path

from ..views import family

urlpatterns = [
    path("children/", family.children, name="children"),
    path("children/<int:pk>/ask/", family.ask_to_confirm, name="ask_to_confirm"),
    path("children/<int:student_pk>/disclosures/", family.disclosures, name="disclosures"),
]
