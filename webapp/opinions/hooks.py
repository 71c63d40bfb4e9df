"""What second opinions add to the case pages."""

from collections.abc import Collection, Mapping
from uuid import UUID

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from webapp.accounts.models import User
from webapp.imaging.access import Badge, Panel
from webapp.imaging.models import Case
from webapp.opinions import selectors
from webapp.opinions.api import STAFF
from webapp.opinions.models import OpinionState

TONES = {
    OpinionState.REQUESTED: "warning",
    OpinionState.CLAIMED: "",
    OpinionState.SIGNED: "success",
}


def visible(user: User) -> Q:
    """Let the radiologist on duty see cases with an open request."""
    return selectors.on_duty(user)


def badges(case_ids: Collection[UUID]) -> Mapping[UUID, Collection[Badge]]:
    """Say where each case's latest request stands."""
    return {
        case_id: [
            Badge(
                column="opinion",
                text=opinion.get_state_display(),
                tone=TONES[OpinionState(opinion.state)],
                url=reverse("opinions:report", args=[opinion.pk]),
            )
        ]
        for case_id, opinion in selectors.latest_opinions(case_ids).items()
    }


def panels(user: User, case: Case) -> Collection[Panel]:
    """Offer the opinion part of the case page to whom it is for."""
    if not user.has_role(*STAFF):
        return []
    address = reverse("opinions:panel", args=[case.pk])
    return [Panel(key="opinion", title=_("Second opinion"), url=address)]
