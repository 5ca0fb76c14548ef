from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "decroche.accounts"
    label = "accounts"
