"""Train Model-DCB on a labelled cohort: modules, then the second stage; weights out."""

import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.stats import mannwhitneyu
from torch import Tensor, nn

from inference.io.cohort import TruthRow, read_truth
from inference.pipelines.ceus_dcb.augmentation import middle
from inference.pipelines.ceus_dcb.configuration import (
    BIOMARKERS,
    CLASSES,
    CLINICAL,
    CONFIGURATIONS,
    DISEASES,
    OTHER,
    Configuration,
)
from inference.pipelines.ceus_dcb.fitting import Fitter, evidence_of, kept_variables
from inference.pipelines.ceus_dcb.network import TwoStream, VideoNetwork
from inference.pipelines.ceus_dcb.networks import BACKGROUND
from inference.pipelines.ceus_dcb.recipes import FIRST_STAGE_SHARE, TrainingPlan, plan_for
from inference.pipelines.ceus_dcb.samples import MarkedExam, Samples, gather, marked_exams
from inference.pipelines.ceus_dcb.targets import targets_of
from inference.registry.checkpoints import load_backbone
from inference.registry.loading import choose_device
from inference.registry.systems import CEUS_DCB
from inference.training.split import split_rows
from inference.training.weights import label_of, write_weights

READING = 0.2
"""Part of the progress bar for reading the cohort; the rest goes by optimiser steps."""
BACKGROUNDS_PER_CLASS = 1
IMAGENET = {"spatial": "resnet34", "temporal": "resnet18"}


def train(
    data: Path,
    output: Path,
    *,
    configuration: str,
    seed: int,
    device: str,
    progress: Callable[[float, str], None],
    imagenet: str = "",
) -> dict[str, Any]:
    """Train all networks; see `inference.pipelines.train`.

    Parameters
    ----------
    imagenet
        Folder with torchvision's ImageNet weights, files named after `IMAGENET`; empty starts
        from random weights.
    """
    began = Clock()
    settings = CONFIGURATIONS[configuration]
    rows = [row for row in read_truth(data) if row.lesion == 1]
    first, second = split_stages(rows, np.random.default_rng(seed))
    total = len(first) + len(second)
    exams = _counted(marked_exams(data, first + second), total, progress)
    samples = gather(exams, settings)
    plan = plan_for(configuration, len(first))
    fitter = Fitter(settings, plan, seed, choose_device(device), _by_steps(plan, progress))
    stages = samples.part(range(len(first))), samples.part(range(len(first), total))
    networks, record = fit_stages(fitter, *stages, imagenet)
    record |= {"seed": seed, "torch_threads": torch.get_num_threads(), **began.minutes()}
    write_weights(
        output,
        CEUS_DCB,
        configuration,
        networks,
        label=label_of(rows),
        training=record,
        tensors={BACKGROUND: backgrounds(stages[0], settings)},
    )
    return {
        "system": CEUS_DCB.system,
        "configuration": configuration,
        "n_cases": total,
        "n_lesions": total,
        "training": record,
    }


def fit_stages(
    fitter: Fitter, first: Samples, second: Samples, imagenet: str = ""
) -> tuple[dict[str, nn.Module], dict[str, Any]]:
    """Fit the modules on training set A, then the second stage on what they say of set B.

    Returns
    -------
    tuple
        Networks by part, and what is told of the training.
    """
    networks = fitter.modules(first, partial(load_trunks, folder=imagenet))
    evidence = evidence_of(networks, second, fitter.settings)
    used, table = kept_variables(first)
    networks |= fitter.fusions(evidence, second.classes, used)
    record = {
        "n_training_a": len(first.classes),
        "n_training_b": len(second.classes),
        "auc_in_training_b": _areas(evidence, second),
        "clinical_correlations": _strongest(table, used),
    }
    return networks, record


class Clock:
    """Counts minutes on the wall and of computing since it was made."""

    def __init__(self) -> None:
        self._wall, self._own = time.monotonic(), time.process_time()

    def minutes(self) -> dict[str, float]:
        """Return both, in minutes."""
        wall, own = time.monotonic() - self._wall, time.process_time() - self._own
        return {"minutes": round(wall / 60, 1), "cpu_minutes": round(own / 60, 1)}


def split_stages(
    rows: Sequence[TruthRow], rng: np.random.Generator
) -> tuple[list[TruthRow], list[TruthRow]]:
    """Return training set A (for the modules, without OT) and B (for the second stage, with OT)."""
    first, second = split_rows(rows, CLASSES, 1 - FIRST_STAGE_SHARE, rng)
    others = [row for row in first if row.truth == OTHER]
    return [row for row in first if row.truth != OTHER], [*second, *others]


def backgrounds(samples: Samples, settings: Configuration) -> dict[str, Tensor]:
    """Return reference videos: the first ones of each disease, cut to what the networks see."""
    chosen = [
        row
        for code in DISEASES
        for row in [n for n, own in enumerate(samples.classes) if own == code][
            :BACKGROUNDS_PER_CLASS
        ]
    ]
    images, flows = middle(samples.images[chosen], samples.flows[chosen], settings.roi_px)
    return {
        "images": (images * 255).round().to(torch.uint8),
        "flows": (flows * 127).round().to(torch.int8),
    }


def _counted(
    exams: Iterator[MarkedExam], total: int, progress: Callable[[float, str], None]
) -> Iterator[MarkedExam]:
    for number, exam in enumerate(exams, start=1):
        yield exam
        progress(READING * number / total, "read")


def _by_steps(
    plan: TrainingPlan, progress: Callable[[float, str], None]
) -> Callable[[str, int, int], None]:
    total = sum(recipe.steps for recipe in plan.parts.values()) + 1
    finished = 0

    def report(name: str, step: int, steps: int) -> None:
        nonlocal finished
        if name not in plan.parts:
            return
        progress(READING + (1 - READING) * (finished + step) / total, name)
        finished += steps if step == steps else 0

    return report


def load_trunks(network: nn.Module, *, folder: str) -> None:
    """Copy ImageNet weights into every stream."""
    if not folder:
        return
    assert isinstance(network, VideoNetwork)
    for model in network.models:
        assert isinstance(model, TwoStream)
        for stream, name in IMAGENET.items():
            path = next(
                iter(sorted(Path(folder).glob(f"{name}[-.]*"))), Path(folder) / f"{name}.pth"
            )
            load_backbone(getattr(model, stream).trunk, path)


def _areas(evidence: NDArray[np.float64], samples: Samples) -> dict[str, float]:
    """Area under the ROC curve of each sub-model on cases it wasn't trained on."""
    wanted = np.concatenate((targets_of("disease", samples), samples.biomarkers), axis=1)
    areas = {}
    for column, name in enumerate((*DISEASES, *BIOMARKERS)):
        positive = evidence[wanted[:, column] == 1, column]
        negative = evidence[wanted[:, column] == 0, column]
        if len(positive) and len(negative):
            wins = mannwhitneyu(positive, negative).statistic
            areas[name] = round(float(wins) / (len(positive) * len(negative)), 4)
    return areas


def _strongest(table: NDArray[np.float64], used: NDArray[np.bool_]) -> dict[str, Any]:
    """The largest correlation of each variable with a class, and whether it is kept."""
    found = {}
    for name, own, kept in zip(CLINICAL, table, used.tolist(), strict=True):
        label = int(np.abs(own).argmax())
        found[name] = {"class": CLASSES[label], "r": round(float(own[label]), 3), "kept": kept}
    return found
