from django.apps import AppConfig


class AttendanceConfig(AppConfig):
    name = "enrollment.attendance"
