from django.apps import AppConfig


class MovipConfig(AppConfig):
    name = "concerns.movip"
