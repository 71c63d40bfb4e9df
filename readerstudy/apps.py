from django.apps import AppConfig


class ReaderStudyConfig(AppConfig):
    """Reader studies: design, blinded reading, analysis."""

    name = "readerstudy"
    label = "readerstudy"
