"""The demo's case of each further system: marked, with clinical values, run once."""

from pathlib import Path
from typing import Any

import pytest

from inference.jobs import systems
from inference.jobs.models import InferenceJob
from inference.phantoms.size import PhantomSize
from tests.integration.cast import build_people
from webapp.core.home import ensure_home
from webapp.operations import showcase

pytestmark = pytest.mark.django_db


def test_each_system_gets_one_marked_case(
    tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.READING_ROOM_HOME = ensure_home(tmp_path / "home")
    cast = build_people()
    chosen = [each for each in systems.installed() if each.spec.system == "bmode_dcnn"]
    monkeypatch.setattr(systems, "installed", lambda: chosen)
    ran: list[object] = []
    monkeypatch.setattr(showcase, "run_job", lambda **given: ran.append(given["job_id"]))
    for _again in range(2):
        showcase.one_case_each(
            owner=cast["clinician"],
            besides="lilnet_ct",
            seed=7,
            size=PhantomSize(64, 8),
            clock=cast.clock,
            say=lambda line: None,
        )
    job = InferenceJob.objects.get()
    assert ran == [job.pk]
    assert job.outlines and all(each["background"] for each in job.outlines)
    assert {"age", "sex", "hypoechoic_halo"} <= set(job.clinical)
    assert job.case.owner == cast["clinician"]
