from django.apps import AppConfig


class PapersConfig(AppConfig):
    name = "mocap_portal.foundation.papers"
