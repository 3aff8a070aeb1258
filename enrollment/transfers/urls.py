from django.urls import path

from . import views

app_name = "transfers"
urlpatterns = [
    path("transfers/", views.transfers, name="transfers"),
    path("transfers/<int:pk>/", views.transfer, name="transfer"),
    path("transfers/<int:pk>/receive/", views.receive, name="receive"),
    path("transfers/<int:pk>/decline/", views.decline, name="decline"),
    path("transfers/<int:pk>/take-back/", views.take_back, name="take_back"),
    path("students/<int:pk>/leaves/", views.announce, name="announce"),
    path("full-time/students/<int:pk>/end/", views.end, name="end"),
    path("students/<int:pk>/credit/", views.credit, name="credit"),
]
