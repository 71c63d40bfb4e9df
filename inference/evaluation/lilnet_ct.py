"""LiLNet's evaluation: the tables of its paper, on a labelled cohort.

Lesions are classified at their reference boxes, as in the paper. Detection is counted by lesion,
on boxes in space (the paper counts boxes on slices); `accuracy_detected` is what both give
together: the case's own decision against its reference standard, no lesion found being wrong.
"""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from inference.contracts import LesionInput, Marks
from inference.evaluation.lilnet_summary import IOU_LIMITS, PHASES_BY_NAME, CaseResult, summarise
from inference.evaluation.metrics import detection_counts
from inference.io.cohort import LabelledExam, TruthRow, read_cohort, read_truth
from inference.pipelines.base import Work
from inference.pipelines.lilnet_ct.pipeline import LiLNetPipeline, open_pipeline
from inference.pipelines.lilnet_ct.predict import LesionEvidence


def evaluate(
    data: Path,
    *,
    weights: Path | None,
    configuration: str,
    device: str,
    progress: Callable[[float, str], None],
) -> dict[str, Any]:
    """Evaluate on a cohort folder; see `inference.evaluation.evaluate`."""
    rows = read_truth(data)
    n_cases = len({row.case for row in rows})
    pipeline = open_pipeline(configuration, weights, device)
    results = []
    for number, labelled in enumerate(read_cohort(data, rows), start=1):
        results.append(assess(pipeline, labelled))
        progress(0.95 * number / n_cases, "run")
    summary = summarise(results)
    progress(1.0, "summarise")
    return summary


def assess(pipeline: LiLNetPipeline, labelled: LabelledExam) -> CaseResult:
    """Run the system on one labelled exam, with and without its reference boxes."""
    exam, rows = labelled
    selection = pipeline.select(exam)
    given = [_lesion(row) for row in rows]
    idle = partial(Work, 0.0, 0.0, lambda _: None)
    known = pipeline.predict(pipeline.locate(selection, Marks(tuple(given)), idle()), idle())
    located = pipeline.locate(selection, Marks(), idle())
    found = [lesion.box for lesion in located.lesions]
    truth = [row.box_mm for row in rows]
    decision = pipeline.conclude(pipeline.predict(located, idle())).decision
    for volume in selection.volumes:
        volume.release()
    return CaseResult(
        rows,
        tuple(_by_phase(evidence) for evidence in known.lesions),
        tuple(detection_counts(found, truth, limit) for limit in IOU_LIMITS),
        decision,
    )


def _by_phase(evidence: LesionEvidence) -> dict[str, LesionEvidence | None]:
    return {"AP+PVP": evidence} | {
        name: evidence.in_phase(phase) for name, phase in PHASES_BY_NAME.items()
    }


def _lesion(row: TruthRow) -> LesionInput:
    x, y, z, dx, dy, dz = row.box_mm
    return LesionInput((x, y, z), (dx, dy, dz))
