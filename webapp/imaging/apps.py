from django.apps import AppConfig


class ImagingConfig(AppConfig):
    """Cases: upload, de-identification, store, frames."""

    name = "webapp.imaging"
    label = "imaging"
