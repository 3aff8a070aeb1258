from django.apps import AppConfig


class FullTimeConfig(AppConfig):
    name = "enrollment.full_time"
