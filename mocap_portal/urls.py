"""Every address of the portal. tests/test_access.py knows each of them."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from mocap_portal.foundation.accounts.views import SetUpSecondFactor

urlpatterns = [
    path("", include("mocap_portal.home.urls")),
    path("accounts/2fa/totp/activate/", SetUpSecondFactor.as_view(), name="mfa_activate_totp"),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    path("catalog/", include("providers.urls")),
    path("core-data/mismatches/", include("coredata.reconcile.urls")),
    path("api/v1/", include("coredata.api.urls")),
    path("core-data/june/", include("coredata.june.urls")),
    path("core-data/", include("coredata.urls")),
    path("concerns/patterns/", include("concerns.patterns.urls")),
    path("concerns/retention/", include("concerns.retention.urls")),
    path("concerns/", include("concerns.urls")),
    path("", include("enrollment.part_time.urls")),
    path("", include("enrollment.records.urls")),
    path("", include("enrollment.registration.urls")),
    path("", include("enrollment.full_time.urls")),
    path("", include("enrollment.transfers.urls")),
    path("", include("enrollment.progress.urls")),
    path("membership/", include("enrollment.membership.urls")),
    path("", include("enrollment.certification.urls")),
    path("", include("enrollment.attendance.urls")),
    path("districts/", include("mocap_portal.state_map.public_urls")),
    path("transcripts/", include("concerns.movip.urls")),
    path("people/", include("mocap_portal.foundation.accounts.urls")),
    path("state/", include("mocap_portal.state_map.urls")),
]
if settings.DEMO:
    urlpatterns.append(path("demo/", include("mocap_portal.demo.urls")))
