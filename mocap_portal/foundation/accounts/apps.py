from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "mocap_portal.foundation.accounts"
