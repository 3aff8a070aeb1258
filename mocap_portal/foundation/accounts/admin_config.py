"""Which admin site the project has: apart from the site itself, which needs all models loaded."""

from django.contrib.admin.apps import AdminConfig


class PortalAdminConfig(AdminConfig):
    default_site = "mocap_portal.foundation.accounts.admin_site.PortalAdminSite"
