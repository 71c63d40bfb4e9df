"""DCNN-US's evaluation: the tables and curves of its paper, on an outlined cohort."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from inference.contracts import Marks, Outline
from inference.errors import UnusableInput
from inference.evaluation.bmode_faithfulness import case_faithfulness
from inference.evaluation.bmode_summary import CaseResult, summarise
from inference.evaluation.bootstrap import mean_intervals
from inference.evaluation.classification import weight_folders
from inference.io.cohort import read_truth
from inference.pipelines.base import Work
from inference.pipelines.bmode_dcnn.pipeline import BModePipeline, open_pipeline
from inference.pipelines.bmode_dcnn.samples import MarkedExam, box_corners, read_marked


def evaluate(
    data: Path,
    *,
    weights: Path | None,
    configuration: str,
    device: str,
    progress: Callable[[float, str], None],
    against: str = "",
    faithfulness: str = "0",
) -> dict[str, Any]:
    """Evaluate on a cohort folder; see `inference.evaluation.evaluate`.

    Parameters
    ----------
    against
        Folders of weights, separated by commas, trained as those evaluated but with other seeds or
        without one fold: models are then compared by the mean of their metrics over all of them.
    faithfulness
        Number of cases on which heat maps are tested by deletion and insertion; the result then
        has a key ``faithfulness``.
    """
    if not faithfulness.isdigit():
        raise UnusableInput(
            "bad_argument", f"Faithfulness is a number of cases, found {faithfulness!r}."
        )
    rows = read_truth(data)
    n_cases = len({row.case for row in rows})
    pipeline = open_pipeline(configuration, weights, device)
    others = [open_pipeline(configuration, folder, device) for folder in weight_folders(against)]
    results, tested = [], []
    for number, marked in enumerate(read_marked(data, rows), start=1):
        results.append(assess(pipeline, marked, others))
        if number <= int(faithfulness):
            tested.append(case_faithfulness(pipeline, marked))
        progress(0.9 * number / n_cases, "run")
    summary = summarise(results, pipeline.networks.clinic)
    if tested:
        cases = [result.row.case for result in results[: len(tested)]]
        summary["faithfulness"] = mean_intervals(cases, tested)
    progress(1.0, "summarise")
    return summary


def assess(
    pipeline: BModePipeline, marked: MarkedExam, others: Sequence[BModePipeline] = ()
) -> CaseResult:
    """Run all models on one exam with its outlines, and Model-L with boxes in their place.

    Parameters
    ----------
    others
        Of the same configuration with other weights; asked with the same outlines.
    """
    exam, outlines, row = marked
    idle = partial(Work, 0.0, 0.0, lambda _: None)
    located = pipeline.locate(pipeline.select(exam), Marks(outlines=outlines), idle())
    evidence = pipeline.predict(located, idle())
    boxes = tuple(Outline(box_corners(o.lesion), None, o.image, o.frame) for o in outlines)
    boxed = pipeline.locate(located.selection, Marks(outlines=boxes), idle())
    stages = {stage.id: stage.probabilities for stage in evidence.stages()}
    elsewhere = tuple(other.predict(located, idle()).outcomes for other in others)
    for clip in exam.clips:
        clip.release()
    return CaseResult(
        row,
        evidence.outcomes,
        pipeline.predict(boxed, idle()).outcomes["L"],
        stages.get("background", {}),
        tuple(view.mean_grey for view in located.views),
        elsewhere,
    )
