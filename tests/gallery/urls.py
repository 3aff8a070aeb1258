from django.urls import path

from mocap_portal.urls import urlpatterns as portal_urls
from tests.gallery import views

urlpatterns = [
    path("gallery/", views.gallery, name="gallery"),
    path("gallery/form/", views.form_page, name="gallery_form"),
    path("gallery/confirm/", views.confirm, name="gallery_confirm"),
    path("gallery/formset/", views.formset_page, name="gallery_formset"),
    *portal_urls,
]
