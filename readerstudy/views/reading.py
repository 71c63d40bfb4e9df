"""What a reader sees: one button, and then one case after the other."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from readerstudy import blinding
from readerstudy.services.reading import open_reading
from webapp.accounts.access import role_required, signed_in
from webapp.accounts.models import Role
from webapp.core.clock import request_clock


@role_required(Role.READER)
@require_GET
def worklist(request: HttpRequest) -> HttpResponse:
    """Show the next case to read, the time read today and when the next period opens."""
    listed = blinding.worklist_json(signed_in(request), request_clock(request))["studies"]
    studies = [_for_page(work) for work in listed]
    return render(request, "readerstudy/worklist.html", {"studies": studies})


@role_required(Role.READER)
@require_GET
def read(request: HttpRequest, reading_id: UUID) -> HttpResponse:
    """Open a reading: images at the left, the form at the right."""
    user, clock = signed_in(request), request_clock(request)
    assignment = blinding.assignment_of(user, reading_id)
    open_reading(assignment=assignment, user=user, clock=clock)
    opened = blinding.opened_json(blinding.assignment_of(user, reading_id), clock)
    return render(request, "readerstudy/read.html", {"opened": opened})


def _for_page(work: dict[str, Any]) -> dict[str, Any]:
    due = work["next_due"]
    return work | {
        "position": work["done"] + 1,
        "minutes_today": round(work["seconds_today"] / 60),
        "next_due": None if due is None else datetime.fromisoformat(due),
    }
