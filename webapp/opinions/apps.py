from django.apps import AppConfig


class OpinionsConfig(AppConfig):
    """Second opinions: request, report, signature."""

    name = "webapp.opinions"
    label = "opinions"

    def ready(self) -> None:
        """Tell imaging who else may see a case and what stands beside it."""
        from webapp.imaging import access
        from webapp.opinions import hooks

        access.register_visibility(hooks.visible)
        access.register_badges(hooks.badges)
        access.register_panels(hooks.panels)
