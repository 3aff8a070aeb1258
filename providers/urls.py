from django.urls import path

from .models import AgreementKind
from .views import agreements, catalog, own, state

app_name = "providers"

urlpatterns = [
    path("", catalog.catalog, name="catalog"),
    path("<int:pk>/", catalog.course, name="course"),
    path("compare/", catalog.compare, name="compare"),
    path("catalog.csv", catalog.catalog_csv, name="catalog_csv"),
    path("catalog.json", catalog.catalog_json, name="catalog_json"),
    path("own/", own.own_courses, name="own_courses"),
    path("own/<int:pk>/", own.own_course, name="own_course"),
    path("own/undo/", own.undo_availability, name="undo_availability"),
    path("profile/", own.profile, name="profile"),
    path("profile/change/", own.change_profile, name="change_profile"),
    path("profile/apply/", own.apply, name="apply"),
    path("providers/", state.providers, name="providers"),
    path("providers/<int:pk>/", state.provider, name="provider"),
    *(
        path(f"providers/<int:pk>/{name}/", state.provider_step, {"name": name}, name=f"provider_{name}")
        for name in state.STEPS
    ),
    path("providers/notices/<int:pk>/clear/", state.clear_notice, name="clear_notice"),
    path("providers/reviews/<int:pk>/document/", state.review_document, name="review_document"),
    path("agreements/", agreements.agreements, name="agreements"),
    path("agreements/add/", agreements.record_agreement, name="record_agreement"),
    *(
        path(f"agreements/add/{kind}/", agreements.record_agreement, {"kind": kind}, name=f"record_{kind}")
        for kind in AgreementKind.values
        if kind != AgreementKind.DATA
    ),
    path("agreements/<int:pk>/document/", agreements.agreement_document, name="agreement_document"),
    path("agreements/<int:pk>/end/", agreements.end_agreement, name="end_agreement"),
]
