import warnings

from django.apps import AppConfig


class ImagingConfig(AppConfig):
    """Cases: upload, de-identification, store, frames."""

    name = "webapp.imaging"
    label = "imaging"

    def ready(self) -> None:
        """Keep header values, which pydicom quotes in its warnings, out of the logs."""
        warnings.filterwarnings("ignore", module="pydicom")
