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
def move_demo_clock(*, days: str, actor: User | None) -> timedelta:
    """Move the demo's clock ahead, so that a washout of weeks passes in a second.

    Parameters
    ----------
    days : str
        Whole number of days, as typed.

    Returns
    -------
    timedelta
        How far the clock now runs ahead of the machine's.

    Raises
    ------
    NotFound
        Outside demo mode, where there is no such clock.
    InvalidInput
        If it is no whole number, or would go back or more than a year ahead.
    """
    if not settings.DEMO:
        raise NotFound(_("There is nothing at this address, or it is not for you."))
    step = timedelta(days=int(days)) if days.isdecimal() and len(days) < 4 else timedelta(0)
    ahead = DemoClock.ahead() + step
    if not step or ahead > FARTHEST:
        raise InvalidInput(
            _("The demo clock moves 1 to 365 whole days ahead in all; “%(days)s” is not possible.")
            % {"days": days[:20]}
        )
    seconds = int(ahead.total_seconds())
    DemoClock.objects.update_or_create(pk=1, defaults={"ahead_seconds": seconds})
    audit.record(
        chain=audit.SITE,
        actor=actor,
        action="demo_clock.moved",
        target=None,
        data={"days": step.days, "ahead_seconds": seconds},
        clock=SystemClock(),
    )
    return ahead
