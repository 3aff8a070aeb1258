from django.apps import AppConfig


class UiConfig(AppConfig):
    name = "mocap_portal.foundation.ui"
