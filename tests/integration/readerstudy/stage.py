"""Two parallel reader studies: cases with finished runs, truth, staff, readers."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from inference.contracts import Box, Lesion, LesionInput, Prediction, RunOutput, Stage
from inference.jobs.execution import run_job
from inference.jobs.models import InferenceJob
from inference.jobs.services import request_inference
from readerstudy.models import Assignment, ReaderStudy, StudyRole
from readerstudy.protocol import six_lesion_template
from readerstudy.selectors.worklist import work_of
from readerstudy.services.drafts import create_study
from readerstudy.services.freezing import freeze
from readerstudy.services.reading import open_reading
from readerstudy.services.staff import add_member
from tests.integration.cast import Cast
from tests.integration.jobs.samples import computing, make_case, sample_output
from webapp.imaging.models import Case

MALIGNANT = ("HCC", "ICC", "MET")
DIAGNOSES = (*MALIGNANT, "FNH", "HEM", "CYST")
ANSWERS = {"bm": "malignant", "dx": "HCC", "malignancy": 80, "confidence": "4"}


def ai_output(decision: str, *, n_lesions: int = 1) -> RunOutput:
    """Return a run that decides for one leaf class with probability 0.7."""
    probabilities = {code: 0.7 if code == decision else 0.06 for code in DIAGNOSES}
    malignant = sum(probabilities[code] for code in MALIGNANT)
    lesions = tuple(
        Lesion(
            box_mm=Box(40.0 * n, 2.0, 3.0, 10.0, 10.0, 10.0),
            box_px=(0, 0, 0, 10, 10, 2),
            confidence=0.9,
            probabilities=probabilities,
            source="detected",
            series_key=sample_output().heatmaps[0].series_key,
        )
        for n in range(n_lesions)
    )
    prediction = Prediction(
        decision=decision,
        probabilities=probabilities,
        stages=(Stage("bm", {"benign": 1 - malignant, "malignant": malignant}),),
        lesions=lesions,
        decision_lesion=0,
        phases_used=("arterial",),
    )
    return replace(sample_output(), prediction=prediction)


def run_ai(
    cast: Cast, case: Case, output: RunOutput, lesions: Sequence[LesionInput] = ()
) -> InferenceJob:
    """Let a system finish on a case."""
    job = request_inference(
        case=case, system="lilnet_ct", actor=None, clock=cast.clock, lesions=lesions
    )
    run_job(job_id=job.pk, clock=cast.clock, machine_clock=cast.clock, compute=computing(output))
    job.refresh_from_db()
    return job


def add_cases(cast: Cast, owner: str, truths: Sequence[str], *, prefix: str) -> list[Case]:
    """Store cases of a coordinator's with finished runs; the AI is always right."""
    cases = []
    for number, truth in enumerate(truths, start=1):
        case = make_case(cast[owner], cast.clock, code=f"{prefix}{number:03d}")
        run_ai(cast, case, ai_output(truth))
        cases.append(case)
    return cases


def protocol_for(
    cases: Sequence[Case], truths: Sequence[str], readers: Sequence[str], **changes: Any
) -> dict[str, Any]:
    """Return a complete protocol: unaided, then aided."""
    reference = []
    for number, truth in enumerate(truths, start=1):
        side = "malignant" if truth in MALIGNANT else "benign"
        for task, value in (("bm", side), ("dx", truth)):
            entry = {"case": f"C{number:03d}", "task": task, "truth": value, "source": "pathology"}
            reference.append(entry)
    return {
        **six_lesion_template("Six focal liver lesions", 20240501),
        "cases": [
            {"code": f"C{number:03d}", "case": str(case.pk), "strata": {"size_band": "1-3 cm"}}
            for number, case in enumerate(cases, start=1)
        ],
        "reference": reference,
        "readers": [
            {"user": f"{name}@example.org", "level": name.rstrip("2"), "years": 5}
            for name in readers
        ],
        **changes,
    }


def draft_study(
    cast: Cast,
    *,
    owner: str = "coordinator",
    truths: Sequence[str] = ("HCC", "FNH", "MET", "CYST"),
    readers: Sequence[str] = ("junior", "middle", "senior"),
    prefix: str = "SC-",
    **changes: Any,
) -> ReaderStudy:
    """Store a study that is ready to be frozen."""
    cases = add_cases(cast, owner, truths, prefix=prefix)
    protocol = protocol_for(cases, truths, readers, **changes)
    return create_study(protocol=protocol, actor=cast[owner], clock=cast.clock)


def frozen_study(cast: Cast, **options: Any) -> ReaderStudy:
    """Store a study that can be read."""
    study = draft_study(cast, **options)
    owner = cast[options.get("owner", "coordinator")]
    return freeze(study=study, actor=owner, clock=cast.clock).study


def next_assignment(cast: Cast, study: ReaderStudy, name: str) -> Assignment:
    """Return what a reader of the cast reads next."""
    coming = work_of(study.readers.get(user=cast[name]), cast.clock).next.key
    assert coming is not None
    return coming


def opened(cast: Cast, study: ReaderStudy, name: str) -> Assignment:
    """Open a reader's next reading."""
    assignment = next_assignment(cast, study, name)
    open_reading(assignment=assignment, user=cast[name], clock=cast.clock)
    return Assignment.objects.get(pk=assignment.pk)


def add_studies(cast: Cast) -> None:
    """Put both studies on stage, each with an open reading.

    The first is unaided (``study_id``, ``reading_id``), the second aided
    (``aided_reading_id``, ``aided_heatmap_id``); a third is still a draft (``draft_id``).
    """
    one = frozen_study(cast)
    for name, role in (("truth", StudyRole.TRUTH_KEEPER), ("statistician", StudyRole.STATISTICIAN)):
        add_member(
            study=one, user=cast[name], role=role, actor=cast["coordinator"], clock=cast.clock
        )
    two = frozen_study(
        cast,
        owner="coordinator2",
        readers=("junior2",),
        prefix="SD-",
        design={"kind": "fixed", "periods": ["aided", "unaided"]},
    )
    aided = opened(cast, two, "junior2")
    heatmap = aided.study_case.pinned_runs.get().job.prediction.explanations.get()
    cast.things |= {
        "study_id": one.pk,
        "reading_id": opened(cast, one, "junior").pk,
        "other_study_id": two.pk,
        "aided_reading_id": aided.pk,
        "aided_heatmap_id": heatmap.pk,
        "draft_id": draft_study(cast, truths=("HCC",), prefix="SE-").pk,
    }
