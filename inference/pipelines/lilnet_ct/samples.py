"""Training images of LiLNet, cut out of labelled exams once and kept in memory as bytes."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from inference.contracts import PixelBox, Volume
from inference.detection.slices import square_input
from inference.io.cohort import LabelledExam, TruthRow
from inference.pipelines.lilnet_ct.configuration import PHASES, Configuration
from inference.pipelines.lilnet_ct.preprocess import (
    THINNEST,
    core_slices,
    crop_lesion,
    grey_levels,
    relative_diameter,
)

Bytes = NDArray[np.uint8]

MARGIN = 4 / 3
"""How much larger than the network's input crops are cut, to turn and shift them."""
MAX_OBJECTS = 8
EMPTY_SHARE = 0.5
"""Slices without a lesion per slice with one, for the detector."""


@dataclass(frozen=True, eq=False)
class Crops:
    """Crops of all lesions.

    Parameters
    ----------
    images
        (n, side, side) uint8 grey levels.
    lesion
        (n,) position in `classes`.
    classes
        Class code of each lesion.
    """

    images: Tensor
    lesion: Tensor
    classes: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Slices:
    """Whole slices for the detector.

    Parameters
    ----------
    images
        (n, side, side) uint8 grey levels, the detector's input size.
    boxes
        (n, MAX_OBJECTS, 4) float32 pixels of that input; zeros where there are fewer lesions.
    """

    images: Tensor
    boxes: Tensor


def gather(
    exams: Iterable[LabelledExam], configuration: Configuration, rng: np.random.Generator
) -> tuple[Crops, Slices]:
    """Cut crops and slices out of the arterial and portal venous volumes of labelled exams."""
    crops: list[Bytes] = []
    lesions: list[int] = []
    classes: list[str] = []
    slices: list[Bytes] = []
    boxes: list[NDArray[np.float32]] = []
    side = round(configuration.crop_px * MARGIN)
    for exam, rows in exams:
        volumes = [volume for phase in PHASES for volume in exam.volumes_of(phase)]
        for volume in volumes:
            pixel_boxes = _pixel_boxes(volume, rows)
            for offset, box in enumerate(pixel_boxes):
                if box[5] > box[2]:
                    images = crop_lesion(volume, core_slices(box), configuration, side).images_zyx
                    crops.extend(_bytes(images))
                    lesions.extend([len(classes) + offset] * len(images))
            chosen, edges = _slices(volume, pixel_boxes, configuration, rng)
            slices.extend(chosen)
            boxes.extend(edges)
            volume.release()
        classes.extend(row.truth for row in rows)
    return (
        Crops(torch.from_numpy(np.stack(crops)), torch.tensor(lesions), tuple(classes)),
        Slices(torch.from_numpy(np.stack(slices)), torch.from_numpy(np.stack(boxes))),
    )


def _pixel_boxes(volume: Volume, rows: Iterable[TruthRow]) -> list[PixelBox]:
    assert volume.geometry is not None, "labelled cohorts state places in mm"
    return [volume.geometry.pixel_box(row.box_mm) for row in rows]


def _slices(
    volume: Volume,
    pixel_boxes: list[PixelBox],
    configuration: Configuration,
    rng: np.random.Generator,
) -> tuple[list[Bytes], list[NDArray[np.float32]]]:
    """Slices with lesions, and some without; in-plane boxes shrink towards a lesion's poles."""
    count, height, width = volume.shape_zyx
    scale = configuration.detector.image_px / max(height, width)
    edges = np.zeros((count, MAX_OBJECTS, 4), np.float32)
    objects = np.zeros(count, int)
    touched = np.zeros(count, bool)
    for x0, y0, z0, x1, y1, z1 in pixel_boxes:
        touched[z0:z1] = True
        for z in range(z0, z1):
            share = relative_diameter(z, z0, z1)
            if share >= THINNEST and objects[z] < MAX_OBJECTS:
                half = np.array([x1 - x0, y1 - y0]) / 2 * share
                centre = np.array([x1 + x0, y1 + y0]) / 2
                edges[z, objects[z]] = np.concatenate((centre - half, centre + half)) * scale
                objects[z] += 1
    empty = np.flatnonzero(~touched)
    wanted = min(len(empty), round(EMPTY_SHARE * int((objects > 0).sum())) + 1)
    chosen = [*np.flatnonzero(objects), *rng.permutation(empty)[:wanted]]
    images = []
    for z in chosen:
        grey = grey_levels(volume.array_zyx[z : z + 1], configuration, calibrated=volume.calibrated)
        images.extend(_bytes(square_input(grey, configuration.detector.image_px)))
    return images, [edges[z] for z in chosen]


def _bytes(grey: NDArray[np.float32]) -> list[Bytes]:
    return list(np.rint(grey * 255).astype(np.uint8))
