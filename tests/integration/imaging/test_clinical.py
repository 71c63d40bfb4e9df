"""Clinical values of a case: closed lists and numbers, kept by one service, used by runs."""

from pathlib import Path
from typing import Any

import pytest

import inference.registry
from inference.registry import catalogue
from tests.integration.cast import Cast
from tests.integration.jobs.made_system import MADE_US
from tests.integration.jobs.samples import make_case
from tests.integration.jobs.ultrasound import ultrasound_case, write_ultrasound
from webapp.core.errors import Conflict, InvalidInput
from webapp.core.models import AuditEvent
from webapp.imaging import clinical
from webapp.imaging.ingest import ingest
from webapp.imaging.models import Case
from webapp.imaging.services import set_clinical


@pytest.fixture
def case(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Case:
    """An ultrasound case whose images say age and sex, and one system that reads it."""
    monkeypatch.setattr(
        inference.registry,
        "SYSTEMS",
        (*(spec for spec in catalogue() if spec.modality == "CT"), MADE_US),
    )
    made = make_case(cast["clinician"], cast.clock, modality="US")
    made.age_years, made.sex = 61, "F"
    made.save()
    return made


def keep(cast: Cast, case: Case, **values: str) -> dict[str, str]:
    """Keep values and return what is stored."""
    set_clinical(case=case, values=values, actor=cast["clinician"], clock=cast.clock)
    return {row.name: row.value for row in case.clinical_entries.all()}


def test_values_are_kept_replaced_and_taken_away(cast: Cast, case: Case) -> None:
    assert keep(cast, case, AFP="12,50", sex="M", age="97") == {
        "AFP": "12.5", "sex": "M", "age": "90",
    }  # fmt: skip
    assert keep(cast, case, AFP="13", sex="") == {"AFP": "13"}
    events = AuditEvent.objects.filter(action="case.clinical_changed").order_by("at", "pk")
    assert {tuple(event.data["changed"]) for event in events} == {("AFP", "age", "sex")}
    assert "12.5" not in str([event.data for event in events])
    keep(cast, case, AFP="13")
    assert events.count() == 2  # nothing changed, nothing recorded


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"AFP": "a lot"}, "AFP is a number of 0 or more, found a lot"),
        ({"AFP": "-3"}, "number of 0 or more"),
        ({"AFP": "1e9999"}, "number of 0 or more"),
        ({"sex": "Mrs Smith"}, "one of F, M"),
        ({"name": "Smith"}, "no clinical variable name"),
    ],
)
def test_nothing_but_numbers_and_listed_words_is_taken(
    cast: Cast, case: Case, values: dict[str, str], words: str
) -> None:
    with pytest.raises(InvalidInput, match=words):
        keep(cast, case, **values)
    assert not case.clinical_entries.exists()


def test_a_frozen_case_keeps_its_values(cast: Cast, case: Case) -> None:
    case.pinned = True
    case.save()
    with pytest.raises(Conflict, match="frozen study"):
        keep(cast, case, AFP="1")


def test_a_run_gets_entered_values_before_those_of_the_images(cast: Cast, case: Case) -> None:
    keep(cast, case, sex="M", AFP="4")
    wanted = clinical.variables_for(case)
    assert clinical.values_for_run(case, wanted) == {
        "age": {"value": "61", "unit": "years"},
        "sex": {"value": "M", "unit": ""},
        "AFP": {"value": "4", "unit": "ng/mL"},
    }


def test_page_and_api_show_and_keep_them(cast: Cast, case: Case) -> None:
    client = cast.client("clinician")
    address = f"/api/v1/cases/{case.pk}/clinical/"
    answer = client.put(address, {"values": {"AFP": "7"}}, content_type="application/json")
    told: dict[str, Any] = {row["name"]: row for row in answer.json()}
    assert told["AFP"] == {
        "name": "AFP", "label": "AFP", "unit": "ng/mL", "values": [], "value": "7",
    }  # fmt: skip
    page = client.get(f"/cases/{case.pk}/").content.decode()
    assert 'value="7"' in page and 'placeholder="61"' in page
    sent = client.post(f"/cases/{case.pk}/clinical/", {"AFP": "x", "sex": "F"}, follow=True)
    assert sent.status_code == 400
    assert "AFP is a number of 0 or more" in sent.content.decode()
    assert 'value="x"' in sent.content.decode(), "what was typed stays in the form"
    client.post(f"/cases/{case.pk}/clinical/", {"AFP": "8", "sex": "F"})
    assert client.get(address).json()[0]["value"] is None
    assert {row["name"]: row["value"] for row in client.get(address).json()}["AFP"] == "8"


def test_a_table_in_an_upload_fills_what_is_on_the_list(
    cast: Cast, tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inference.registry, "SYSTEMS", (MADE_US,))
    rows = ("case,variable,value,unit", "p1,AFP,12.5,ng/mL", "p1,sex,F,", "p1,age,old,years",
            "p1,patient_name,Smith,", "p2,AFP,3,ng/mL")  # fmt: skip
    made = ultrasound_case(cast, tmp_path / "up" / "p1", "\n".join(rows))
    assert {row.name: row.value for row in made.clinical_entries.all()} == {
        "AFP": "12.5", "sex": "F",
    }  # fmt: skip
    assert "Smith" not in str(list(AuditEvent.objects.values_list("data", flat=True)))


@pytest.mark.parametrize(
    ("rows", "kept", "refused"),
    [
        ("case,variable,value,unit\nx,AFP,4,mg/dL\n", {}, 0),
        ("case,variable,value,unit\nx,AFP,4,\n", {"AFP": "4"}, 0),
        ("nonsense", {}, 1),
    ],
)
def test_another_unit_or_no_table_gives_nothing(
    cast: Cast,
    tmp_path: Path,
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
    rows: str,
    kept: dict[str, str],
    refused: int,
) -> None:
    monkeypatch.setattr(inference.registry, "SYSTEMS", (MADE_US,))
    write_ultrasound(tmp_path / "up")
    (tmp_path / "up" / "clinical.csv").write_text(rows)
    report = ingest(path=tmp_path / "up", owner=None, project=None, clock=cast.clock)
    entries = report.cases[0].clinical_entries.all()
    assert {row.name: row.value for row in entries} == kept
    assert [refusal.code for _file, refusal in report.refused] == ["broken_table"] * refused
    assert bool(report.notices) == bool(kept) or report.notices[0][1] != "clinical_values_read"
