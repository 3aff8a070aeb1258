from django.apps import AppConfig


class ClocksConfig(AppConfig):
    name = "mocap_portal.foundation.clocks"
