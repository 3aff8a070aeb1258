from django.apps import AppConfig


class HomeConfig(AppConfig):
    name = "mocap_portal.home"
