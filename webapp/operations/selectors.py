"""Reads about the installation itself."""

import platform
import shutil
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version as package_version

from django.conf import settings
from django.db import connection
from django.db.models import Count

from inference.jobs.models import InferenceJob
from webapp.core import health as parts
from webapp.core.models import WorkerHeartbeat

PACKAGES = ("Django", "torch", "pydicom", "SimpleITK", "numpy", "scipy", "celery")


@dataclass(frozen=True)
class Health:
    """What the health page shows."""

    parts: dict[str, str]
    jobs: dict[str, int]
    workers: list[tuple[str, datetime]]
    disk_free_gib: float
    disk_total_gib: float
    database: str
    versions: dict[str, str]


def health() -> Health:
    """Gather the state of this installation."""
    disk = shutil.disk_usage(settings.READING_ROOM_HOME)
    counted = InferenceJob.objects.values_list("state").annotate(Count("pk")).order_by("state")
    return Health(
        parts=parts.parts(),
        jobs=dict(counted),
        workers=list(WorkerHeartbeat.objects.values_list("name", "at")),
        disk_free_gib=disk.free / 2**30,
        disk_total_gib=disk.total / 2**30,
        database=connection.vendor,
        versions={
            "Reading Room": settings.VERSION,
            "Python": platform.python_version(),
            **{name: package_version(name) for name in PACKAGES},
        },
    )
