"""The worker says every few seconds that it is alive."""

import socket
import threading
from typing import Any

from celery.signals import worker_ready, worker_shutdown
from django.db import DatabaseError, connection

from webapp.core.clock import SystemClock
from webapp.core.health import HEARTBEAT_SECONDS
from webapp.core.models import WorkerHeartbeat

_stopped = threading.Event()


@worker_ready.connect
def start(**_kwargs: Any) -> None:
    """Start the heartbeat thread once the worker takes tasks."""
    _stopped.clear()
    threading.Thread(target=_beat, name="heartbeat", daemon=True).start()


@worker_shutdown.connect
def stop(**_kwargs: Any) -> None:
    """End the heartbeat with the worker."""
    _stopped.set()


def _beat() -> None:
    name = socket.gethostname()[:120]
    while True:
        try:
            WorkerHeartbeat.objects.update_or_create(
                name=name, defaults={"at": SystemClock().now()}
            )
        except DatabaseError:
            connection.close()  # a restarted database is found again at the next beat
        if _stopped.wait(HEARTBEAT_SECONDS):
            return
