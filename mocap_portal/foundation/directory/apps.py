from django.apps import AppConfig


class DirectoryConfig(AppConfig):
    name = "mocap_portal.foundation.directory"
