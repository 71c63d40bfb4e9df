"""Draw images so that classes count the same, and within a class lesions, however many images."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


class BalancedSampler:
    """Draws a class, then one of its units (lesions, patients), then one of the unit's images.

    Parameters
    ----------
    unit_of_image
        (n,) position of each image's unit in `class_of_unit`.
    class_of_unit
        Class index of each unit; units below 0 are never drawn.

    Raises
    ------
    ValueError
        If no unit has an image.
    """

    def __init__(self, unit_of_image: NDArray[np.int64], class_of_unit: Sequence[int]) -> None:
        units = np.unique(unit_of_image).tolist()
        self._images = {unit: np.flatnonzero(unit_of_image == unit) for unit in units}
        by_class: dict[int, list[int]] = {}
        for unit in units:
            if class_of_unit[unit] >= 0:
                by_class.setdefault(class_of_unit[unit], []).append(unit)
        if not by_class:
            raise ValueError("there is nothing to draw from")
        self._units = [by_class[label] for label in sorted(by_class)]

    def draw(self, n_units: int, per_unit: int, rng: np.random.Generator) -> NDArray[np.int64]:
        """Return the positions of images, (n_units, per_unit).

        A unit's images are drawn spread over their order, so that slices and phases that follow
        each other are all represented; a unit with fewer images repeats some.
        """
        chosen = np.empty((n_units, per_unit), np.int64)
        for row in chosen:
            units = self._units[rng.integers(len(self._units))]
            images = self._images[units[rng.integers(len(units))]]
            places = (np.arange(per_unit) + rng.random(per_unit)) / per_unit
            row[:] = images[(places * len(images)).astype(int)]
        return chosen
