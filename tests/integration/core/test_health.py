"""Health says which part is down."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from webapp.core.health import SILENT_AFTER
from webapp.core.models import WorkerHeartbeat

pytestmark = pytest.mark.django_db


def test_without_a_worker_health_is_503_and_says_so(client: Client) -> None:
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert answer.json() == {"status": "down", "database": "ok", "broker": "ok", "worker": "down"}


@pytest.mark.parametrize(("age", "status"), [(timedelta(0), 200), (SILENT_AFTER * 2, 503)])
def test_a_worker_counts_while_its_heart_beats(client: Client, age: timedelta, status: int) -> None:
    WorkerHeartbeat.objects.create(name="w", at=datetime.now(UTC) - age)
    assert client.get("/healthz").status_code == status
