"""Train LiLNet on a labelled cohort: all networks, weights and manifest out."""

import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from inference.io.cohort import TruthRow, read_cohort, read_truth
from inference.pipelines.lilnet_ct.configuration import (
    CONFIGURATIONS,
    LEAVES,
    PARTS,
    Configuration,
)
from inference.pipelines.lilnet_ct.fitting import Fitter, accuracy
from inference.pipelines.lilnet_ct.liver_fitting import MOST_CASES, liver_images
from inference.pipelines.lilnet_ct.network import LiLNet
from inference.pipelines.lilnet_ct.networks import BACKGROUND
from inference.pipelines.lilnet_ct.recipes import TrainingPlan, plan_for
from inference.pipelines.lilnet_ct.samples import Crops, gather
from inference.registry.loading import choose_device, part_loader
from inference.registry.systems import LILNET_CT
from inference.training.split import split_rows
from inference.training.weights import label_of, write_weights

VALIDATION_SHARE = 0.1
BACKGROUNDS_PER_CLASS = 5
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
    recipe: str | None = None,
    split: str = "random",
    keep: str = "",
) -> dict[str, Any]:
    """Train all networks; see `inference.pipelines.train`.

    Parameters
    ----------
    recipe
        A name `plan_for` knows; None takes the configuration's own.
    split
        "random", or "time" to hold out the cases acquired last, as the paper compares.
    keep
        Folder of weights whose detector and liver segmentation are kept: classifiers alone are
        trained, for ablations.
    """
    began = time.monotonic()
    settings = CONFIGURATIONS[configuration]
    training, held_out = split_cohort(read_truth(data), seed, split)
    rng = np.random.default_rng(seed)
    n_cases = len({row.case for row in training + held_out})

    def reading(done: int) -> None:
        progress(READING * done / n_cases, "read")

    crops, slices = gather(read_cohort(data, training, reading), settings, rng)
    unseen = gather(read_cohort(data, held_out), settings, rng)[0] if held_out else None
    livers = (
        [] if keep else liver_images(data, read_cohort(data, _first_cases(training, MOST_CASES)))
    )
    plan = plan_for(recipe or configuration, len(crops.images))
    fitter = Fitter(
        settings,
        plan,
        seed,
        choose_device(device),
        _by_steps(plan, progress, detector=not keep, liver=bool(livers)),
    )
    networks: dict[str, nn.Module] = {}
    if keep:
        load = part_loader(LILNET_CT, Path(keep), configuration)
        networks |= {part: load(part) for part in ("detector", "liver")}
    else:
        networks["detector"] = fitter.detector(slices)
    networks |= fitter.classifiers(crops)
    if livers:
        networks["liver"] = fitter.liver(livers)
    record = {
        "seed": seed,
        "split": split,
        "n_cases": len({row.case for row in training}),
        "n_lesions": len(training),
        "n_crops": len(crops.images),
        "n_slices": len(slices.images),
        "n_livers": len(livers),
        "minutes": round((time.monotonic() - began) / 60, 1),
        "validation_accuracy": {} if unseen is None else _validation(networks, unseen, settings),
    }
    write_weights(
        output,
        LILNET_CT,
        configuration,
        networks,
        label=label_of(training),
        training=record,
        tensors={BACKGROUND: {"images": backgrounds(crops, settings)}},
    )
    return {"system": LILNET_CT.system, "configuration": configuration, "training": record}


def split_cohort(
    rows: Sequence[TruthRow], seed: int, split: str
) -> tuple[tuple[TruthRow, ...], tuple[TruthRow, ...]]:
    """Return the rows for training and those held out; the same for the same seed and split."""
    return split_rows(rows, LEAVES, VALIDATION_SHARE, np.random.default_rng(seed), split)


def _first_cases(rows: Sequence[TruthRow], most: int) -> list[TruthRow]:
    names = list(dict.fromkeys(row.case for row in rows))[:most]
    return [row for row in rows if row.case in names]


def backgrounds(crops: Crops, settings: Configuration) -> Tensor:
    """Return reference crops (b, crop, crop) uint8, the same number of lesions of each class."""
    margin = (crops.images.shape[-1] - settings.crop_px) // 2
    inner = slice(margin, margin + settings.crop_px)
    chosen = []
    for code in LEAVES:
        lesions = [n for n, own in enumerate(crops.classes) if own == code]
        for lesion in lesions[:BACKGROUNDS_PER_CLASS]:
            images = crops.images[crops.lesion == lesion]
            chosen.append(images[len(images) // 2, inner, inner])
    return torch.stack(chosen)


def _by_steps(
    plan: TrainingPlan, progress: Callable[[float, str], None], *, detector: bool, liver: bool
) -> Callable[[str, int, int], None]:
    recipes = [*([plan.trunk] if plan.trunk else []), *plan.parts.values()]
    recipes += [plan.detector] * detector + [plan.liver] * liver
    total = sum(recipe.steps for recipe in recipes)
    finished = 0

    def report(name: str, step: int, steps: int) -> None:
        nonlocal finished
        progress(READING + (1 - READING) * (finished + step) / total, name)
        finished += steps if step == steps else 0

    return report


def _validation(
    networks: Mapping[str, nn.Module], unseen: Crops, settings: Configuration
) -> dict[str, float]:
    scores = {}
    for part, classes in PARTS.items():
        network = networks[part]
        assert isinstance(network, LiLNet)
        scores[part] = round(accuracy(network, unseen, classes, settings), 4)
    return scores
