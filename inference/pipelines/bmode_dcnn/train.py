"""Train DCNN-US on an outlined cohort: Model-L, Model-LB, Model-LBC and the cut-offs."""

import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from inference.errors import UnusableInput
from inference.io.cohort import TruthRow, read_truth
from inference.pipelines.bmode_dcnn.clinic import Clinic, with_scores
from inference.pipelines.bmode_dcnn.configuration import CLASSES, CONFIGURATIONS, Configuration
from inference.pipelines.bmode_dcnn.fitting import Fitter
from inference.pipelines.bmode_dcnn.network import Branch, LesionBackground
from inference.pipelines.bmode_dcnn.networks import CLINIC_FILE, REFERENCE_FILE
from inference.pipelines.bmode_dcnn.preprocess import network_input, pair_input
from inference.pipelines.bmode_dcnn.recipes import TrainingPlan, plan_for
from inference.pipelines.bmode_dcnn.samples import Crops, gather, read_marked
from inference.registry.loading import choose_device
from inference.registry.systems import BMODE_DCNN
from inference.training.logistic import fit_logistic, youden_cut_off
from inference.training.split import checked_folds, split_rows
from inference.training.split import folds as deal_folds
from inference.training.weights import label_of, write_weights

Floats = NDArray[np.float64]

SECOND_LEVEL_SHARE = 0.3
"""Share of cases that the networks don't see: on those they learnt from, a network's outcome is
too sure to weigh it against the clinical factors or to set a cut-off."""

REFERENCES_PER_CLASS = 15
READING = 0.15
"""Part of the progress bar for reading the cohort; the rest goes by optimiser steps."""


class Fitted(NamedTuple):
    """Networks by part, Model-LBC with the cut-offs, and the crops the networks learnt from."""

    networks: Mapping[str, nn.Module]
    clinic: Clinic
    seen: Crops


def train(
    data: Path,
    output: Path,
    *,
    configuration: str,
    seed: int,
    device: str,
    progress: Callable[[float, str], None],
    folds: str = "0",
    imagenet: str | None = None,
) -> dict[str, Any]:
    """Train all models; see `inference.pipelines.train`.

    Parameters
    ----------
    folds
        Number of folds of a cross validation (5 in the paper) whose accuracies by model go into
        the manifest; "0" runs none. The weights written are trained on all cases.
    imagenet
        Local file of torchvision's ResNet18 that the branches start from, as in the paper; None
        starts from random weights. Only the ``paper`` size fits it.
    """
    began, began_cpu = time.monotonic(), time.process_time()
    n_folds = checked_folds(folds)
    settings = CONFIGURATIONS[configuration]
    rows = _one_per_case(read_truth(data))

    def reading(done: int) -> None:
        progress(READING * done / len(rows), "read")

    crops = gather(read_marked(data, rows, reading), settings)
    target = choose_device(device)
    start = None if imagenet is None else Path(imagenet)

    def fitted(part: Sequence[TruthRow], run: int) -> Fitted:
        rng = np.random.default_rng(seed)
        first, second = split_rows(part, CLASSES, SECOND_LEVEL_SHARE, rng)
        seen, unseen = (_of(rows, side, crops) for side in (first, second))
        plan = plan_for(configuration, len(seen.lesions))
        report = _by_steps(plan, progress, run, n_folds + 1)
        networks = Fitter(settings, plan, seed, target, report).fit_all(seen, start)
        return Fitted(networks, fit_clinic(lesion_scores(networks, unseen, settings), unseen), seen)

    validation: dict[str, Any] = {}
    if n_folds:
        validation["fold_accuracy"] = _cross_validate(rows, crops, n_folds, seed, settings, fitted)
    networks, clinic, seen = fitted(rows, n_folds)
    record = {
        "seed": seed,
        "n_cases": len(rows),
        "n_cases_networks": len(seen.malignant),
        "n_cases_second_level": len(rows) - len(seen.malignant),
        "n_images": len(seen.lesions),
        "minutes": round((time.monotonic() - began) / 60, 1),
        "cpu_minutes": round((time.process_time() - began_cpu) / 60, 1),
        "threads": torch.get_num_threads(),
        **validation,
    }
    write_weights(
        output,
        BMODE_DCNN,
        configuration,
        networks,
        label=label_of(rows),
        training=record,
        tensors={
            REFERENCE_FILE: references(seen, settings),
            CLINIC_FILE: clinic.tensors(),
        },
    )
    return {"system": BMODE_DCNN.system, "configuration": configuration, "training": record}


def lesion_scores(
    networks: Mapping[str, nn.Module], crops: Crops, settings: Configuration
) -> dict[str, Floats]:
    """Return each lesion's outcome in [0, 1] by Model-L and Model-LB, (m,) each.

    An outcome is the mean over the lesion's images (paper, section 2.5).
    """
    lesion, both = networks["l"], networks["lb"]
    assert isinstance(lesion, Branch) and isinstance(both, LesionBackground)
    device = next(both.parameters()).device
    lesions, backgrounds = (_inner(kind, settings) for kind in (crops.lesions, crops.backgrounds))
    single, double = [], []
    with torch.inference_mode():
        for left, right in zip(torch.split(lesions, 64), torch.split(backgrounds, 64), strict=True):
            single.append(lesion(network_input(left).to(device)).cpu()[:, 0])
            double.append(both(pair_input(left, right).to(device)).cpu()[:, 0])
    owner = crops.lesion.numpy()
    return {
        name: np.bincount(owner, torch.cat(parts).double().sigmoid().numpy()) / np.bincount(owner)
        for name, parts in (("L", single), ("LB", double))
    }


def fit_clinic(scores: Mapping[str, Floats], crops: Crops) -> Clinic:
    """Fit Model-LBC to the lesions whose factors are complete, and set all cut-offs.

    Raises
    ------
    UnusableInput
        ``missing_clinical`` if too few lesions of a class have all six factors.
    """
    known = ~np.isnan(crops.factors).any(axis=1)
    positive = crops.malignant[known]
    if min(int(positive.sum()), int((~positive).sum())) < 2:
        raise UnusableInput(
            "missing_clinical",
            "Too few cases have all six clinical factors; Model-LBC needs two of each class at "
            "least among those kept for it.",
        )
    table = with_scores(scores["LB"][known], crops.factors[known])
    model = fit_logistic(table, positive)
    cut_offs = {name: youden_cut_off(crops.malignant, scores[name]) for name in ("L", "LB")}
    cut_offs["LBC"] = youden_cut_off(positive, model.probability(table))
    return Clinic(model, cut_offs)


def references(crops: Crops, settings: Configuration) -> dict[str, Tensor]:
    """Return reference crops for attributions, as many malignant as benign lesions, uint8."""
    chosen = [
        int(np.flatnonzero(crops.lesion.numpy() == lesion)[0])
        for malignant in (False, True)
        for lesion in np.flatnonzero(crops.malignant == malignant)[:REFERENCES_PER_CLASS]
    ]
    margin = (crops.lesions.shape[-1] - settings.side_px) // 2
    inner = slice(margin, margin + settings.side_px)
    return {
        "lesions": crops.lesions[chosen, inner, inner],
        "backgrounds": crops.backgrounds[chosen, inner, inner],
    }


def _of(rows: Sequence[TruthRow], part: Sequence[TruthRow], crops: Crops) -> Crops:
    """Return the crops of some of the rows they were cut for."""
    names = {row.case for row in part}
    return crops.at(np.flatnonzero([row.case in names for row in rows]))


def _cross_validate(
    rows: Sequence[TruthRow],
    crops: Crops,
    n_folds: int,
    seed: int,
    settings: Configuration,
    fitted: Callable[[Sequence[TruthRow], int], Fitted],
) -> dict[str, list[float]]:
    """Return each model's accuracy at the likelier class, on each fold, trained on the others."""
    classes = {row.case: row.truth for row in rows}
    found: dict[str, list[float]] = {}
    for run, fold in enumerate(deal_folds(classes, n_folds, np.random.default_rng(seed))):
        networks, clinic, _ = fitted([row for row in rows if row.case not in fold], run)
        held_out = _of(rows, [row for row in rows if row.case in fold], crops)
        scores = lesion_scores(networks, held_out, settings)
        known = ~np.isnan(held_out.factors).any(axis=1)
        table = with_scores(scores["LB"][known], held_out.factors[known])
        for name, values, truth in (
            ("L", scores["L"], held_out.malignant),
            ("LB", scores["LB"], held_out.malignant),
            ("LBC", clinic.model.probability(table), held_out.malignant[known]),
        ):
            accuracy = float(((values >= 0.5) == truth).mean())
            found.setdefault(name, []).append(round(accuracy, 4))
    return found


def _inner(images: Tensor, settings: Configuration) -> Tensor:
    margin = (images.shape[-1] - settings.side_px) // 2
    inner = slice(margin, margin + settings.side_px)
    return images[:, inner, inner].float() / 255


def _one_per_case(rows: Sequence[TruthRow]) -> tuple[TruthRow, ...]:
    """Outlines mark one lesion of a case: its first."""
    first: dict[str, TruthRow] = {}
    for row in rows:
        first.setdefault(row.case, row)
    return tuple(first.values())


def _by_steps(
    plan: TrainingPlan, progress: Callable[[float, str], None], run: int, n_runs: int
) -> Callable[[str, int, int], None]:
    total = plan.lesion.steps + plan.both.steps
    before = {"l": 0, "lb": plan.lesion.steps}
    return lambda name, step, _: progress(
        READING + (1 - READING) * (run + (before[name] + step) / total) / n_runs, name
    )
