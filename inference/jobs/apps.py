from django.apps import AppConfig


class JobsConfig(AppConfig):
    """Inference jobs: queue, progress, predictions, overlays."""

    name = "inference.jobs"
    label = "jobs"
