"""The doctor finds what is broken and says it in a line."""

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command

from tests.integration.core.test_audit import append, without_triggers
from webapp.core.clock import SystemClock
from webapp.core.models import WorkerHeartbeat

pytestmark = pytest.mark.django_db


def examined() -> tuple[int, dict[str, dict[str, Any]]]:
    """Run the command; return its exit code and the findings by part."""
    out = StringIO()
    code = 0
    try:
        call_command("doctor", json=True, stdout=out)
    except SystemExit as ended:
        code = int(ended.code or 0)
    return code, {row["part"]: row for row in json.loads(out.getvalue())["findings"]}


def test_a_sound_installation() -> None:
    WorkerHeartbeat.objects.create(name="w", at=SystemClock().now())
    append()
    code, findings = examined()
    assert (code, [row for row in findings.values() if not row["sound"]]) == (0, [])


def test_a_silent_worker_and_a_broken_chain_are_faults() -> None:
    append()
    append()
    without_triggers("UPDATE core_auditevent SET action='forged' WHERE sequence=1")
    code, findings = examined()
    assert code == 1
    assert not findings["worker"]["sound"]
    assert "broken at event 1" in findings["audit"]["message"]
