"""Addresses of the state's map."""

from django.urls import path

from .views import calendar, district, legal, overview

app_name = "state_map"

urlpatterns = [
    path("", overview.overview, name="overview"),
    path("legal-values/", legal.legal_values, name="legal_values"),
    path("legal-values/<slug:key>/", legal.legal_value, name="legal_value"),
    path("legal-values/<slug:key>/change/", legal.change_legal_value, name="change_legal_value"),
    path("codes/", legal.codes, name="codes"),
    path("codes/<slug:code_set>/", legal.code_set, name="code_set"),
    path("codes/<slug:code_set>/import/file/", legal.import_codes, name="import_codes"),
    path("codes/<slug:code_set>/<str:code>/", legal.code, name="code"),
    path("codes/<slug:code_set>/<str:code>/change/", legal.change_code, name="change_code"),
    path("terms/", calendar.terms, name="terms"),
    path("terms/<int:pk>/change/", calendar.change_term, name="change_term"),
    path("closed-days/", calendar.closed_days, name="closed_days"),
    path("closed-days/close/", calendar.close_day, name="close_day"),
    path("closed-days/<int:pk>/open/", calendar.open_day, name="open_day"),
    path("closed-days/<int:pk>/ask-emergency/", calendar.ask_emergency, name="ask_emergency"),
    path("closed-days/<int:pk>/confirm-emergency/", calendar.confirm_emergency, name="confirm_emergency"),
    path("district/", district.district, name="district"),
    path("district/policy/", district.change_policy, name="change_policy"),
    path("district/links/", district.change_links, name="change_links"),
    path("district/windows/<int:term_pk>/", district.change_window, name="change_window"),
    path("districts/incomplete/", district.incomplete, name="incomplete"),
    path("district/contact/", district.change_contact, name="change_contact"),
]
