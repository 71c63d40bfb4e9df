"""Simulated readers, lock, unblinding, results."""

from datetime import timedelta

import pytest

from readerstudy.models import ReaderStudy, Reading, StudyState
from readerstudy.reports.export import bundle
from readerstudy.selectors.results import results
from readerstudy.selectors.rows import readings_rows, reference_rows
from readerstudy.services.ending import lock, unblind
from readerstudy.services.reading import commit_reading
from readerstudy.simulation import simulate
from tests.integration.cast import PASSWORD, Cast
from tests.integration.readerstudy.stage import ANSWERS, frozen_study, opened
from webapp.core import audit
from webapp.core.errors import Conflict, InvalidInput

Files = dict[str, bytes]


def test_simulated_readers_wait_for_the_washout(read: ReaderStudy) -> None:
    assert read.state == StudyState.RUNNING
    for reader in read.readers.all():
        readings = Reading.objects.filter(assignment__period__reader=reader)
        first = {
            r.assignment.study_case_id: r for r in readings.filter(assignment__period__number=1)
        }
        for second in readings.filter(assignment__period__number=2):
            before = first[second.assignment.study_case_id]
            assert second.opened_at - before.committed_at >= timedelta(days=28)


def test_simulated_time_is_active_time(read: ReaderStudy) -> None:
    for reading in Reading.objects.all():
        wall = (reading.committed_at - reading.opened_at).total_seconds()
        assert 0 < reading.active_seconds <= wall


def test_the_same_seed_gives_the_same_readings(cast: Cast) -> None:
    outcomes = []
    for prefix, seed in (("A-", 1), ("B-", 1), ("C-", 2)):
        study = frozen_study(cast, prefix=prefix, readers=("junior", "senior"))
        simulate(study=study, seed=seed, clock=cast.clock)
        outcomes.append(readings_rows(study))

    assert outcomes[0] == outcomes[1]
    assert outcomes[0] != outcomes[2]


def test_only_a_study_that_can_be_read_is_simulated(cast: Cast, draft: ReaderStudy) -> None:
    with pytest.raises(Conflict, match="draft"):
        simulate(study=draft, seed=1, clock=cast.clock)


def test_rows_have_the_form_of_the_contract(cast: Cast, study: ReaderStudy) -> None:
    assignment = opened(cast, study, "junior")
    cast.clock.advance(timedelta(seconds=30))
    commit_reading(
        assignment=assignment, answers=ANSWERS, key="", user=cast["junior"], clock=cast.clock
    )
    rows = readings_rows(study)

    own = [row for row in rows if row["decision"] and row["reader"] == "R01"]
    shared = {
        "reader": "R01", "level": "junior", "arm": "unaided", "period": 1, "position": 1,
        "case": assignment.study_case.code, "repeat": 0, "seconds": 30.0,
    }  # fmt: skip
    assert own == [
        {**shared, "task": "bm", "decision": "malignant", "rating": 80.0, "confidence": "4"},
        {**shared, "task": "dx", "decision": "HCC", "rating": None, "confidence": None},
    ]
    assert len([row for row in rows if row["reader"] != "AI"]) == 3 * 2 * 4 * 2
    ai = {(row["case"], row["task"]): row for row in rows if row["reader"] == "AI"}
    assert len(ai) == 8
    assert ai["C002", "dx"]["decision"] == "FNH"
    assert ai["C002", "bm"]["decision"] == "benign"
    assert ai["C002", "bm"]["rating"] == pytest.approx(18)
    assert (ai["C001", "bm"]["arm"], ai["C001", "bm"]["level"]) == ("ai", "ai")
    assert reference_rows(study)[0] == {
        "case": "C001",
        "task": "bm",
        "truth": "malignant",
        "cluster": "C001",
        "size_band": "1-3 cm",
    }


def test_nobody_sees_results_before_unblinding(cast: Cast, read: ReaderStudy) -> None:
    with pytest.raises(Conflict, match="unblinded"):
        results(read)
    assert {"readings.csv", "reference.csv", "answers.csv", "result.json"}.isdisjoint(bundle(read))
    with pytest.raises(Conflict, match="locked"):
        unblind(study=read, actor=cast["coordinator"], clock=cast.clock)
    lock(study=read, actor=cast["coordinator"], clock=cast.clock)
    with pytest.raises(Conflict):
        results(ReaderStudy.objects.get())


def test_locking_happens_once_and_only_to_what_was_read(cast: Cast, study: ReaderStudy) -> None:
    end = {"study": study, "actor": cast["coordinator"], "clock": cast.clock}
    with pytest.raises(Conflict, match="running"):
        lock(**end)
    opened(cast, study, "junior")
    assert lock(**end).state == StudyState.LOCKED
    with pytest.raises(Conflict):
        lock(**end)
    *_, event = audit.rows(audit.study_chain(study.pk))
    assert event["data"] == {"committed": 0, "assignments": 24}


def test_unblinding_is_signed_with_the_password(cast: Cast, read: ReaderStudy) -> None:
    end = {"study": read, "actor": cast["coordinator"], "clock": cast.clock}
    lock(**end)
    with pytest.raises(InvalidInput, match="password"):
        unblind(**end, password="wrong")

    assert unblind(**end, password=PASSWORD).state == StudyState.UNBLINDED
    *_, event = audit.rows(audit.study_chain(read.pk))
    assert event["data"]["signed"] is True
    assert event["actor"] == str(cast["coordinator"].pk)


def test_results_are_those_of_the_frozen_plan(done: ReaderStudy) -> None:
    found = results(done)

    assert found["schema"] == "analysis-result/1"
    errors = {key: entry for key, entry in found["analyses"].items() if "error" in entry}
    assert errors == {}
    kinds = {entry["type"] for entry in found["analyses"].values()}
    assert {"diagnostic", "mcnemar", "fleiss_kappa", "roc", "comparison_matrix"} <= kinds
    groups = found["analyses"]["bm_accuracy"]["groups"]
    ai = next(group for group in groups if group["reader"] == "AI")
    assert ai["accuracy"]["estimate"] == 1.0
    assert {(g["reader"], g["arm"]) for g in groups} == {
        ("AI", "ai"),
        *((f"R0{n}", arm) for n in (1, 2) for arm in ("unaided", "aided")),
    }
