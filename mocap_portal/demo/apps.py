from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "mocap_portal.demo"
