"""Freezing: what it seals, what it draws, and that it happens once."""

import pytest

from readerstudy.design.randomisation import ALGORITHM
from readerstudy.models import Assignment, PinnedRun, ReaderStudy
from readerstudy.protocol import sha256_of
from readerstudy.selectors.progress import order_table
from readerstudy.services.ending import amend
from readerstudy.services.freezing import freeze
from readerstudy.statistics.plan import parse_plan
from tests.integration.cast import Cast
from tests.integration.readerstudy.stage import draft_study, frozen_study
from webapp.core import audit
from webapp.core.errors import Conflict, InvalidInput


def test_freezing_answers_as_the_contract_says(cast: Cast, draft: ReaderStudy) -> None:
    frozen = freeze(study=draft, actor=cast["coordinator"], clock=cast.clock)

    assert frozen.to_json() == {
        "state": "frozen",
        "protocol_sha256": sha256_of(frozen.study.frozen_protocol),
        "algorithm": ALGORITHM,
        "assignments": 3 * 2 * 4,
    }
    assert Assignment.objects.count() == 24


def test_the_sealed_protocol_is_complete(study: ReaderStudy) -> None:
    sealed = study.frozen_protocol

    assert [reader["user"] for reader in sealed["readers"]] == ["R01", "R02", "R03"]
    assert "example.org" not in str(sealed)
    assert sealed["algorithm"] == ALGORITHM
    assert sealed["arms"][1]["ai"]["version"] == "1.0.0"
    assert sealed["arms"][1]["ai"]["weights_sha256"] == "ab" * 32
    assert parse_plan(sealed["analysis_plan"]).seed == study.seed


def test_every_reader_reads_every_case_once_per_period(study: ReaderStudy) -> None:
    rows = order_table(study)

    for reader in ("R01", "R02", "R03"):
        for period, arm in ((1, "unaided"), (2, "aided")):
            own = [r for r in rows if (r["reader"], r["period"]) == (reader, period)]
            assert sorted(r["case"] for r in own) == ["C001", "C002", "C003", "C004"]
            assert [r["position"] for r in own] == [1, 2, 3, 4]
            assert {r["arm"] for r in own} == {arm}


def test_the_same_protocol_gives_the_same_orders(cast: Cast) -> None:
    first = frozen_study(cast, prefix="A-")
    again = frozen_study(cast, prefix="B-")
    other = frozen_study(cast, prefix="C-", seed=1)

    assert order_table(first) == order_table(again)
    assert order_table(first) != order_table(other)


def test_codes_of_a_reader_never_repeat_and_say_nothing(study: ReaderStudy) -> None:
    for reader in study.readers.all():
        codes = list(
            Assignment.objects.filter(period__reader=reader).values_list("code", flat=True)
        )
        assert len(set(codes)) == len(codes) == 8
        assert not any("C00" in code for code in codes)


def test_runs_and_cases_are_pinned(study: ReaderStudy) -> None:
    runs = PinnedRun.objects.filter(study_case__study=study)

    assert runs.count() == 4
    assert {run.weights_sha256 for run in runs} == {"ab" * 32}
    assert all(row.case.pinned for row in study.cases.select_related("case"))


def test_freezing_twice_is_refused_and_changes_nothing(cast: Cast, study: ReaderStudy) -> None:
    with pytest.raises(Conflict, match="frozen") as refused:
        freeze(study=study, actor=cast["coordinator"], clock=cast.clock)

    assert refused.value.code == "study_frozen"
    assert Assignment.objects.count() == 24


def test_a_study_that_is_not_ready_stays_a_draft(cast: Cast) -> None:
    study = draft_study(cast, readers=("clinician",))

    with pytest.raises(Conflict) as refused:
        freeze(study=study, actor=cast["coordinator"], clock=cast.clock)

    assert refused.value.code == "not_ready"
    assert "reader_role" in refused.value.fields
    study.refresh_from_db()
    assert study.is_draft
    assert not Assignment.objects.exists()


def test_readers_named_in_the_plan_become_pseudonyms(cast: Cast) -> None:
    plan = {
        "schema": "analysis-plan/1",
        "analyses": [
            {
                "id": "junior",
                "type": "diagnostic",
                "task": "bm",
                "select": {"reader": "junior@example.org", "arm": "unaided"},
            }
        ],
    }
    study = frozen_study(cast, analysis_plan=plan)

    sealed = study.frozen_protocol["analysis_plan"]
    assert sealed["analyses"][0]["select"]["reader"] == "R01"
    assert sealed["tasks"].keys() == {"bm", "dx"}


def test_crossover_counterbalances_the_arms(cast: Cast) -> None:
    study = frozen_study(
        cast,
        readers=("junior", "senior"),
        design={"kind": "crossover", "periods": ["unaided", "aided"]},
    )
    first = {r["reader"]: r["arm"] for r in order_table(study) if r["period"] == 1}

    assert sorted(first.values()) == ["aided", "unaided"]


def test_an_amendment_needs_a_reason_and_leaves_the_seal(cast: Cast, study: ReaderStudy) -> None:
    change = {"study": study, "actor": cast["coordinator"], "clock": cast.clock}
    with pytest.raises(InvalidInput, match="reason"):
        amend(changes={"washout_days": 30}, reason=" ", **change)
    with pytest.raises(InvalidInput, match="seed"):
        amend(changes={"seed": 3}, reason="Another order", **change)
    with pytest.raises(InvalidInput, match="washout_days"):
        amend(changes={"washout_days": -1}, reason="Shorter", **change)

    amended = amend(changes={"washout_days": 30}, reason="A holiday", **change)

    assert amended.washout_days == 30
    assert amended.frozen_protocol["washout_days"] == 28
    *_, event = audit.rows(audit.study_chain(study.pk))
    assert event["action"] == "study.amended"
    assert event["data"]["reason"] == "A holiday"
    assert event["data"]["before"] == {"washout_days": 28}
