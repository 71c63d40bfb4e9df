"""Making studies and changing drafts; the protocol that comes out is the one that went in."""

import copy
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inference.contracts import LesionInput
from readerstudy.models import ReaderStudy, ReferenceStandard, StudyRole
from readerstudy.protocol import parse_protocol, six_lesion_template, to_json
from readerstudy.selectors.protocols import protocol_of
from readerstudy.selectors.readiness import readiness
from readerstudy.services.drafts import create_study, update_draft
from readerstudy.services.staff import add_member, remove_member
from tests.integration.cast import Cast
from tests.integration.jobs.samples import make_case
from tests.integration.readerstudy.stage import (
    add_cases,
    ai_output,
    draft_study,
    protocol_for,
    run_ai,
)
from webapp.accounts.models import Role, RoleMembership
from webapp.core import audit
from webapp.core.errors import Conflict, InvalidInput

CASE = "9b2f9a3e-7d3c-4d0e-9f53-0f4f2d3a5b11"


def complete() -> dict[str, Any]:
    """Return a protocol with one of everything."""
    protocol = six_lesion_template("A study", 7)
    protocol["cases"] = [
        {
            "code": "C001",
            "case": CASE,
            "index_lesion": {"centre_mm": [1, 2.5, -3], "size_mm": [10, 10, 10]},
            "strata": {"size_band": "1-3 cm", "centre": 2},
        }
    ]
    protocol["reference"] = [
        {"case": "C001", "task": "bm", "truth": "malignant", "source": "pathology"},
        {"case": "C001", "task": "dx", "truth": "HCC", "source": "pathology"},
    ]
    protocol["readers"] = [{"user": "junior@example.org", "level": "junior", "years": 3}]
    return protocol


def test_a_protocol_comes_back_as_it_went_in() -> None:
    parsed = parse_protocol(complete())
    again = parse_protocol(json.loads(json.dumps(to_json(parsed))))

    assert again == parsed
    assert to_json(again) == to_json(parsed)


@pytest.mark.parametrize(
    ("path", "value", "place"),
    [
        (("colour",), "red", "/colour"),
        (("schema",), "protocol/2", "/schema"),
        (("title",), ["A", "study"], "/title"),
        (("seed",), -1, "/seed"),
        (("seed",), 2**63, "/seed"),
        (("seed",), None, "/seed"),
        (("cases",), {"a": 1}, "/cases"),
        (("cases", 0), "C001", "/cases/0"),
        (("cases", 0, "case"), "not-an-id", "/cases/0/case"),
        (("cases", 0, "code"), "C 1", "/cases/0/code"),
        (("cases", 0, "diagnosis"), "HCC", "/cases/0/diagnosis"),
        (("cases", 0, "index_lesion", "size_mm"), [1, 2], "/cases/0/index_lesion/size_mm"),
        (("cases", 0, "index_lesion", "size_mm"), [1, 2, 0], "/cases/0/index_lesion/size_mm"),
        (("reference", 0, "case"), "C002", "/reference/0/case"),
        (("reference", 0, "task"), "grade", "/reference/0/task"),
        (("reference", 0, "truth"), "perhaps", "/reference/0/truth"),
        (("reference", 1, "task"), "bm", "/reference/1/truth"),
        (("tasks", "bm", "positive"), ["ill"], "/tasks/bm/positive/0"),
        (("tasks", "score"), {"kind": "ordinal", "categories": ["1", "2"]}, "/tasks/score"),
        (("questions", 0, "kind"), "riddle", "/questions/0/kind"),
        (("questions", 0, "choices"), ["benign", "bad"], "/questions/0/choices"),
        (("questions", 1, "id"), "bm", "/questions/1/id"),
        (("questions", 1, "id"), "reason", "/questions/1/id"),
        (("questions", 2, "max"), 0, "/questions/2"),
        (("questions", 3, "role"), "rating", "/questions/3/role"),
        (("readers", 0, "years"), -3, "/readers/0/years"),
        (("arms", 1, "id"), "ai", "/arms/1/id"),
        (("arms", 1, "ai", "show"), ["truth"], "/arms/1/ai/show/0"),
        (("design", "periods"), ["unaided", "later"], "/design/periods/1"),
        (("design", "kind"), "random", "/design/kind"),
        (("washout_days",), 1000, "/washout_days"),
        (("analysis_plan",), {"schema": "analysis-plan/1"}, "/analysis_plan/analyses"),
    ],
)
def test_each_fault_is_found_at_its_place(path: tuple[Any, ...], value: Any, place: str) -> None:
    protocol = complete()
    target: Any = protocol
    for step in path[:-1]:
        target = target[step]
    target[path[-1]] = value

    with pytest.raises(InvalidInput) as refused:
        parse_protocol(protocol)

    assert place in refused.value.fields
    assert refused.value.message.startswith("/")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=8,
)


@given(st.sampled_from(sorted(complete())), JSON)
@settings(max_examples=50, deadline=None)
def test_nonsense_anywhere_is_refused_in_words_or_valid(key: str, nonsense: Any) -> None:
    protocol = complete() | {key: nonsense}
    before = copy.deepcopy(protocol)
    try:
        parsed = parse_protocol(protocol)
    except InvalidInput as refused:
        assert refused.message
    else:
        assert parse_protocol(to_json(parsed)) == parsed
    assert protocol == before


@pytest.mark.parametrize("nonsense", [None, [], "study", 3])
def test_a_protocol_is_an_object(nonsense: object) -> None:
    with pytest.raises(InvalidInput, match="object"):
        parse_protocol(nonsense)


def test_rows_give_the_protocol_back(cast: Cast) -> None:
    cases = add_cases(cast, "coordinator", ("HCC", "FNH"), prefix="T-")
    protocol = protocol_for(cases, ("HCC", "FNH"), ("junior", "senior"))
    study = create_study(protocol=protocol, actor=cast["coordinator"], clock=cast.clock)

    assert protocol_of(study) == to_json(parse_protocol(protocol))
    assert study.memberships.get().user == cast["coordinator"]
    assert [event["action"] for event in audit.rows(audit.study_chain(study.pk))] == [
        "study.created"
    ]


def test_somebody_elses_case_can_not_be_used(cast: Cast) -> None:
    case = make_case(cast["coordinator2"], cast.clock)
    protocol = protocol_for([case], ("HCC",), ("junior",))

    with pytest.raises(InvalidInput) as refused:
        create_study(protocol=protocol, actor=cast["coordinator"], clock=cast.clock)

    assert "/cases/0/case" in refused.value.fields
    assert not ReaderStudy.objects.exists()


def test_a_person_who_does_not_exist_can_not_read(cast: Cast) -> None:
    protocol = six_lesion_template("T", 1) | {
        "readers": [{"user": "nobody@example.org", "level": "junior"}]
    }
    with pytest.raises(InvalidInput) as refused:
        create_study(protocol=protocol, actor=cast["coordinator"], clock=cast.clock)

    assert "/readers/0/user" in refused.value.fields


def test_pieces_change_and_the_rest_stays(cast: Cast, draft: ReaderStudy) -> None:
    before = protocol_of(draft)
    recorded = ReferenceStandard.objects.get(study_case__code="C002", task="dx")

    changed = update_draft(
        study=draft,
        pieces={"title": "Another name", "cases": before["cases"][1:]},
        actor=cast["coordinator"],
        clock=cast.clock,
    )

    after = protocol_of(changed)
    assert after["title"] == "Another name"
    assert [case["code"] for case in after["cases"]] == ["C002", "C003", "C004"]
    assert {row["case"] for row in after["reference"]} == {"C002", "C003", "C004"}
    assert after["readers"] == before["readers"]
    assert ReferenceStandard.objects.get(study_case__code="C002", task="dx").pk == recorded.pk


def test_another_exam_under_the_same_code_has_no_truth_yet(cast: Cast, draft: ReaderStudy) -> None:
    other = make_case(cast["coordinator"], cast.clock, code="RR-9")
    cases = protocol_of(draft)["cases"]
    cases[0]["case"] = str(other.pk)
    update_draft(
        study=draft,
        pieces={"cases": cases, "reference": []},
        actor=cast["coordinator"],
        clock=cast.clock,
    )
    assert not ReferenceStandard.objects.filter(study_case__code="C001").exists()


@pytest.mark.parametrize("pieces", [{"colour": 1}, {"design": {"kind": "fixed"}}, {"arms": []}])
def test_a_piece_that_does_not_fit_changes_nothing(
    cast: Cast, draft: ReaderStudy, pieces: dict[str, Any]
) -> None:
    before = protocol_of(draft)
    with pytest.raises(InvalidInput):
        update_draft(study=draft, pieces=pieces, actor=cast["coordinator"], clock=cast.clock)
    draft.refresh_from_db()
    assert protocol_of(draft) == before


def test_a_frozen_study_has_no_draft(cast: Cast, study: ReaderStudy) -> None:
    with pytest.raises(Conflict):
        update_draft(
            study=study, pieces={"title": "x"}, actor=cast["coordinator"], clock=cast.clock
        )


def codes(study: ReaderStudy) -> set[str]:
    """Return the codes of what keeps a study from freezing."""
    return {reason.code for reason in readiness(study)}


def test_a_complete_draft_is_ready(draft: ReaderStudy) -> None:
    assert readiness(draft) == []


def test_an_empty_draft_says_what_is_missing(cast: Cast) -> None:
    study = create_study(
        protocol=six_lesion_template("T", 1), actor=cast["coordinator"], clock=cast.clock
    )
    assert codes(study) == {"no_cases", "no_readers"}


def test_readiness_names_missing_truth(cast: Cast, draft: ReaderStudy) -> None:
    ReferenceStandard.objects.filter(study_case__code="C003", task="dx").delete()

    (reason,) = readiness(draft)

    assert reason.code == "truth_missing"
    assert "C003" in reason.sentence
    assert "dx" in reason.sentence


def test_readiness_wants_names_looked_for_in_ultrasound_without_header(draft: ReaderStudy) -> None:
    case = draft.cases.get(code="C003").case
    case.series.update(names_unchecked=True)
    assert codes(draft) == set(), "slices get a warning at upload alone"
    case.series.update(modality="US")

    (reason,) = readiness(draft)

    assert reason.code == "names_unchecked"
    assert "C003" in reason.sentence


def test_readiness_looks_at_the_readers(cast: Cast, draft: ReaderStudy) -> None:
    RoleMembership.objects.filter(user=cast["middle"]).delete()
    cast["senior"].is_active = False
    cast["senior"].save()

    assert codes(draft) == {"reader_role", "reader_inactive"}


def test_who_uploaded_a_case_can_not_read_it(cast: Cast, draft: ReaderStudy) -> None:
    case = draft.cases.get(code="C002").case
    case.owner = cast["junior"]
    case.save()

    (reason,) = readiness(draft)

    assert (reason.code, "C002" in reason.sentence) == ("reader_uploaded", True)


def test_who_knows_the_truth_can_not_read(cast: Cast, draft: ReaderStudy) -> None:
    ReferenceStandard.objects.filter(study_case__code="C001").update(recorded_by=cast["junior"])
    assert codes(draft) == {"reader_knows_truth"}


def test_who_can_open_a_case_elsewhere_can_not_read_it(cast: Cast, draft: ReaderStudy) -> None:
    RoleMembership.objects.create(
        user=cast["junior"], role=Role.ADMINISTRATOR, since=cast.clock.now()
    )
    assert codes(draft) == {"reader_sees_case"}


def test_the_staff_can_not_read(cast: Cast, draft: ReaderStudy) -> None:
    RoleMembership.objects.create(
        user=cast["junior"], role=Role.TRUTH_KEEPER, since=cast.clock.now()
    )
    member = {"actor": cast["coordinator"], "clock": cast.clock}
    with pytest.raises(Conflict) as refused:
        add_member(study=draft, user=cast["junior"], role=StudyRole.TRUTH_KEEPER, **member)
    assert refused.value.code == "is_reader"

    other = draft_study(cast, readers=("middle",), prefix="O-")
    add_member(study=other, user=cast["junior"], role=StudyRole.TRUTH_KEEPER, **member)
    readers = [{"user": "junior@example.org", "level": "junior"}]
    update_draft(study=other, pieces={"readers": readers}, **member)
    assert "reader_is_staff" in codes(other)


def test_a_study_keeps_a_coordinator(cast: Cast, draft: ReaderStudy) -> None:
    with pytest.raises(Conflict):
        remove_member(member=draft.memberships.get(), actor=cast["coordinator"], clock=cast.clock)


def test_readiness_wants_a_finished_run_of_one_model_on_every_case(cast: Cast) -> None:
    case = make_case(cast["coordinator"], cast.clock)
    study = create_study(
        protocol=protocol_for([case], ("HCC",), ("junior",)),
        actor=cast["coordinator"],
        clock=cast.clock,
    )
    assert codes(study) == {"run_missing"}


def test_several_lesions_need_a_marked_one_and_its_own_run_is_preferred(cast: Cast) -> None:
    from readerstudy.selectors.protocols import draft_of
    from readerstudy.selectors.runs import models_of, usable_runs

    case = make_case(cast["coordinator"], cast.clock)
    detected = run_ai(cast, case, ai_output("HCC", n_lesions=2))
    protocol = protocol_for([case], ("HCC",), ("junior",))
    study = create_study(protocol=protocol, actor=cast["coordinator"], clock=cast.clock)
    assert codes(study) == {"index_lesion"}

    protocol["cases"][0]["index_lesion"] = {"centre_mm": [40, 2, 3], "size_mm": [9, 9, 9]}
    marked = update_draft(
        study=study,
        pieces={"cases": protocol["cases"]},
        actor=cast["coordinator"],
        clock=cast.clock,
    )
    assert codes(marked) == set()
    model = models_of(draft_of(marked))["lilnet_ct"]
    rows = list(marked.cases.all())
    assert usable_runs(rows, model)[rows[0].pk] == detected

    box = LesionInput(centre_mm=(40.0, 2.0, 3.0), size_mm=(9.0, 9.0, 9.0))
    exact = run_ai(cast, case, ai_output("HCC"), [box])
    assert usable_runs(rows, model)[rows[0].pk] == exact
