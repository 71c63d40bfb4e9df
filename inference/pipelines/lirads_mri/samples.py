"""Training images, cut out of labelled exams once and kept in memory as bytes."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from inference.contracts import Geometry, Volume
from inference.detection.slices import square_input
from inference.io.cohort import LabelledExam, TruthRow
from inference.io.masks import mask_file, read_mask
from inference.pipelines.lirads_mri.breathing import displacements
from inference.pipelines.lirads_mri.configuration import (
    DELAYED,
    PHASES,
    PORTAL,
    TASKS,
    Configuration,
)
from inference.pipelines.lirads_mri.preprocess import (
    Scale,
    crop_at,
    crop_side_mm,
    grey_levels,
    grid_of,
    scale_of,
)
from inference.pipelines.lirads_mri.segment import Mask, Region, inscribed_ellipsoid

Bytes = NDArray[np.uint8]

MARGIN = 4 / 3
"""How much larger than the network's input crops are cut, to turn and shift them."""
MOST_SETS, LEAST_AREA = 5, 0.5
"""Slices used of a lesion, and their least area relative to its largest."""
LESION_SLICES, EMPTY_SLICES = 8, 6
"""Slices kept of a case for the segmenter, with and without a lesion."""


@dataclass(frozen=True, eq=False)
class CropSets:
    """Crops of all lesions, a slice's three phases together.

    Parameters
    ----------
    images
        (n, phases, side, side) uint8 grey levels.
    lesion
        (n,) position in `rows`; the first set of a lesion is its largest slice.
    rows
        What is known of the lesions.
    signs
        (lesions, phases, tasks) float32, 0 or 1: what each phase shows.
    """

    images: Tensor
    lesion: Tensor
    rows: tuple[TruthRow, ...]
    signs: Tensor


@dataclass(frozen=True, eq=False)
class Slices:
    """Whole slices for the segmenter.

    Parameters
    ----------
    images
        (n, 3, side, side) uint8 grey levels: the slice below, the slice, the one above.
    inside
        (n, side, side) uint8, 1 in lesions.
    case
        (n,) position of the case in the cohort.
    """

    images: Tensor
    inside: Tensor
    case: Tensor

    def only(self, chosen: Tensor) -> "Slices":
        """Return some slices, by a mask (n,) bool."""
        return Slices(self.images[chosen], self.inside[chosen], self.case[chosen])


def gather(
    exams: Iterable[LabelledExam], cohort: Path, configuration: Configuration
) -> tuple[CropSets, Slices]:
    """Cut crops and slices out of labelled exams.

    Parameters
    ----------
    exams
        With arterial, portal venous and delayed volumes.
    cohort
        Folder that may hold masks of the lesions (`inference.io.masks`, ``lesion<number>`` in the
        delayed phase); without one the ellipsoid in the lesion's box stands for it.
    """
    sets: list[Bytes] = []
    lesions: list[int] = []
    rows: list[TruthRow] = []
    slices: list[tuple[Bytes, Bytes]] = []
    cases: list[int] = []
    for number, (exam, own) in enumerate(exams):
        volumes = {phase: exam.volumes_of(phase)[0] for phase in PHASES}
        scales = {phase: scale_of(v, configuration.floor) for phase, v in volumes.items()}
        regions = [true_region(cohort, row, volumes[DELAYED]) for row in own]
        for row, region in zip(own, regions, strict=True):
            shifts = displacements(volumes, *region.middle_mm(), configuration)
            for z in _slices_of(region):
                centre, size = region.middle_mm(z)
                side = crop_side_mm(size, configuration) * MARGIN
                pixels = round(configuration.crop_px * MARGIN)
                crops = [
                    crop_at(
                        volumes[phase], centre + shifts[phase], side, scales[phase], pixels
                    ).image_yx
                    for phase in PHASES
                ]
                sets.append(_bytes(np.stack(crops)))
                lesions.append(len(rows))
            rows.append(row)
        kept = _segmenter_slices(volumes[DELAYED], scales[DELAYED], regions, configuration)
        slices += kept
        cases += [number] * len(kept)
        for volume in volumes.values():
            volume.release()
    images, inside = (np.stack(part) for part in zip(*slices, strict=True))
    return (
        CropSets(
            torch.from_numpy(np.stack(sets)),
            torch.tensor(lesions),
            tuple(rows),
            torch.tensor([signs_of(row) for row in rows], dtype=torch.float32),
        ),
        Slices(torch.from_numpy(images), torch.from_numpy(inside), torch.tensor(cases)),
    )


def signs_of(row: TruthRow) -> list[list[float]]:
    """Return what each phase shows of each task, (phases, tasks), from ``truth.csv``.

    Where the cohort tells washout in the portal venous phase apart, that phase's images carry
    it; else they carry the lesion's.
    """
    signs = [float(row.strata[task]) for task in TASKS]
    shown = {phase: list(signs) for phase in PHASES}
    early = row.strata.get("washout_portal_venous", row.strata["washout"])
    shown[PORTAL][TASKS.index("washout")] = float(early)
    return [shown[phase] for phase in PHASES]


def true_region(cohort: Path, row: TruthRow, delayed: Volume) -> Region:
    """Return the reference standard's voxels of a lesion in the delayed volume.

    The mask of the cohort where it has one, else the ellipsoid in the row's box.
    """
    geometry = grid_of(delayed)
    path = mask_file(cohort, row.case, f"lesion{row.lesion}", DELAYED.value)
    if path.is_file():
        inside = _on_grid(*read_mask(path), geometry)
        if inside.any():
            z, y, x = (np.flatnonzero(inside.any(axis=tuple({0, 1, 2} - {k}))) for k in range(3))
            box = (
                int(x[0]), int(y[0]), int(z[0]), int(x[-1]) + 1, int(y[-1]) + 1, int(z[-1]) + 1
            )  # fmt: skip
            window = inside[box[2] : box[5], box[1] : box[4], box[0] : box[3]]
            return Region(window, box, geometry, 1.0, "given")
    box = geometry.pixel_box(row.box_mm)
    x0, y0, z0, x1, y1, z1 = box
    return Region(inscribed_ellipsoid((z1 - z0, y1 - y0, x1 - x0)), box, geometry, 1.0, "given")


def _on_grid(mask: Mask, own: Geometry, target: Geometry) -> Mask:
    """Return a mask on another grid of the same voxels, whichever way its axes run."""
    across = np.linalg.solve(own.affine, target.affine)
    if not np.allclose(np.abs(across[:3, :3]), np.eye(3), atol=1e-3):
        raise ValueError("masks lie on the voxels of their volume")
    turned = mask[tuple(slice(None, None, int(np.sign(across[k, k]))) for k in (2, 1, 0))]
    return np.ascontiguousarray(turned)


def _slices_of(region: Region) -> list[int]:
    """Return the lesion's largest slice first, then others that are nearly as large."""
    areas = region.inside_zyx.sum(axis=(1, 2))
    order = np.argsort(-areas, kind="stable")[:MOST_SETS]
    return [region.box_px[2] + int(z) for z in order if areas[z] >= LEAST_AREA * areas.max()]


def _segmenter_slices(
    delayed: Volume, scale: Scale, regions: list[Region], configuration: Configuration
) -> list[tuple[Bytes, Bytes]]:
    """Return (3, side, side) images and (side, side) masks, evenly spread over the volume."""
    inside = np.zeros(delayed.shape_zyx, np.float32)
    for region in regions:
        x0, y0, z0, x1, y1, z1 = region.box_px
        view = inside[z0:z1, y0:y1, x0:x1]
        view[region.inside_zyx] = 1
    touched = inside.any(axis=(1, 2))
    chosen = [
        *_spread(np.flatnonzero(touched), LESION_SLICES),
        *_spread(np.flatnonzero(~touched), EMPTY_SLICES),
    ]
    side, last = configuration.image_px, len(inside) - 1
    found = []
    for z in chosen:
        around = [max(0, z - 1), z, min(last, z + 1)]
        grey = square_input(grey_levels(delayed.array_zyx[around], scale), side)
        shape = square_input(inside[z : z + 1], side)[0] >= 0.5
        found.append((_bytes(grey), shape.astype(np.uint8)))
    return found


def _spread(values: NDArray[np.int64], most: int) -> list[int]:
    if len(values) > most:
        values = values[np.linspace(0, len(values) - 1, most).round().astype(int)]
    return [int(value) for value in values]


def _bytes(grey: NDArray[np.float32]) -> Bytes:
    return np.rint(grey * 255).astype(np.uint8)
