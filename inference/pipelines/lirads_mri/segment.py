"""Slices through the segmenter, its probabilities back in voxels, voxels to lesions."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch
from numpy.typing import NDArray
from scipy import ndimage
from torch import nn

from inference.contracts import Geometry, PixelBox, Volume
from inference.layers.batching import in_batches
from inference.pipelines.lirads_mri.configuration import Configuration
from inference.pipelines.lirads_mri.preprocess import (
    Floats,
    Scale,
    grey_levels,
    slice_inputs,
)
from inference.pipelines.lirads_mri.redraw import diameter
from inference.preprocessing import resize

Mask = NDArray[np.bool_]

NEIGHBOURS = (0.25, 0.5, 0.25)
"""Weights of the slice below, the slice and the one above when slices are linked."""
LEAST_SHARE = 0.2
"""Part of the ellipsoid in a given box that a segmented region has to reach to be trusted."""


@dataclass(frozen=True, eq=False)
class Region:
    """A lesion's voxels in the delayed volume.

    Parameters
    ----------
    inside_zyx
        (z, y, x) bool, the box `box_px` alone; not empty.
    box_px
        Half-open voxel box.
    confidence
        Highest probability in the region; 1 for one given by a person.
    source
        "given" where a person's box led to it.
    """

    inside_zyx: Mask
    box_px: PixelBox
    geometry: Geometry
    confidence: float
    source: Literal["given", "detected"]

    @property
    def largest_z(self) -> int:
        """Slice of the volume with most of the lesion."""
        return self.box_px[2] + int(self.inside_zyx.sum(axis=(1, 2)).argmax())

    def size_mm(self) -> float:
        """Return the largest diameter on the largest slice, outer edge to outer edge."""
        inside = self.inside_zyx[self.largest_z - self.box_px[2]]
        return diameter(inside, self.geometry.spacing_mm[:2])

    def middle_mm(self, z: int | None = None) -> tuple[NDArray[np.float64], float]:
        """Return centre (3,) in LPS mm and longer side in mm of the region on a slice.

        None takes the largest slice.
        """
        z = self.largest_z if z is None else z
        rows, columns = np.nonzero(self.inside_zyx[z - self.box_px[2]])
        x0, y0 = self.box_px[:2]
        centre = (
            x0 + (columns.min() + columns.max()) / 2,
            y0 + (rows.min() + rows.max()) / 2,
            z,
        )
        step_x, step_y, _ = self.geometry.spacing_mm
        side = max(np.ptp(columns) * step_x + step_x, np.ptp(rows) * step_y + step_y)
        return self.geometry.world_from_index(centre), float(side)


def lesion_probabilities(
    volume: Volume,
    segmenter: nn.Module,
    scale: Scale,
    configuration: Configuration,
    slices: tuple[int, int],
    done: Callable[[int], None],
) -> Floats:
    """Return the probability of lesion of each voxel of some slices, (z1 - z0, y, x) float32.

    Parameters
    ----------
    volume
        The delayed volume.
    segmenter
        On any device, prepared for inference.
    scale
        Of the volume.
    slices
        z0 and z1, half-open.
    done
        Called with the number of slices finished.
    """
    depth, height, width = volume.shape_zyx
    device = next(segmenter.parameters()).device
    longest = max(height, width)

    def predict(index: torch.Tensor) -> torch.Tensor:
        first, last = int(index[0]), int(index[-1]) + 1
        low, high = max(0, first - 1), min(depth, last + 1)
        grey = grey_levels(volume.array_zyx[low:high], scale)
        inputs = slice_inputs(grey, configuration.image_px)[first - low : last - low]
        probabilities = segmenter(inputs.to(device)).sigmoid().cpu().numpy()
        fine = resize(probabilities, (longest, longest))[:, :height, :width]
        return torch.from_numpy(fine)

    with torch.inference_mode():
        found = in_batches(predict, torch.arange(*slices), configuration.batch, done=done)
    return found.numpy()


def find_regions(
    probabilities: Floats, geometry: Geometry, configuration: Configuration
) -> tuple[Region, ...]:
    """Return the connected regions that are large and sure enough, largest first.

    Slices are judged one by one; weighted 1, 2, 1 with its neighbours, what is seen on a single
    slice loses half of its probability.
    """
    linked = ndimage.convolve1d(probabilities, NEIGHBOURS, axis=0, mode="nearest")
    labels, _ = ndimage.label(
        linked >= configuration.threshold, ndimage.generate_binary_structure(3, 2)
    )
    voxel_mm3 = float(np.prod(geometry.spacing_mm))
    least_mm3 = np.pi / 6 * configuration.least_diameter_mm**3
    found = []
    for number, window in enumerate(ndimage.find_objects(labels), start=1):
        inside = labels[window] == number
        confidence = float(linked[window][inside].max())
        large = inside.sum() * voxel_mm3 >= least_mm3
        deep = len(inside) >= min(configuration.least_slices, len(probabilities))
        if large and deep and confidence >= configuration.least_confidence:
            z, y, x = window
            box = (x.start, y.start, z.start, x.stop, y.stop, z.stop)
            found.append(Region(inside, box, geometry, confidence, "detected"))
    return tuple(sorted(found, key=lambda region: -int(region.inside_zyx.sum())))


def region_in_box(
    probabilities: Floats, box_px: PixelBox, geometry: Geometry, configuration: Configuration
) -> tuple[Region, bool]:
    """Return the lesion within a box given by a person, and whether the segmenter saw it.

    The largest connected region at the threshold counts. Where it fills too little of the box,
    the ellipsoid inscribed in the box stands for the lesion.

    Parameters
    ----------
    probabilities
        (z, y, x) of the box alone.
    """
    labels, count = ndimage.label(probabilities >= configuration.threshold)
    inside = np.zeros(probabilities.shape, np.bool_)
    if count:
        inside = labels == 1 + np.bincount(labels.ravel())[1:].argmax()
    ellipsoid = inscribed_ellipsoid(probabilities.shape)
    seen = bool(inside.sum() >= LEAST_SHARE * ellipsoid.sum())
    chosen, tight = _tight(inside if seen else ellipsoid, box_px)
    return Region(chosen, tight, geometry, 1.0, "given"), seen


def inscribed_ellipsoid(shape_zyx: tuple[int, ...]) -> Mask:
    """Return the voxels of the ellipsoid that touches all sides of a box; never empty."""
    total = np.zeros(shape_zyx)
    for axis, n in enumerate(shape_zyx):
        along = (2 * np.arange(n) + 1 - n) / n
        total += np.square(along).reshape([-1 if axis == k else 1 for k in range(len(shape_zyx))])
    inside: Mask = total <= max(1.0, float(total.min()))
    return inside


def _tight(inside: Mask, box_px: PixelBox) -> tuple[Mask, PixelBox]:
    (window,) = ndimage.find_objects(inside.astype(np.uint8))
    z, y, x = window
    x0, y0, z0 = box_px[:3]
    tight = (x0 + x.start, y0 + y.start, z0 + z.start, x0 + x.stop, y0 + y.stop, z0 + z.stop)
    return inside[window], tight
