"""Whether the parts of this installation work: database, broker, worker."""

from datetime import timedelta

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from kombu.exceptions import OperationalError

from webapp.celery import app
from webapp.core.clock import SystemClock
from webapp.core.models import WorkerHeartbeat

HEARTBEAT_SECONDS = 5
SILENT_AFTER = timedelta(seconds=6 * HEARTBEAT_SECONDS)


def parts() -> dict[str, str]:
    """Return ``ok`` or ``down`` for each part."""
    states = {"database": _database(), "broker": _broker()}
    states["worker"] = _worker() if states["database"] == "ok" else "down"
    return states


def healthz(_request: HttpRequest) -> JsonResponse:
    """Answer 200 when every part works, else 503; either way with the state of each."""
    states = parts()
    whole = all(state == "ok" for state in states.values())
    body = {"status": "ok" if whole else "down", **states}
    return JsonResponse(body, status=200 if whole else 503)


def _database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return "down"
    return "ok"


def _broker() -> str:
    try:
        with app.connection_for_write() as broker:
            broker.ensure_connection(max_retries=1, timeout=2)
    except (OperationalError, OSError):
        return "down"
    return "ok"


def worker_alive() -> bool:
    """Say whether a worker has reported lately."""
    if settings.CELERY_TASK_ALWAYS_EAGER:
        return True
    # Heartbeats tell machine time even when the demo's clock runs ahead.
    alive_since = SystemClock().now() - SILENT_AFTER
    return WorkerHeartbeat.objects.filter(at__gte=alive_since).exists()


def _worker() -> str:
    return "ok" if worker_alive() else "down"
