"""What second opinions add to the stage of the permission matrix."""

from tests.integration.cast import Cast
from webapp.imaging.models import Case
from webapp.opinions.services import claim, request_opinion


def add_opinions(cast: Cast) -> None:
    """Let the clinician ask about their case and the radiologist take it: ``opinion_id``."""
    opinion = request_opinion(
        case=Case.objects.get(pk=cast.things["case_id"]),
        question="Benign or malignant?",
        urgent=False,
        actor=cast["clinician"],
        clock=cast.clock,
    )
    claim(request=opinion, actor=cast["radiologist"], clock=cast.clock)
    cast.things["opinion_id"] = opinion.pk
