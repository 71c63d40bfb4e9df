import warnings

from django.apps import AppConfig


class ImagingConfig(AppConfig):
    """Cases: upload, de-identification, store, frames."""

    name = "webapp.imaging"
    label = "imaging"

    def ready(self) -> None:
        """Connect the worker's chore; keep header values, quoted by pydicom, out of the logs."""
        from webapp.imaging import worker  # noqa: F401

        warnings.filterwarnings("ignore", module="pydicom")
