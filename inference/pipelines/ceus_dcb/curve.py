"""The time-intensity curve of a region of interest, and the frames taken by it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

SMOOTHING = 0.02
"""Standard deviation of the curve's smoothing, as a share of its length."""
ARRIVAL = 0.2
"""Share of the rise from the beginning to the peak at which contrast has arrived."""


@dataclass(frozen=True, eq=False)
class TimeIntensity:
    """Time-intensity curve.

    Parameters
    ----------
    values
        (t,) float64, mean grey level in [0, 1] of the region on each frame.
    smooth
        The same, smoothed.
    """

    values: NDArray[np.float64]
    smooth: NDArray[np.float64]

    @classmethod
    def of(cls, values: NDArray[np.float64]) -> "TimeIntensity":
        """Return the curve with its smoothing."""
        sigma = max(1.0, SMOOTHING * len(values))
        smooth = ndimage.gaussian_filter1d(values, sigma, mode="nearest")
        return cls(values, np.asarray(smooth, np.float64))

    @property
    def peak(self) -> int:
        """Frame of the largest smoothed value."""
        return int(self.smooth.argmax())

    @property
    def arrival(self) -> int:
        """First frame above `ARRIVAL` of the way from the beginning to the peak."""
        start, top = self.smooth[0], self.smooth[self.peak]
        return int(np.argmax(self.smooth >= start + ARRIVAL * (top - start)))

    def frames(self, before_peak: int, after_peak: int) -> NDArray[np.int64]:
        """Return frames taken evenly from beginning to peak, and from behind the peak to the end.

        A side with fewer frames than wanted repeats some.
        """
        last = len(self.values) - 1
        behind = min(self.peak + 1, last)
        rise = np.linspace(0, self.peak, before_peak)
        fall = np.linspace(behind, last, after_peak)
        return np.rint(np.concatenate((rise, fall))).astype(np.int64)
