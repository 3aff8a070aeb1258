from django.apps import AppConfig


class CoreDataConfig(AppConfig):
    name = "coredata"
