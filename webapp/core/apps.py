from django.apps import AppConfig


class CoreConfig(AppConfig):
    """What every room stands on: errors, clock, audit trail, commands."""

    name = "webapp.core"
    label = "core"
