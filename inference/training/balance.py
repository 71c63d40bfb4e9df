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
        images: dict[int, list[int]] = {}
        for image, unit in enumerate(unit_of_image.tolist()):
            images.setdefault(unit, []).append(image)
        self._images = images
        by_class: dict[int, list[int]] = {}
        for unit in sorted(images):
            if class_of_unit[unit] >= 0:
                by_class.setdefault(class_of_unit[unit], []).append(unit)
        if not by_class:
            raise ValueError("there is nothing to draw from")
        self._units = [by_class[label] for label in sorted(by_class)]

    def draw(self, count: int, rng: np.random.Generator) -> NDArray[np.int64]:
        """Return the positions of `count` images."""
        chosen = []
        for _ in range(count):
            units = self._units[rng.integers(len(self._units))]
            images = self._images[units[rng.integers(len(units))]]
            chosen.append(images[rng.integers(len(images))])
        return np.array(chosen, np.int64)
