"""The worker says every few seconds that it is alive, and looks after unfinished work."""

import logging
import socket
import threading
from collections.abc import Callable
from typing import Any

from celery.signals import worker_ready, worker_shutdown
from django.db import DatabaseError, connection

from webapp.core.clock import SystemClock
from webapp.core.health import HEARTBEAT_SECONDS
from webapp.core.models import WorkerHeartbeat

Chore = Callable[[], None]

logger = logging.getLogger("reading_room.worker")
_stopped = threading.Event()
_chores: list[Chore] = []


def every_beat(chore: Chore) -> Chore:
    """Have the worker call a function at each beat, the first as soon as it takes tasks.

    For rooms whose tables say what work is unfinished: they send it again from here.
    """
    if chore not in _chores:
        _chores.append(chore)
    return chore


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
    while True:
        for chore in (_say_alive, *_chores):
            try:
                chore()
            except DatabaseError:
                connection.close()  # a restarted database is found again at the next beat
            except Exception:
                logger.exception("a worker's chore failed and is tried again at the next beat")
        if _stopped.wait(HEARTBEAT_SECONDS):
            return


def _say_alive() -> None:
    name = socket.gethostname()[:120]
    WorkerHeartbeat.objects.update_or_create(name=name, defaults={"at": SystemClock().now()})
