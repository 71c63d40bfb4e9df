"""Which systems a case is offered, and which of them first."""

from dataclasses import replace

import pytest

import inference.registry
from inference.jobs import services, systems
from inference.registry.spec import ImageKind
from tests.integration.cast import Cast
from tests.integration.jobs.made_system import MADE_US
from tests.integration.jobs.samples import make_case
from webapp.core.models import AuditEvent
from webapp.imaging.models import Case

STILLS = replace(MADE_US, system="stills", images=ImageKind.STILLS)
CINE = replace(MADE_US, system="cine", images=ImageKind.CINE)
OTHER_CINE = replace(MADE_US, system="other_cine", images=ImageKind.CINE)


@pytest.fixture
def case(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Case:
    """An ultrasound case of one cine, and three systems for ultrasound."""
    monkeypatch.setattr(inference.registry, "SYSTEMS", (STILLS, CINE, OTHER_CINE))
    made = make_case(cast["clinician"], cast.clock, modality="US")
    made.series.update(n_frames=30, viewing={"frame_time_ms": 40})
    return made


def offered(case: Case) -> list[str]:
    """Return the systems offered, the first one in front."""
    return [spec.system for spec in systems.choices_for(case)]


def test_what_fits_the_images_comes_first(case: Case) -> None:
    assert offered(case) == ["cine", "other_cine", "stills"]
    case.series.update(n_frames=1, viewing={})
    assert offered(case) == ["stills", "cine", "other_cine"]


def test_images_of_unknown_modality_are_offered_what_reads_their_kind(case: Case) -> None:
    Case.objects.update(modality="OT")
    case.refresh_from_db()
    assert offered(case) == ["cine", "other_cine"]
    case.series.update(modality="OT", viewing={})
    assert offered(case) == []


def test_an_administrator_prefers_one_for_a_modality(cast: Cast, case: Case) -> None:
    for system in ("stills", "other_cine"):
        services.prefer_system(system=system, actor=cast["admin"], clock=cast.clock)
    assert offered(case) == ["other_cine", "cine", "stills"]
    assert AuditEvent.objects.filter(action="system.preferred").count() == 2
    services.set_system_enabled(
        system="other_cine", enabled=False, actor=cast["admin"], clock=cast.clock
    )
    assert offered(case) == ["cine", "stills"]


def test_the_panel_tells_what_each_takes(cast: Cast, case: Case) -> None:
    page = cast.client("clinician").get(f"/cases/{case.pk}/ai/").content.decode()
    assert '"outline": "required"' in page
    assert '"name": "Made-up system"' in page
