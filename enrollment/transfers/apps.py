from django.apps import AppConfig


class TransfersConfig(AppConfig):
    name = "enrollment.transfers"
