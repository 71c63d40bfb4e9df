"""Model-DCB's evaluation: the tables of its paper, on a labelled cohort.

Lesions are read from their outlines, as in the paper. Metrics: "Statistical analysis"; ablations:
"Performances of four multi-classification models" and "Performance of Module-Disease";
experiments: "Model generalization and robustness experiment".
"""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from inference.contracts import Marks
from inference.errors import UnusableInput
from inference.evaluation.ceus_experiments import moved_outline, robustness
from inference.evaluation.ceus_summary import LesionResult, summarise
from inference.io.cohort import TruthRow, read_truth
from inference.pipelines.base import Work
from inference.pipelines.ceus_dcb.locate import outlines_of
from inference.pipelines.ceus_dcb.pipeline import CeusPipeline, open_pipeline
from inference.pipelines.ceus_dcb.predict import LesionEvidence
from inference.pipelines.ceus_dcb.samples import MarkedExam, marked_exams

REPEATS = "2"
"""Times that each outline is disturbed; ``--option repeats=100`` is the paper's number."""
SEED = 20250115


def evaluate(
    data: Path,
    *,
    weights: Path | None,
    configuration: str,
    device: str,
    progress: Callable[[float, str], None],
    repeats: str = REPEATS,
) -> dict[str, Any]:
    """Evaluate on a cohort folder; see `inference.evaluation.evaluate`.

    Parameters
    ----------
    repeats
        Of the robustness experiment, a whole number.

    Raises
    ------
    UnusableInput
        ``bad_option``.
    """
    if not repeats.isdecimal():
        raise UnusableInput("bad_option", f"Repeats is a whole number, found {repeats!r}.")
    rows = [row for row in read_truth(data) if row.lesion == 1]
    pipeline = open_pipeline(configuration, weights, device)
    rng = np.random.default_rng(SEED)
    results, disturbed = [], []
    for number, marked in enumerate(marked_exams(data, rows), start=1):
        plain, others = assess(pipeline, marked, rng, int(repeats))
        results.append(plain)
        disturbed.append(others)
        progress(0.95 * number / len(rows), "run")
    summary = summarise(results)
    if int(repeats):
        summary["ablations"]["robustness"] = robustness(results, disturbed)
    progress(1.0, "summarise")
    return summary


def assess(
    pipeline: CeusPipeline, marked: MarkedExam, rng: np.random.Generator, repeats: int
) -> tuple[LesionResult, list[LesionResult]]:
    """Run the system on one lesion, and on `repeats` disturbed outlines of it."""
    exam, row, marks = marked
    idle = partial(Work, 0.0, 0.0, lambda _: None)
    selection = pipeline.select(exam)
    outline = outlines_of(selection, marks)[0]
    outlines = [outline, *(moved_outline(outline, rng) for _ in range(repeats))]
    located = pipeline.locate(selection, Marks(outlines=tuple(outlines)), idle())
    plain, *others = pipeline.predict(located, idle()).lesions
    for clip in exam.clips:
        clip.release()
    return _result(row, plain), [_result(row, other) for other in others]


def _result(row: TruthRow, lesion: LesionEvidence) -> LesionResult:
    return LesionResult(
        row=row,
        models={name: values.numpy() for name, values in lesion.models.items()},
        model=lesion.model,
        direct=lesion.logits["direct"].double().softmax(dim=0).numpy(),
        diseases=np.array(list(lesion.diseases().values())),
        biomarkers=np.array(list(lesion.biomarkers().values())),
    )
