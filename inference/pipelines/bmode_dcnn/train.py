"""Train DCNN-US on an outlined cohort: Model-L, Model-LB, Model-LBC and the cut-offs."""

import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

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
from inference.training.split import split_rows
from inference.training.weights import label_of, write_weights

Floats = NDArray[np.float64]

SECOND_LEVEL_SHARE = 0.3
"""Share of cases that the networks don't see: on those they learnt from, a network's outcome is
too sure to weigh it against the clinical factors or to set a cut-off."""

REFERENCES_PER_CLASS = 15
READING = 0.15
"""Part of the progress bar for reading the cohort; the rest goes by optimiser steps."""


def train(
    data: Path,
    output: Path,
    *,
    configuration: str,
    seed: int,
    device: str,
    progress: Callable[[float, str], None],
    imagenet: str | None = None,
) -> dict[str, Any]:
    """Train all models; see `inference.pipelines.train`.

    Parameters
    ----------
    imagenet
        Local file of torchvision's ResNet18 that the branches start from, as in the paper; None
        starts from random weights. Only the ``paper`` size fits it.
    """
    began, began_cpu = time.monotonic(), time.process_time()
    settings = CONFIGURATIONS[configuration]
    rows = _one_per_case(read_truth(data))
    first, second = split_rows(rows, CLASSES, SECOND_LEVEL_SHARE, np.random.default_rng(seed))

    def reading(done: int) -> None:
        progress(READING * done / len(rows), "read")

    crops = gather(read_marked(data, first, reading), settings)
    unseen = gather(read_marked(data, second), settings)
    plan = plan_for(configuration, len(crops.lesions))
    fitter = Fitter(settings, plan, seed, choose_device(device), _by_steps(plan, progress))
    networks = fitter.fit_all(crops, None if imagenet is None else Path(imagenet))
    clinic = fit_clinic(lesion_scores(networks, unseen, settings), unseen)
    record = {
        "seed": seed,
        "n_cases": len(rows),
        "n_cases_networks": len(first),
        "n_cases_second_level": len(second),
        "n_images": len(crops.lesions),
        "minutes": round((time.monotonic() - began) / 60, 1),
        "cpu_minutes": round((time.process_time() - began_cpu) / 60, 1),
        "threads": torch.get_num_threads(),
    }
    write_weights(
        output,
        BMODE_DCNN,
        configuration,
        networks,
        label=label_of(rows),
        training=record,
        tensors={
            REFERENCE_FILE: references(crops, settings),
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
    plan: TrainingPlan, progress: Callable[[float, str], None]
) -> Callable[[str, int, int], None]:
    total = plan.lesion.steps + plan.both.steps
    before = {"l": 0, "lb": plan.lesion.steps}
    return lambda name, step, _: progress(
        READING + (1 - READING) * (before[name] + step) / total, name
    )
