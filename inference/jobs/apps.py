from django.apps import AppConfig


class JobsConfig(AppConfig):
    """Inference jobs: queue, progress, predictions, overlays."""

    name = "inference.jobs"
    label = "jobs"

    def ready(self) -> None:
        """Connect what a worker does besides running jobs; tell imaging what stands on cases."""
        from inference.jobs import hooks, worker  # noqa: F401
        from webapp.imaging import access

        access.register_badges(hooks.badges)
        access.register_panels(hooks.panels)
