from django.urls import path

from . import views

app_name = "retention"

urlpatterns = [
    path("", views.overview, name="overview"),
    path("rule/", views.change_rule, name="change_rule"),
    path("holds/new/", views.place, name="place"),
    path("holds/<int:pk>/lift/", views.lift, name="lift"),
    path("propose/", views.propose, name="propose"),
    path("disposed/", views.stubs, name="stubs"),
    path("<int:pk>/", views.disposal, name="disposal"),
    path("<int:pk>/confirm/", views.confirm, name="confirm"),
    path("<int:pk>/withdraw/", views.withdraw, name="withdraw"),
]
