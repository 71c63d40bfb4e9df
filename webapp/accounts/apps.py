from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """People, their roles, and how they come in."""

    name = "webapp.accounts"
    label = "accounts"
