from django.apps import AppConfig


class ReaderStudyConfig(AppConfig):
    """Reader studies: design, blinded reading, analysis."""

    name = "readerstudy"
    label = "readerstudy"

    def ready(self) -> None:
        """Let the staff of a study see its cases."""
        from readerstudy.selectors.studies import case_rule
        from webapp.imaging.access import register_visibility

        register_visibility(case_rule)
