"""Train on a labelled cohort: segmenter, characteriser, the networks they are compared with."""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from inference.io.cohort import TruthRow, read_cohort, read_truth
from inference.layers.unetpp import UNetPlusPlus
from inference.layers.vgg import CLASSIFIER, VGG16
from inference.lirads import CATEGORIES
from inference.pipelines.lirads_mri.configuration import (
    ABLATIONS,
    CHARACTERISER,
    CONFIGURATIONS,
    DIRECT,
    SEGMENTER,
    Configuration,
)
from inference.pipelines.lirads_mri.fitting import Fitter
from inference.pipelines.lirads_mri.networks import BACKGROUND
from inference.pipelines.lirads_mri.recipes import TrainingPlan, plan_for
from inference.pipelines.lirads_mri.samples import CropSets, Slices, gather
from inference.pipelines.lirads_mri.validation import dice_of_slices, sign_accuracy
from inference.registry.checkpoints import load_backbone
from inference.registry.loading import choose_device, open_weights, part_loader
from inference.registry.systems import LIRADS_MRI
from inference.training.split import folds as deal_folds
from inference.training.split import split_rows
from inference.training.weights import label_of, write_weights

VALIDATION_SHARE = 0.1
BACKGROUNDS_PER_CATEGORY = 4
READING = 0.2
"""Part of the progress bar for reading the cohort; the rest goes by optimiser steps."""

Progress = Callable[[float, str], None]


def train(
    data: Path,
    output: Path,
    *,
    configuration: str,
    seed: int,
    device: str,
    progress: Progress,
    recipe: str | None = None,
    folds: str = "0",
    imagenet: str | None = None,
    segmenter: str | None = None,
    ablations: str = "yes",
) -> dict[str, Any]:
    """Train all networks; see `inference.pipelines.train`.

    Parameters
    ----------
    recipe
        A name `plan_for` knows; None takes the configuration's own.
    folds
        Number of folds (9 in the paper) that the segmenter is trained and measured in beside;
        "0" for none.
    imagenet
        Folder with torchvision's ``vgg16`` and ``resnet34`` files, which the two networks of the
        paper's size start from; either may be missing.
    segmenter
        Folder of weights whose segmenter is taken over instead of training one; further seeds of
        the characteriser cost less so.
    ablations
        "no" leaves out the networks that ``evaluate`` compares with.
    """
    began, cpu = time.monotonic(), time.process_time()
    settings = CONFIGURATIONS[configuration]
    plan, n_folds = plan_for(recipe or configuration), int(folds)
    plan = replace(plan, ablations=plan.ablations and ablations != "no")
    taken = None if segmenter is None else _taken(segmenter, configuration)
    rows = read_truth(data)
    training, held_out = split_rows(rows, CATEGORIES, VALIDATION_SHARE, np.random.default_rng(seed))
    n_cases = len({row.case for row in rows})
    crops, slices = gather(
        read_cohort(data, training, lambda done: progress(READING * done / n_cases, "read")),
        data,
        settings,
    )
    fitter = Fitter(
        settings,
        plan,
        seed,
        choose_device(device),
        _by_steps(plan, n_folds + (segmenter is None), progress),
        partial(_pretrained, folder=None if imagenet is None else Path(imagenet)),
    )
    measured: dict[str, Any] = {}
    if n_folds:
        measured["fold_dice"] = cross_validate(fitter, slices, training, n_folds)
    networks = {
        SEGMENTER: fitter.segmenter(slices) if taken is None else taken,
        CHARACTERISER: fitter.characteriser(crops),
    }
    if plan.ablations:
        others = [part for part in ABLATIONS if part != DIRECT]
        networks |= {part: fitter.characteriser(crops, part) for part in others}
        networks[DIRECT] = fitter.direct(crops)
    if held_out:
        unseen, more = gather(read_cohort(data, held_out), data, settings)
        measured["validation_dice"] = dice_of_slices(networks[SEGMENTER], more)
        measured["validation_accuracy"] = sign_accuracy(networks[CHARACTERISER], unseen, settings)
    record = {
        "seed": seed,
        "n_cases": len({row.case for row in training}),
        "n_lesions": len(training),
        "n_crops": crops.images.shape[0] * crops.images.shape[1],
        "n_slices": len(slices.images),
        "minutes": round((time.monotonic() - began) / 60, 1),
        "cpu_minutes": round((time.process_time() - cpu) / 60, 1),
        **measured,
    }
    write_weights(
        output,
        LIRADS_MRI,
        configuration,
        networks,
        label=label_of(training),
        training=record,
        tensors={BACKGROUND: {"images": backgrounds(crops, settings)}},
    )
    return {"system": LIRADS_MRI.system, "configuration": configuration, "training": record}


def cross_validate(
    fitter: Fitter, slices: Slices, rows: Sequence[TruthRow], n_folds: int
) -> list[float]:
    """Return the segmenter's Dice on each fold, trained on the others; cases stay together."""
    cases = list(dict.fromkeys(row.case for row in rows))
    classes = {row.case: row.truth for row in reversed(rows)}
    dealt = deal_folds(classes, n_folds, np.random.default_rng(fitter.seed))
    found = []
    for fold in dealt:
        inside = torch.tensor([cases[case] in fold for case in slices.case.tolist()])
        network = fitter.segmenter(slices.only(~inside))
        found.append(dice_of_slices(network, slices.only(inside)))
    return found


def backgrounds(crops: CropSets, settings: Configuration) -> Tensor:
    """Return reference crops (b, crop, crop) uint8: all phases of a few lesions by category."""
    margin = (crops.images.shape[-1] - settings.crop_px) // 2
    inner = slice(margin, margin + settings.crop_px)
    chosen = []
    for code in CATEGORIES:
        lesions = [n for n, row in enumerate(crops.rows) if row.truth == code]
        for lesion in lesions[:BACKGROUNDS_PER_CATEGORY]:
            first = int((crops.lesion == lesion).nonzero()[0])
            chosen.append(crops.images[first, :, inner, inner])
    return torch.cat(chosen)


def _taken(folder: str, configuration: str) -> nn.Module:
    """Return the segmenter of a folder of weights."""
    found, _ = open_weights(LIRADS_MRI, Path(folder), configuration)
    return part_loader(LIRADS_MRI, found, configuration)(SEGMENTER)


def _pretrained(name: str, network: nn.Module, folder: Path | None) -> None:
    """Load ImageNet weights into a network where the folder has them."""
    if folder is None:
        return
    if isinstance(network, UNetPlusPlus):
        for path in sorted(folder.glob("resnet34*")):
            load_backbone(network.encoder, path)
    if isinstance(network, VGG16):
        for path in sorted(folder.glob("vgg16[-.]*")):
            trunk = nn.ModuleDict({"features": network.features})
            load_backbone(trunk, path, dropped=CLASSIFIER)


def _by_steps(
    plan: TrainingPlan, n_segmenters: int, progress: Progress
) -> Callable[[str, int, int], None]:
    n_characterisers = 1 + (len(ABLATIONS) if plan.ablations else 0)
    total = plan.segmenter.steps * n_segmenters + plan.characteriser.steps * n_characterisers
    finished = 0

    def report(name: str, step: int, steps: int) -> None:
        nonlocal finished
        progress(READING + (1 - READING) * (finished + step) / total, name)
        finished += steps if step == steps else 0

    return report
