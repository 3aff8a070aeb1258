from django.apps import AppConfig


class PartTimeConfig(AppConfig):
    name = "enrollment.part_time"
