from django.apps import AppConfig


class MembershipReportConfig(AppConfig):
    name = "enrollment.membership"
