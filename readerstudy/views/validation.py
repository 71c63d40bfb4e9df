"""Published figures beside ours, for anyone who asks whether the numbers can be trusted."""

from collections import defaultdict
from functools import cache

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from readerstudy.statistics.validation import Check, published_checks


@login_required
@require_GET
def validation(request: HttpRequest) -> HttpResponse:
    """Show each published figure beside ours, by data set."""
    checks = _checks()
    by_data: dict[str, list[Check]] = defaultdict(list)
    for check in checks:
        by_data[check.data].append(check)
    context = {
        "by_data": dict(by_data),
        "agreeing": sum(check.agrees for check in checks),
        "total": len(checks),
    }
    return render(request, "readerstudy/validation.html", context)


@cache
def _checks() -> list[Check]:
    """Compute the figures once in a process: neither the data nor the program change in it."""
    return published_checks()
