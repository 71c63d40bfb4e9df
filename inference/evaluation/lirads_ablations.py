"""What other networks, and the same ones trained from other seeds, say of lesions on MRI."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import torch
from torch import nn

from inference.errors import UnusableInput
from inference.lirads import CATEGORIES
from inference.pipelines.lirads_mri.configuration import (
    DIRECT,
    PHASES,
    PLAIN,
    RESNET,
    RESNET_PLAIN,
    TASKS,
)
from inference.pipelines.lirads_mri.pipeline import LiradsPipeline, open_pipeline
from inference.pipelines.lirads_mri.predict import LesionEvidence, run_on_crops
from inference.pipelines.lirads_mri.preprocess import standardised

SWITCH = "switch"
"""The system itself."""

Categories = Mapping[str, float]
"""Probability by category."""


def open_seeds(against: str, configuration: str, device: str) -> tuple[LiradsPipeline, ...]:
    """Return the systems in some folders of weights, joined by commas: training seeds.

    Raises
    ------
    UnusableInput
        ``no_input`` for a folder that doesn't exist; ``bad_argument`` if the folders don't hold
        the same networks.
    """
    folders = [Path(word) for word in against.split(",") if word]
    for folder in folders:
        if not folder.is_dir():
            raise UnusableInput(
                "no_input", "A folder of weights to compare with doesn't exist; check the names."
            )
    found = tuple(open_pipeline(configuration, folder, device) for folder in folders)
    if len({frozenset(each.networks.ablations) for each in found}) > 1:
        raise UnusableInput(
            "bad_argument",
            "The folders of weights don't hold the same networks; train all seeds alike.",
        )
    return found


def said_by_all(
    seeds: Sequence[LiradsPipeline], known: Sequence[LesionEvidence]
) -> list[dict[str, tuple[Categories, ...]]]:
    """Return for each lesion, by network, the categories' probabilities of every seed.

    All judge the same crops.

    Parameters
    ----------
    known
        A case's lesions with their crops; not empty.
    """
    tables = [_said(pipeline, known) for pipeline in seeds]
    return [
        {name: tuple(table[name][n] for table in tables) for name in tables[0]}
        for n in range(len(known))
    ]


def _said(pipeline: LiradsPipeline, known: Sequence[LesionEvidence]) -> dict[str, list[Categories]]:
    networks = pipeline.networks
    found = {SWITCH: _by_switch(pipeline, networks.characteriser, known)}
    for part, network in networks.ablations.items():
        judge = {RESNET: _by_switch, PLAIN: _by_all_phases, RESNET_PLAIN: _by_all_phases}.get(part)
        if judge is not None:
            found[part] = judge(pipeline, network, known)
    if DIRECT in networks.ablations:
        found[DIRECT] = _directly(pipeline, networks.ablations[DIRECT], known)
    return found


def _by_switch(
    pipeline: LiradsPipeline, network: nn.Module, known: Sequence[LesionEvidence]
) -> list[Categories]:
    """Each feature from its own phases."""
    logits = run_on_crops(
        [entry.crops for entry in known], network, pipeline.configuration, pipeline.networks.device
    )
    pairs = zip(known, logits, strict=True)
    return [replace(entry, logits=rows).probabilities() for entry, rows in pairs]


def _by_all_phases(
    pipeline: LiradsPipeline, network: nn.Module, known: Sequence[LesionEvidence]
) -> list[Categories]:
    """Each feature by its mean probability over all phases."""
    logits = run_on_crops(
        [entry.crops for entry in known], network, pipeline.configuration, pipeline.networks.device
    )
    signs = logits.double().sigmoid().mean(dim=1).tolist()
    return [
        entry.probabilities(dict(zip(TASKS, own, strict=True)))
        for entry, own in zip(known, signs, strict=True)
    ]


def _directly(
    pipeline: LiradsPipeline, network: nn.Module, known: Sequence[LesionEvidence]
) -> list[Categories]:
    """Straight from the three phases to categories."""
    grey = torch.stack(
        [
            torch.stack([torch.from_numpy(entry.crops[phase].image_yx) for phase in PHASES])
            for entry in known
        ]
    )
    with torch.inference_mode():
        logits = network(standardised(grey).to(pipeline.networks.device)).cpu()
    return [dict(zip(CATEGORIES, own, strict=True)) for own in logits.double().softmax(1).tolist()]
