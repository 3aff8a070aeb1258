from django.contrib.auth.decorators import login_not_required
from django.urls import include, path
from django.views.i18n import set_language

from tests.gallery import views

accounts = ([path("switch/", views.gallery, name="switch_hat")], "accounts")

urlpatterns = [
    path("", views.gallery, name="home"),
    path("gallery/", views.gallery, name="gallery"),
    path("gallery/form/", views.form_page, name="gallery_form"),
    path("gallery/confirm/", views.confirm, name="gallery_confirm"),
    path("gallery/formset/", views.formset_page, name="gallery_formset"),
    path("hats/", include(accounts)),
    path("accounts/", include("allauth.urls")),
    path("language/", login_not_required(set_language), name="set_language"),
]
