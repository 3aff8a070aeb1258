from django.apps import AppConfig


class ReconcileConfig(AppConfig):
    name = "coredata.reconcile"
