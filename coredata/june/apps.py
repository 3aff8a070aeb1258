from django.apps import AppConfig


class JuneConfig(AppConfig):
    name = "coredata.june"
