from django.urls import path

from ..views import records

urlpatterns = [
    path("records/", records.requests, name="records_requests"),
    path("records/<int:pk>/", records.answer, name="answer_records"),
    path("applications/<int:pk>/records/", records.records, name="records"),
    path("applications/<int:pk>/records/ask/", records.ask, name="ask_records"),
    path("papers/<int:pk>/", records.paper, name="paper"),
]
