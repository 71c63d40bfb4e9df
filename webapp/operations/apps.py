from django.apps import AppConfig


class OperationsConfig(AppConfig):
    """Running an installation: demo, processes, doctor."""

    name = "webapp.operations"
    label = "operations"
