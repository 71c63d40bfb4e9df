"""Train the four-phase system on a labelled cohort: weights, reference lesions and manifest out."""

import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from inference.errors import UnusableInput
from inference.io.cohort import read_cohort, read_truth
from inference.pipelines.fourphase_ct.baseline import BASELINE, fit_baseline
from inference.pipelines.fourphase_ct.configuration import (
    CLASSES,
    CONFIGURATIONS,
    PHASE_SETS,
    VARIANTS,
    Configuration,
)
from inference.pipelines.fourphase_ct.fitting import Fitter, probabilities
from inference.pipelines.fourphase_ct.network import FourPhaseNet
from inference.pipelines.fourphase_ct.networks import BACKGROUND
from inference.pipelines.fourphase_ct.recipes import plan_for
from inference.pipelines.fourphase_ct.samples import Lesions, gather
from inference.registry.checkpoints import load_backbone
from inference.registry.loading import choose_device
from inference.registry.systems import FOURPHASE_CT
from inference.training.split import checked_folds, split_rows
from inference.training.split import folds as deal_folds
from inference.training.weights import label_of, write_weights

VALIDATION_SHARE = 0.1
BACKGROUNDS_PER_CLASS = 5
READING = 0.2
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
    variant: str = "full",
    folds: str = "0",
    imagenet: str | None = None,
) -> dict[str, Any]:
    """Train a variant of the network; see `inference.pipelines.train`.

    Parameters
    ----------
    recipe
        A name `plan_for` knows; None takes the configuration's own.
    variant
        A name out of `VARIANTS`.
    folds
        Number of folds of a cross validation (5 in the paper) whose accuracies go into the
        manifest; "0" holds out a tenth instead. The weights written are trained on all cases but
        that tenth.
    imagenet
        Local file with torchvision's ResNet18 weights, which all four trunks start from.
    """
    began, cpu = time.monotonic(), time.process_time()
    n_folds = _checked(variant, folds)
    rows = read_truth(data)
    training, held_out = split_rows(
        rows, CLASSES, 0.0 if n_folds else VALIDATION_SHARE, np.random.default_rng(seed)
    )
    n_cases = len({row.case for row in rows})
    settings = CONFIGURATIONS[configuration]
    lesions = gather(
        read_cohort(data, rows, lambda done: progress(READING * done / n_cases, "read")), settings
    )
    kept = lesions.only(row.case for row in training)
    plan = plan_for(recipe or configuration, len(kept.rows))
    target = choose_device(device)

    def fitted(part: Lesions, run: int) -> FourPhaseNet:
        def report(name: str, step: int, steps: int) -> None:
            share = (run + step / steps) / (n_folds + 1)
            progress(READING + (1 - READING) * share, name)

        fitter = Fitter(settings, plan, seed, target, report, variant)
        return fitter.fit(part, partial(_pretrained, path=imagenet))

    unseen: dict[str, Any] = {}
    if n_folds:
        unseen["fold_accuracy"] = _cross_validate(kept, n_folds, seed, settings, fitted)
    network = fitted(kept, n_folds)
    if held_out:
        rest = lesions.only(row.case for row in held_out)
        unseen["validation_accuracy"] = _accuracy(network, rest, settings)
    record = {
        "seed": seed,
        "variant": variant,
        "steps": plan.recipe.steps,
        "n_cases": len({row.case for row in kept.rows}),
        "n_lesions": len(kept.rows),
        "minutes": round((time.monotonic() - began) / 60, 1),
        "cpu_minutes": round((time.process_time() - cpu) / 60, 1),
        **unseen,
        BASELINE: fit_baseline(kept),
    }
    write_weights(
        output,
        FOURPHASE_CT,
        configuration,
        {"fusion": network},
        label=label_of(training),
        training=record,
        tensors={BACKGROUND: {"hu": backgrounds(kept)}},
    )
    return {"system": FOURPHASE_CT.system, "configuration": configuration, "training": record}


def backgrounds(lesions: Lesions) -> Tensor:
    """Return reference lesions (b, 4, slices, h, w) with all phases, as many of each class."""
    complete = lesions.having(PHASE_SETS[0])
    labels = lesions.labels()[complete]
    chosen = [complete[labels == label][:BACKGROUNDS_PER_CLASS] for label in range(len(CLASSES))]
    return lesions.hu[torch.cat(chosen)]


def _checked(variant: str, folds: str) -> int:
    if variant not in VARIANTS:
        raise UnusableInput(
            "unknown_variant", f"There is no variant {variant!r}; choose {', '.join(VARIANTS)}."
        )
    return checked_folds(folds)


def _pretrained(network: FourPhaseNet, path: str | None) -> None:
    if path is not None:
        for trunk in network.trunks.values():
            load_backbone(trunk, Path(path))


def _cross_validate(
    lesions: Lesions,
    n_folds: int,
    seed: int,
    settings: Configuration,
    fitted: Callable[[Lesions, int], FourPhaseNet],
) -> list[float]:
    """Return the accuracy on each fold of a network trained on the others."""
    classes = {row.case: row.truth for row in lesions.rows}
    accuracies = []
    for run, fold in enumerate(deal_folds(classes, n_folds, np.random.default_rng(seed))):
        network = fitted(lesions.only(classes.keys() - set(fold)), run)
        accuracies.append(_accuracy(network, lesions.only(fold), settings))
    return accuracies


def _accuracy(network: FourPhaseNet, lesions: Lesions, settings: Configuration) -> float:
    device = next(network.parameters()).device
    decisions = probabilities(network, lesions, settings, device).argmax(axis=1)
    return round(float((decisions == lesions.labels().numpy()).mean()), 4)
