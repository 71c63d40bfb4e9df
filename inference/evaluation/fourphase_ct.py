"""The four-phase system's evaluation: the tables of its paper, on a labelled cohort.

Lesions are classified at their reference boxes, as in the paper. Metrics are those its tables
print (accuracy, area under the ROC curve, F1, negative predictive value) and their companions.
Ablations that need no other weights are always run: sets of phases (table 10), and what the
prediction module and the single phases say alone. Weights of other variants, trained by ``train
--option variant=NAME``, are compared by ``--option against=DIR,DIR``.
"""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from inference.contracts import ContrastPhase
from inference.errors import UnusableInput
from inference.evaluation.classification import Scored, compare, summary
from inference.io.cohort import read_cohort, read_truth
from inference.pipelines.fourphase_ct.baseline import BASELINE, baseline_probabilities
from inference.pipelines.fourphase_ct.configuration import CLASSES, PHASE_SETS
from inference.pipelines.fourphase_ct.fitting import in_phases, probabilities
from inference.pipelines.fourphase_ct.network import Outputs
from inference.pipelines.fourphase_ct.pipeline import FourPhasePipeline, open_pipeline
from inference.pipelines.fourphase_ct.samples import Lesions, gather

Floats = NDArray[np.float64]

PRINTED = ("accuracy", "macro_auc", "f1", "npv")
SHORT = {
    ContrastPhase.NON_CONTRAST: "NC",
    ContrastPhase.ARTERIAL: "ART",
    ContrastPhase.PORTAL_VENOUS: "PV",
    ContrastPhase.DELAYED: "DL",
}
READING = 0.5


def evaluate(
    data: Path,
    *,
    weights: Path | None,
    configuration: str,
    device: str,
    progress: Callable[[float, str], None],
    against: str = "",
) -> dict[str, Any]:
    """Evaluate on a cohort folder; see `inference.evaluation.evaluate`.

    Parameters
    ----------
    against
        Folders of weights to compare with, separated by commas, seen on the same lesions. Folders
        of one variant are its seeds; the mean of their metrics is taken.
    """
    rows = read_truth(data)
    n_cases = len({row.case for row in rows})
    pipeline = open_pipeline(configuration, weights, device)
    others = [open_pipeline(configuration, folder, device) for folder in _folders(against)]

    def reading(done: int) -> None:
        progress(READING * done / n_cases, "read")

    lesions = gather(read_cohort(data, rows, reading), pipeline.configuration)
    score = partial(_scored, lesions)
    full = score(_said(pipeline, lesions))
    answer = summary("fourphase_ct", full)
    answer["n_cases_refused"] = n_cases - answer["n_cases"]
    progress(0.8, "summarise")
    answer["ablations"] = {
        "phases": _by_phases(pipeline, lesions),
        "tasks": compare(_by_task(pipeline, lesions), "balanced", PRINTED),
    }
    models = pipeline.networks.manifest.training.get(BASELINE, {})
    if models:
        simple = score(baseline_probabilities(lesions, models))
        tables = {"network": full, "mean intensity": simple}
        answer["ablations"]["baseline"] = compare(tables, "network", PRINTED)
    if others:
        answer["ablations"]["variants"] = _variants([pipeline, *others], lesions)
    progress(1.0, "summarise")
    return answer


def phase_tables(pipeline: FourPhasePipeline, lesions: Lesions) -> dict[str, Scored]:
    """Return what the network says of the lesions with all four phases, from sets of phases.

    Single phases are their own task's output in the whole network: its trunk sees what the
    neighbours attend to, unless the variant has no perception.
    """
    complete = lesions.at(lesions.having(PHASE_SETS[0]).tolist())
    tables = {
        "+".join(SHORT[phase] for phase in phases): _scored(
            complete, _softmax(_outputs(pipeline, complete, phases), pipeline)
        )
        for phases in PHASE_SETS
    }
    outputs = _outputs(pipeline, complete, PHASE_SETS[0])
    for n, phase in enumerate(PHASE_SETS[0]):
        alone = outputs.phases[:, n].double().softmax(dim=1).numpy()
        tables[SHORT[phase]] = _scored(complete, alone)
    return tables


def _by_phases(pipeline: FourPhasePipeline, lesions: Lesions) -> dict[str, Any]:
    if not len(lesions.having(PHASE_SETS[0])):
        return {}
    return compare(phase_tables(pipeline, lesions), "NC+ART+PV+DL", PRINTED)


def _by_task(pipeline: FourPhasePipeline, lesions: Lesions) -> dict[str, Scored]:
    """The balanced output, the prediction module's alone and the mean of the single phases."""
    network = pipeline.networks.fast

    def mean_of_phases(outputs: Outputs) -> Floats:
        return np.asarray(outputs.phases.mean(dim=1).double().softmax(dim=1).numpy())

    def module(outputs: Outputs) -> Floats:
        assert outputs.prediction is not None
        return np.asarray(outputs.prediction.double().softmax(dim=1).numpy())

    found = {"balanced": _scored(lesions, _said(pipeline, lesions))}
    parts: dict[str, Callable[[Outputs], Floats]] = {}
    if network.predictor is not None and network.heads is not None:
        parts = {"prediction module": module, "mean of phases": mean_of_phases}
    for name, part in parts.items():
        values = np.full((len(lesions.rows), len(CLASSES)), np.nan)
        for phases in reversed(PHASE_SETS):
            chosen = lesions.having(phases)
            if len(chosen):
                own = lesions.at(chosen.tolist())
                values[chosen.numpy()] = part(_outputs(pipeline, own, phases))
        found[name] = _scored(lesions, values)
    return found


def _variants(pipelines: Sequence[FourPhasePipeline], lesions: Lesions) -> dict[str, Any]:
    """Compare variants; the first pipeline's is the reference, metrics of seeds are averaged."""
    runs: dict[str, list[Scored]] = {}
    for pipeline in pipelines:
        name = str(pipeline.networks.manifest.training.get("variant", "full"))
        runs.setdefault(name, []).append(_scored(lesions, _said(pipeline, lesions)))
    return compare(runs, next(iter(runs)), PRINTED)


def _outputs(
    pipeline: FourPhasePipeline, lesions: Lesions, phases: Sequence[ContrastPhase]
) -> Outputs:
    networks = pipeline.networks
    return in_phases(networks.fast, lesions, phases, pipeline.configuration, networks.device)


def _softmax(outputs: Outputs, pipeline: FourPhasePipeline) -> Floats:
    logits = pipeline.networks.fast.balanced(outputs)
    return np.asarray(logits.double().softmax(dim=1).numpy())


def _said(pipeline: FourPhasePipeline, lesions: Lesions) -> Floats:
    networks = pipeline.networks
    return probabilities(networks.fast, lesions, pipeline.configuration, networks.device)


def _scored(lesions: Lesions, values: Floats) -> Scored:
    return Scored(CLASSES, lesions.rows, values, positive="HCC")


def _folders(against: str) -> list[Path]:
    folders = [Path(word) for word in against.split(",") if word]
    for folder in folders:
        if not folder.is_dir():
            raise UnusableInput(
                "no_input", "A folder of weights to compare with doesn't exist; check the names."
            )
    return folders
