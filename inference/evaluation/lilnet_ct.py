"""LiLNet's evaluation: the tables of its paper, on a labelled cohort.

Lesions are classified at their reference boxes, as in the paper. Detection is counted by lesion,
on boxes in space (the paper counts boxes on slices); `accuracy_detected` is what both give
together: the case's own decision against its reference standard, no lesion found being wrong.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from inference.contracts import Exam, LesionInput, Marks, Volume
from inference.errors import UnusableInput
from inference.evaluation.bootstrap import mean_intervals
from inference.evaluation.classification import weight_folders
from inference.evaluation.intensity import mean_inside
from inference.evaluation.lilnet_faithfulness import lesion_faithfulness
from inference.evaluation.lilnet_seeds import Evidence, by_seed
from inference.evaluation.lilnet_summary import IOU_LIMITS, PHASES_BY_NAME, CaseResult, summarise
from inference.evaluation.metrics import detection_counts
from inference.evaluation.options import whole_number
from inference.io.cohort import LabelledExam, TruthRow, read_cohort, read_truth
from inference.io.masks import LIVER, mask_file, read_mask
from inference.pipelines.base import Work
from inference.pipelines.lilnet_ct.configuration import PHASES
from inference.pipelines.lilnet_ct.liver import dice, find_liver
from inference.pipelines.lilnet_ct.pipeline import LiLNetPipeline, open_pipeline
from inference.pipelines.lilnet_ct.predict import LesionEvidence
from inference.pipelines.lilnet_ct.train import split_cohort
from inference.preprocessing.patient_grid import resample_onto


def evaluate(
    data: Path,
    *,
    weights: Path | None,
    configuration: str,
    device: str,
    progress: Callable[[float, str], None],
    faithfulness: str = "0",
    against: str = "",
    held_out: str = "no",
) -> dict[str, Any]:
    """Evaluate on a cohort folder; see `inference.evaluation.evaluate`.

    Parameters
    ----------
    faithfulness
        Number of cases on which heat maps are tested by deletion and insertion; the result then
        has a key ``faithfulness``.
    against
        Folders of weights of other training seeds, separated by commas; phases are then compared
        over all of them, too, under ``ablations``, ``phases_by_seed``.
    held_out
        "yes" takes only the cases of the training cohort that these weights weren't trained on.
    """
    n_tested = whole_number("Faithfulness", faithfulness)
    if held_out not in ("yes", "no"):
        raise UnusableInput("bad_argument", f"Held out is yes or no, found {held_out!r}.")
    rows = read_truth(data)
    pipeline = open_pipeline(configuration, weights, device)
    others = [open_pipeline(configuration, folder, device) for folder in weight_folders(against)]
    if held_out == "yes":
        rows = _unseen(rows, pipeline)
    n_cases = len({row.case for row in rows})
    results, cases, tested = [], [], []
    runs: list[list[Evidence]] = [[] for _ in others]
    for number, labelled in enumerate(read_cohort(data, rows), start=1):
        for run, other in zip(runs, others, strict=True):
            run += _at_reference_boxes(other, labelled)
        results.append(assess(pipeline, labelled, data))
        if number <= n_tested:
            for row, by_phase in zip(results[-1].rows, results[-1].evidence, strict=True):
                if (evidence := by_phase["AP+PVP"]) is not None:
                    cases.append(row.case)
                    tested.append(lesion_faithfulness(pipeline, evidence))
        progress(0.95 * number / n_cases, "run")
    summary = summarise(results)
    if tested:
        summary["faithfulness"] = mean_intervals(cases, tested)
    if others:
        own = [entry for result in results for entry in result.evidence]
        lesions = [row for result in results for row in result.rows]
        summary["ablations"]["phases_by_seed"] = by_seed(lesions, [own, *runs])
    progress(1.0, "summarise")
    return summary


def _unseen(rows: Sequence[TruthRow], pipeline: LiLNetPipeline) -> tuple[TruthRow, ...]:
    """Rows of the training cohort that the weights' own training held out."""
    training = pipeline.networks.manifest.training
    if "seed" not in training:
        raise UnusableInput(
            "bad_argument", "These weights don't say how their training cohort was split."
        )
    seen, unseen = split_cohort(rows, training["seed"], training.get("split", "random"))
    n_seen = len({row.case for row in seen})
    if n_seen != training.get("n_cases"):
        raise UnusableInput(
            "bad_argument",
            f"This isn't the cohort that the weights were trained on: they saw "
            f"{training.get('n_cases')} cases, its training part has {n_seen}.",
        )
    return unseen


def assess(pipeline: LiLNetPipeline, labelled: LabelledExam, cohort: Path) -> CaseResult:
    """Run the system on one labelled exam of a cohort, with and without its reference boxes."""
    exam, rows = labelled
    known = _at_reference_boxes(pipeline, labelled)
    located = pipeline.locate(pipeline.select(exam), Marks(), _idle())
    found = [lesion.box for lesion in located.lesions]
    truth = [row.box_mm for row in rows]
    decision = pipeline.conclude(pipeline.predict(located, _idle())).decision
    livers = tuple(_liver_dice(pipeline, volume, rows[0].case, cohort) for volume in exam.volumes)
    brightness = tuple(_brightness(exam, row) for row in rows)
    for volume in exam.volumes:
        volume.release()
    return CaseResult(
        rows,
        tuple(known),
        tuple(detection_counts(found, truth, limit) for limit in IOU_LIMITS),
        decision,
        brightness,
        tuple(value for value in livers if value is not None),
    )


def _at_reference_boxes(pipeline: LiLNetPipeline, labelled: LabelledExam) -> list[Evidence]:
    exam, rows = labelled
    given = Marks(tuple(_lesion(row) for row in rows))
    located = pipeline.locate(pipeline.select(exam), given, _idle())
    return [_by_phase(evidence) for evidence in pipeline.predict(located, _idle()).lesions]


def _idle() -> Work:
    return Work(0.0, 0.0, lambda _: None)


def _brightness(exam: Exam, row: TruthRow) -> tuple[float, ...]:
    """Mean intensity of a lesion in each phase; NaN where one is missing."""
    found = {volume.phase: mean_inside(volume, row.box_mm) for volume in exam.volumes}
    return tuple(found.get(phase, float("nan")) for phase in PHASES)


def _liver_dice(pipeline: LiLNetPipeline, volume: Volume, case: str, cohort: Path) -> float | None:
    """Compare with the cohort's mask on the segmentation's grid; None where one is missing."""
    path = mask_file(cohort, case, LIVER, volume.phase or "unknown")
    if pipeline.networks.liver is None or volume.phase not in PHASES or not path.is_file():
        return None
    found = find_liver(pipeline.networks.liver, volume)
    if found is None:
        return 0.0
    mask, geometry = read_mask(path)
    return dice(found.mask_zyx, resample_onto(mask, geometry, found.geometry, 0.0) > 0.5)


def _by_phase(evidence: LesionEvidence) -> Evidence:
    return {"AP+PVP": evidence} | {
        name: evidence.in_phase(phase) for name, phase in PHASES_BY_NAME.items()
    }


def _lesion(row: TruthRow) -> LesionInput:
    x, y, z, dx, dy, dz = row.box_mm
    return LesionInput((x, y, z), (dx, dy, dz))
