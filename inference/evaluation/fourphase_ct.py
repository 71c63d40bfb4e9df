"""The four-phase system's evaluation: the tables of its paper, on a labelled cohort.

Lesions are classified at their reference boxes, as in the paper. Metrics are those its tables
print (accuracy, area under the ROC curve, F1, negative predictive value) and their companions.
Ablations that need no other weights are always run: sets of phases (table 10), and what the
prediction module and the single phases say alone. Weights of other variants, trained by ``train
--option variant=NAME``, are compared by ``--option against=DIR,DIR``.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from inference.contracts import ContrastPhase
from inference.errors import UnusableInput
from inference.evaluation.bootstrap import Interval, mean_intervals
from inference.evaluation.classification import (
    STRATA,
    Scored,
    compare,
    summary,
    weight_folders,
)
from inference.evaluation.fourphase_faithfulness import measure_faithfulness
from inference.io.cohort import read_cohort, read_truth
from inference.pipelines.fourphase_ct.baseline import BASELINE, baseline_probabilities
from inference.pipelines.fourphase_ct.configuration import CLASSES, PHASE_SETS, RING
from inference.pipelines.fourphase_ct.fitting import in_phases, probabilities
from inference.pipelines.fourphase_ct.network import Outputs
from inference.pipelines.fourphase_ct.pipeline import FourPhasePipeline, open_pipeline
from inference.pipelines.fourphase_ct.samples import Lesions, gather

Table = dict[str, dict[str, Interval]]

PRINTED = ("accuracy", "macro_auc", "f1", "npv")
SHORT = {
    ContrastPhase.NON_CONTRAST: "NC",
    ContrastPhase.ARTERIAL: "ART",
    ContrastPhase.PORTAL_VENOUS: "PV",
    ContrastPhase.DELAYED: "DL",
}
PHASE_SET = "phase_set"
READING = 0.5


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
        Folders of weights to compare with, separated by commas, seen on the same lesions. Folders
        of one variant are its seeds; the mean of their metrics is taken.
    faithfulness
        Number of lesions on which heat maps are tested by deletion and insertion; the answer then
        has a key ``faithfulness``.
    """
    if not faithfulness.isdigit():
        raise UnusableInput(
            "bad_argument", f"Faithfulness is a number of lesions, found {faithfulness!r}."
        )
    rows = read_truth(data)
    n_cases = len({row.case for row in rows})
    pipeline = open_pipeline(configuration, weights, device)
    others = [open_pipeline(configuration, folder, device) for folder in weight_folders(against)]

    def reading(done: int) -> None:
        progress(READING * done / n_cases, "read")

    lesions = _with_phase_sets(gather(read_cohort(data, rows, reading), pipeline.configuration))
    full = _said(pipeline, lesions)
    answer = summary("fourphase_ct", full, strata=(*STRATA, PHASE_SET))
    answer["n_cases_refused"] = n_cases - answer["n_cases"]
    progress(0.8, "summarise")
    answer["ablations"] = {
        "phases": _by_phases(pipeline, lesions),
        "tasks": _by_task(pipeline, lesions, full),
        **_baseline(pipeline, lesions, full),
    }
    if others:
        answer["ablations"]["variants"] = _variants([pipeline, *others], lesions)
    tested = lesions.at(range(min(int(faithfulness), len(lesions.rows))))
    if tested.rows:
        measured = measure_faithfulness(
            pipeline, tested, lambda done: progress(0.9 + 0.1 * done / len(tested.rows), "explain")
        )
        answer["faithfulness"] = mean_intervals([row.case for row in tested.rows], measured)
    progress(1.0, "summarise")
    return answer


def _by_phases(pipeline: FourPhasePipeline, lesions: Lesions) -> Table:
    """Lesions with all four phases, judged from sets of phases and by each phase's own task.

    A phase's own task belongs to the whole network: its trunk is weighted by what the neighbours
    attend to, unless the variant has no perception.
    """
    complete = lesions.at(lesions.having(PHASE_SETS[0]).tolist())
    if not complete.rows:
        return {}
    network = pipeline.networks.fast

    def outputs(phases: Sequence[ContrastPhase]) -> Outputs:
        settings, device = pipeline.configuration, pipeline.networks.device
        return in_phases(network, complete, phases, settings, device)

    logits = {_short(phases): network.balanced(outputs(phases)) for phases in PHASE_SETS}
    if network.heads is not None:
        single = outputs(RING).phases
        logits |= {_short([phase]): single[:, n] for n, phase in enumerate(RING)}
    tables = {
        name: _scored(complete, values.double().softmax(dim=1).numpy())
        for name, values in logits.items()
    }
    return compare(tables, _short(RING), PRINTED)


def _by_task(pipeline: FourPhasePipeline, lesions: Lesions, full: Scored) -> Table:
    """The balanced output, the prediction module's alone and the mean of the single phases."""
    network = pipeline.networks.fast
    tables = {"balanced": full}
    if network.predictor is not None and network.heads is not None:
        tables["prediction module"] = _said(pipeline, lesions, _of_module)
        tables["mean of phases"] = _said(pipeline, lesions, lambda o: o.phases.mean(dim=1))
    return compare(tables, "balanced", PRINTED)


def _baseline(pipeline: FourPhasePipeline, lesions: Lesions, full: Scored) -> dict[str, Table]:
    """The network beside the logistic model on mean intensity that its training left."""
    models = pipeline.networks.manifest.training.get(BASELINE)
    if not models:
        return {}
    simple = _scored(lesions, baseline_probabilities(lesions, models))
    return {"baseline": compare({"network": full, "mean intensity": simple}, "network", PRINTED)}


def _variants(pipelines: Sequence[FourPhasePipeline], lesions: Lesions) -> Table:
    """Compare variants; the first pipeline's is the reference, metrics of seeds are averaged."""
    runs: dict[str, list[Scored]] = {}
    for pipeline in pipelines:
        name = str(pipeline.networks.manifest.training.get("variant", "full"))
        runs.setdefault(name, []).append(_said(pipeline, lesions))
    return compare(runs, next(iter(runs)), PRINTED)


def _said(
    pipeline: FourPhasePipeline,
    lesions: Lesions,
    judge: Callable[[Outputs], Tensor] | None = None,
) -> Scored:
    networks, settings = pipeline.networks, pipeline.configuration
    return _scored(lesions, probabilities(networks.fast, lesions, settings, networks.device, judge))


def _of_module(outputs: Outputs) -> Tensor:
    assert outputs.prediction is not None
    return outputs.prediction


def _scored(lesions: Lesions, values: NDArray[np.float64]) -> Scored:
    return Scored(CLASSES, lesions.rows, values, positive="HCC")


def _with_phase_sets(lesions: Lesions) -> Lesions:
    """Note the set of phases of each lesion as a stratum."""
    rows = tuple(
        replace(
            row,
            strata={
                **row.strata,
                PHASE_SET: _short([p for p, there in zip(RING, own, strict=True) if there]),
            },
        )
        for row, own in zip(lesions.rows, lesions.present.tolist(), strict=True)
    )
    return replace(lesions, rows=rows)


def _short(phases: Sequence[ContrastPhase]) -> str:
    return "+".join(SHORT[phase] for phase in phases)
