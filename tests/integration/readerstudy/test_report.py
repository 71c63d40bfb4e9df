"""The report's pages: the plan before unblinding, plan and results after it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from django.urls import reverse

from readerstudy.models import ReaderStudy, StudyRole
from readerstudy.reports.export import bundle
from readerstudy.services.staff import add_member
from tests.integration.cast import Cast

CLOSED = "closed until the study is unblinded"


def page_of(cast: Cast, name: str, study: ReaderStudy) -> str:
    """Return the report as somebody sees it."""
    response = cast.client(name).get(reverse("readerstudy:report", args=[study.pk]))
    assert response.status_code == 200
    return str(response.content.decode())


@pytest.fixture
def statistician(cast: Cast, study: ReaderStudy) -> str:
    """Somebody who may not know the reference standard yet."""
    add_member(
        study=study, user=cast["statistician"], role=StudyRole.STATISTICIAN,
        actor=cast["coordinator"], clock=cast.clock,
    )  # fmt: skip
    return "statistician"


def test_before_unblinding_it_is_the_plan_alone(cast: Cast, study: ReaderStudy) -> None:
    page = page_of(cast, "coordinator", study)

    assert "Statistical analysis plan" in page
    assert "Primary result" not in page
    assert study.protocol_sha256 in page
    assert "example.org" not in page


def test_the_statistician_meets_the_reference_standard_with_the_results(
    cast: Cast, study: ReaderStudy, statistician: str
) -> None:
    assert CLOSED not in page_of(cast, "coordinator", study)

    page = page_of(cast, statistician, study)

    assert CLOSED in page
    assert "pathology" not in page


def test_after_unblinding_it_holds_the_results(cast: Cast, done: ReaderStudy) -> None:
    client = cast.client("coordinator")
    page = page_of(cast, "coordinator", done)
    response = client.get(reverse("readerstudy:report-pdf", args=[done.pk]))

    assert "Primary result" in page
    assert response["Content-Type"] == "application/pdf"
    assert response.content.startswith(b"%PDF-")
    for name in ("report", "report-pdf"):
        address = reverse(f"readerstudy:{name}", args=[done.pk])
        for linking in ("results", "dashboard"):
            there = client.get(reverse(f"readerstudy:{linking}", args=[done.pk]))
            assert address in there.content.decode()


def test_the_page_carries_its_style_past_the_security_policy(
    cast: Cast, study: ReaderStudy
) -> None:
    response = cast.client("coordinator").get(reverse("readerstudy:report", args=[study.pk]))

    policy = response["Content-Security-Policy"]
    (style,) = [part for part in policy.split(";") if part.strip().startswith("style-src ")]
    assert "'sha256-" in style
    assert "'unsafe-inline'" not in style
    assert "<script" not in response.content.decode()


def test_a_draft_has_no_plan_to_show(cast: Cast, draft: ReaderStudy) -> None:
    response = cast.client("coordinator").get(reverse("readerstudy:report", args=[draft.pk]))

    assert response.status_code == 409


def test_the_scripts_of_the_export_run_in_its_folder(done: ReaderStudy, tmp_path: Path) -> None:
    pytest.importorskip("sklearn")
    for name, content in bundle(done, printed=False).items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(content)

    run = subprocess.run(
        [sys.executable, "interchange/rerun.py"],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert run.returncode == 0, run.stderr
    rerun = {line.split()[0] for line in run.stdout.splitlines()[1:]}
    assert rerun
    assert rerun <= set(json.loads((tmp_path / "result.json").read_bytes())["analyses"])
