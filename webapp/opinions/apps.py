from django.apps import AppConfig


class OpinionsConfig(AppConfig):
    """Second opinions: request, report, signature."""

    name = "webapp.opinions"
    label = "opinions"
