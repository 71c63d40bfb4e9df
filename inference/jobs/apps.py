from django.apps import AppConfig


class JobsConfig(AppConfig):
    """Inference jobs: queue, progress, predictions, overlays."""

    name = "inference.jobs"
    label = "jobs"

    def ready(self) -> None:
        """Connect what a worker does when it starts and while it lives."""
        from inference.jobs import worker  # noqa: F401
