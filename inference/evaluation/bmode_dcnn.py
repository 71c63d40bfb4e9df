"""DCNN-US's evaluation: the tables and curves of its paper, on an outlined cohort."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from inference.contracts import Marks, Outline
from inference.errors import UnusableInput
from inference.evaluation.bmode_faithfulness import case_faithfulness
from inference.evaluation.bmode_summary import CaseResult, summarise
from inference.evaluation.bootstrap import mean_intervals
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
    faithfulness: str = "0",
) -> dict[str, Any]:
    """Evaluate on a cohort folder; see `inference.evaluation.evaluate`.

    Parameters
    ----------
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
    results, tested = [], []
    for number, marked in enumerate(read_marked(data, rows), start=1):
        results.append(assess(pipeline, marked))
        if number <= int(faithfulness):
            tested.append(case_faithfulness(pipeline, marked))
        progress(0.9 * number / n_cases, "run")
    summary = summarise(results, pipeline.networks.clinic)
    if tested:
        cases = [result.row.case for result in results[: len(tested)]]
        summary["faithfulness"] = mean_intervals(cases, tested)
    progress(1.0, "summarise")
    return summary


def assess(pipeline: BModePipeline, marked: MarkedExam) -> CaseResult:
    """Run all models on one exam with its outlines, and Model-L with boxes in their place."""
    exam, outlines, row = marked
    idle = partial(Work, 0.0, 0.0, lambda _: None)
    located = pipeline.locate(pipeline.select(exam), Marks(outlines=outlines), idle())
    evidence = pipeline.predict(located, idle())
    boxes = tuple(Outline(box_corners(o.lesion), None, o.image, o.frame) for o in outlines)
    boxed = pipeline.locate(located.selection, Marks(outlines=boxes), idle())
    stages = {stage.id: stage.probabilities for stage in evidence.stages()}
    for clip in exam.clips:
        clip.release()
    return CaseResult(
        row,
        evidence.outcomes,
        pipeline.predict(boxed, idle()).outcomes["L"],
        stages.get("background", {}),
        tuple(view.mean_grey for view in located.views),
    )
