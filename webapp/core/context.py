"""What every page shows: where I am, who I am, and that this is for research only."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from webapp.core.models import DemoClock


def page(request: HttpRequest) -> dict[str, Any]:
    """Return the context shared by all templates."""
    user = getattr(request, "user", None)
    roles = user.role_names if user is not None and user.is_authenticated else frozenset()
    return {
        "version": settings.VERSION,
        "demo": settings.DEMO,
        "demo_ahead": DemoClock.ahead() if settings.DEMO else None,
        "roles": roles,
    }
