"""A study from beginning to end by commands and over the API."""

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from readerstudy.models import ReaderStudy
from readerstudy.reports.verify import verify
from readerstudy.services.ending import lock, unblind
from tests.integration.cast import PASSWORD, Cast
from webapp.core import audit

Files = dict[str, bytes]


def run_command(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, Any, str]:
    """Run a management command with --json; return exit code, object and what it complained."""
    try:
        call_command(*words, "--json")
        code = 0
    except SystemExit as ended:
        code = int(ended.code or 0)
    out, err = capsys.readouterr()
    return code, json.loads(out) if out else None, err


def test_the_whole_study_by_commands(
    cast: Cast, draft: ReaderStudy, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from readerstudy.selectors.protocols import protocol_of

    file = tmp_path / "protocol.json"
    file.write_text(json.dumps(protocol_of(draft)))
    code, made, _err = run_command(capsys, "study", "create", "--protocol", str(file))
    assert (code, made["state"], made["readiness"]) == (0, "draft", [])
    key = made["id"]
    assert ReaderStudy.objects.get(pk=key).memberships.get().user == cast["coordinator"]

    code, frozen, _err = run_command(capsys, "study", "freeze", key)
    assert (code, frozen["state"], frozen["assignments"]) == (0, "frozen", 24)
    code, answer, err = run_command(capsys, "study", "results", key)
    assert (code, answer["error"]["code"], err.count("\n")) == (1, "still_blinded", 1)
    code, answer, _err = run_command(capsys, "simulate", key, "--seed", "3")
    assert (code, answer["readings"], answer["state"]) == (0, 24, "running")
    code, status, _err = run_command(capsys, "study", "status", key)
    assert {row["done"] for row in status["readers"]} == {4}
    assert run_command(capsys, "study", "lock", key)[:2] == (0, {"state": "locked"})
    assert run_command(capsys, "study", "unblind", key)[:2] == (0, {"state": "unblinded"})
    code, found, _err = run_command(capsys, "study", "results", key)
    assert (code, found["schema"]) == (0, "analysis-result/1")

    folder = tmp_path / "export"
    assert run_command(capsys, "study", "export", key, "--output", str(folder))[0] == 0
    intact = {"plan": "identical", "audit": "intact", "protocol_sha256": frozen["protocol_sha256"]}
    for named in (key, str(folder)):
        code, verdict, _err = run_command(capsys, "study", "verify", named)
        assert code == 0
        assert verdict.items() >= intact.items()
    (folder / "orders.csv").write_bytes(b"reader,period,arm,position,case\n")
    code, verdict, _err = run_command(capsys, "study", "verify", str(folder))
    assert code == 1
    assert verdict["plan"] != "identical"


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("study", "freeze"), 2),
        (("study", "freeze", "no-such-study"), 2),
        (("study", "create"), 2),
        (("study", "create", "--protocol", "missing.json"), 2),
        (("study", "verify", "no-such-folder"), 2),
        (("simulate", "no-such-study", "--seed", "1"), 2),
    ],
)
def test_a_mistake_on_the_command_line_ends_in_one_line(
    cast: Cast, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], code: int
) -> None:
    ended, answer, err = run_command(capsys, *words)

    assert (ended, err.count("\n")) == (code, 1)
    assert answer["error"]["message"]


@pytest.mark.parametrize("content", [b"\xff", b"{", b"[]", b'{"schema": "protocol/1"}'])
def test_a_bad_protocol_file_ends_in_one_line(
    cast: Cast, capsys: pytest.CaptureFixture[str], tmp_path: Path, content: bytes
) -> None:
    (tmp_path / "protocol.json").write_bytes(content)

    words = ("study", "create", "--protocol", str(tmp_path / "protocol.json"))
    code, _answer, err = run_command(capsys, *words)

    assert (code, err.count("\n")) == (2, 1)


def test_an_export_never_overwrites(
    cast: Cast, study: ReaderStudy, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "mine.txt").write_text("mine")

    code, _answer, err = run_command(
        capsys, "study", "export", str(study.pk), "--output", str(tmp_path)
    )

    assert code == 2
    assert "empty" in err
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_the_api_ends_a_study_as_the_commands_do(cast: Cast, read: ReaderStudy) -> None:
    client = cast.client("coordinator")
    base = f"/api/v1/studies/{read.pk}"

    assert client.get(f"{base}/results/").status_code == 409
    assert client.post(f"{base}/lock/").json() == {"state": "locked"}
    unsigned = client.post(f"{base}/unblind/", {}, content_type="application/json")
    assert (unsigned.status_code, "password" in unsigned.json()["fields"]) == (400, True)
    signed = client.post(
        f"{base}/unblind/", {"password": PASSWORD}, content_type="application/json"
    )
    assert signed.json() == {"state": "unblinded"}
    assert client.get(f"{base}/results/").json()["schema"] == "analysis-result/1"
    export = client.get(f"{base}/export/")
    with zipfile.ZipFile(io.BytesIO(export.content)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    assert verify(files).good


def test_a_program_with_a_token_unblinds_without_a_signature(cast: Cast, read: ReaderStudy) -> None:
    from rest_framework.authtoken.models import Token

    token = Token.objects.create(user=cast["coordinator"])
    client = cast.client("anonymous")
    headers = {"Authorization": f"Token {token.key}"}
    for verb, state in (("lock", "locked"), ("unblind", "unblinded")):
        url = f"/api/v1/studies/{read.pk}/{verb}/"
        answer = client.post(url, headers=headers, content_type="application/json")
        assert answer.json() == {"state": state}
    *_, event = audit.rows(audit.study_chain(read.pk))
    assert event["data"]["signed"] is False


def test_a_study_is_made_over_the_api(cast: Cast, draft: ReaderStudy) -> None:
    from readerstudy.selectors.protocols import protocol_of

    client = cast.client("coordinator")
    made = client.post("/api/v1/studies/", protocol_of(draft), content_type="application/json")
    assert made.status_code == 201
    body = made.json()
    assert (body["readiness"], body["state"]) == ([], "draft")
    assert {concern["code"] for concern in body["concerns"]} == {"few_cases"}
    assert body["protocol"] == protocol_of(draft)

    frozen = client.post(f"/api/v1/studies/{body['id']}/freeze/").json()
    status = client.get(f"/api/v1/studies/{body['id']}/status/").json()
    assert status["protocol_sha256"] == frozen["protocol_sha256"]
    assert len(status["readers"]) == 6
    bad = client.post(
        "/api/v1/studies/", {"schema": "protocol/1", "colour": 1}, content_type="application/json"
    )
    assert (bad.status_code, "/colour" in bad.json()["fields"]) == (400, True)


def test_a_statistician_meets_the_truth_with_the_results(cast: Cast, read: ReaderStudy) -> None:
    from readerstudy.models import StudyRole
    from readerstudy.services.staff import add_member

    add_member(
        study=read,
        user=cast["statistician"],
        role=StudyRole.STATISTICIAN,
        actor=cast["coordinator"],
        clock=cast.clock,
    )
    client = cast.client("statistician")
    assert "reference" not in client.get(f"/api/v1/studies/{read.pk}/").json()["protocol"]
    assert client.get(f"/api/v1/studies/{read.pk}/export/").status_code == 409
    lock(study=read, actor=None, clock=cast.clock)
    unblind(study=read, actor=None, clock=cast.clock)
    assert "reference" in client.get(f"/api/v1/studies/{read.pk}/").json()["protocol"]
    assert client.get(f"/api/v1/studies/{read.pk}/export/").status_code == 200
