"""Addresses of the state's map."""

from django.urls import path

from . import views

app_name = "state_map"

urlpatterns = [
    path("legal-values/", views.legal_values, name="legal_values"),
    path("legal-values/<slug:key>/", views.legal_value, name="legal_value"),
    path("legal-values/<slug:key>/change/", views.change_legal_value, name="change_legal_value"),
    path("codes/", views.codes, name="codes"),
    path("codes/<slug:code_set>/<slug:code>/", views.code, name="code"),
    path("codes/<slug:code_set>/<slug:code>/change/", views.change_code, name="change_code"),
    path("terms/", views.terms, name="terms"),
    path("terms/<int:pk>/change/", views.change_term, name="change_term"),
    path("closed-days/", views.closed_days, name="closed_days"),
    path("closed-days/close/", views.close_day, name="close_day"),
    path("closed-days/<int:pk>/open/", views.open_day, name="open_day"),
    path("closed-days/<int:pk>/ask-emergency/", views.ask_emergency, name="ask_emergency"),
    path("closed-days/<int:pk>/confirm-emergency/", views.confirm_emergency, name="confirm_emergency"),
    path("district/", views.district, name="district"),
    path("district/policy/", views.change_policy, name="change_policy"),
    path("district/contact/", views.change_contact, name="change_contact"),
]
