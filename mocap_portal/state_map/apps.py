from django.apps import AppConfig


class StateMapConfig(AppConfig):
    name = "mocap_portal.state_map"
