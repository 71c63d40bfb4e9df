"""Writes that only a demo installation allows."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from webapp.accounts.models import User
from webapp.core import audit
from webapp.core.clock import SystemClock
from webapp.core.errors import InvalidInput, NotFound
from webapp.core.models import DemoClock

FARTHEST = timedelta(days=365)


@transaction.atomic
def move_demo_clock(*, days: int, actor: User | None) -> timedelta:
    """Move the demo's clock ahead, so that a washout of weeks passes in a second.

    Returns
    -------
    timedelta
        How far the clock now runs ahead of the machine's.

    Raises
    ------
    NotFound
        Outside demo mode, where there is no such clock.
    InvalidInput
        If it would go back or more than a year ahead.
    """
    if not settings.DEMO:
        raise NotFound(_("There is nothing at this address, or it is not for you."))
    ahead = DemoClock.ahead() + timedelta(days=days)
    if days < 1 or ahead > FARTHEST:
        raise InvalidInput(
            _("The demo clock moves 1 to 365 days ahead in all; %(days)s more is not possible.")
            % {"days": days}
        )
    seconds = int(ahead.total_seconds())
    DemoClock.objects.update_or_create(pk=1, defaults={"ahead_seconds": seconds})
    audit.record(
        chain=audit.SITE,
        actor=actor,
        action="demo_clock.moved",
        target=None,
        data={"days": days, "ahead_seconds": seconds},
        clock=SystemClock(),
    )
    return ahead
