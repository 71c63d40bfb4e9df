"""Follow a lesion through breathing: the shift of a window from frame to frame.

The paper carries its one box over "all frames" without saying how; this is ours. Window and
template are compared by partly whitened cross-correlation (Kuglin and Hines 1975, phase
correlation, with a fractional power of the spectrum). The template is a running mean of the frames
aligned so far, kept as a spectrum, where aligning is a product: it follows the change of
brightness as the contrast agent comes and goes.
"""

from collections.abc import Callable, Iterable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import fft, signal

Floats = NDArray[np.float32]
Spectrum = NDArray[np.complex64]

RENEWAL = 0.1
"""Share of the newest frame in the template."""
LEAST_CONTRAST = 5.5
"""Peaks that stand out less (in standard deviations of the correlation) are not believed."""
WHITENING = 0.3
BAND_PX = (1.5, 8.0)
"""Blurs between which structures are compared: speckle is finer, the fall of brightness with depth
and the sector's edges are coarser."""


class _Lens(NamedTuple):
    """What of a window counts: weights of its pixels and of its frequencies."""

    taper: Floats
    band: Floats


def follow(
    windows: Floats,
    reference: int,
    reach_px: float,
    done: Callable[[int], None] = lambda _: None,
) -> NDArray[np.float64]:
    """Return the shift of every frame against the reference frame.

    Parameters
    ----------
    windows
        (t, h, w) float32: the same window of every frame, larger than the lesion by the reach.
    reference
        Frame on which the lesion was marked.
    reach_px
        Largest shift looked for.
    done
        Called with the number of frames finished.

    Returns
    -------
    ndarray
        (t, 2), displacement along x and y in pixels; 0 at the reference. A frame that can't be
        matched (nothing to see yet) keeps its neighbour's.
    """
    lens = _Lens(_taper(windows.shape[1:]), _band(windows.shape[1:]))
    shifts = np.zeros((len(windows), 2))
    done(1)
    for frames in (range(reference + 1, len(windows)), range(reference - 1, -1, -1)):
        _follow(windows, lens, reference, frames, reach_px, shifts, done)
    return shifts


def _follow(
    windows: Floats,
    lens: _Lens,
    reference: int,
    frames: Iterable[int],
    reach_px: float,
    shifts: NDArray[np.float64],
    done: Callable[[int], None],
) -> None:
    """Fill in the shifts of frames in order, away from the reference."""
    shape = windows.shape[1:]
    template = _spectrum(windows[reference], lens)
    last = np.zeros(2)
    for frame in frames:
        spectrum = _spectrum(windows[frame], lens)
        found = _shift(spectrum, template, shape, reach_px)
        last = last if found is None else found
        shifts[frame] = last
        if found is not None:
            aligned = spectrum * _ramp(shape, found)
            template = (1 - RENEWAL) * template + RENEWAL * aligned
        done(1)


def _spectrum(window: Floats, lens: _Lens) -> Spectrum:
    """Spectrum of a window seen through the lens, scaled to unit energy."""
    spectrum = fft.rfft2((window - window.mean()) * lens.taper) * lens.band
    energy = float(np.linalg.norm(spectrum)) or 1.0
    return np.asarray(spectrum / np.float32(energy), np.complex64)


def _shift(
    spectrum: Spectrum, template: Spectrum, shape: tuple[int, ...], reach_px: float
) -> NDArray[np.float64] | None:
    """Return where the correlation peaks (x, y), to a fraction of a pixel; None if nowhere."""
    product = spectrum * template.conj()
    product /= np.abs(product) ** WHITENING + 1e-9
    correlation = fft.irfft2(product, shape)
    reach = [min(int(reach_px), (size - 1) // 2 - 1) for size in shape]
    near = np.roll(correlation, reach, axis=(0, 1))[: 2 * reach[0] + 1, : 2 * reach[1] + 1]
    spread = float(correlation.std())
    y, x = np.unravel_index(int(near.argmax()), near.shape)
    if spread == 0 or near[y, x] < LEAST_CONTRAST * spread:
        return None
    vertical = _vertex(near[:, x], int(y))
    horizontal = _vertex(near[y], int(x))
    return np.array([horizontal - reach[1], vertical - reach[0]])


def _vertex(values: NDArray[np.floating], place: int) -> float:
    """Return the vertex of the parabola through a maximum and its neighbours."""
    if not 0 < place < len(values) - 1:
        return float(place)
    left, middle, right = (float(value) for value in values[place - 1 : place + 2])
    bend = left - 2 * middle + right
    return place + (0.5 * (left - right) / bend if bend else 0.0)


def _ramp(shape: tuple[int, ...], shift: NDArray[np.float64]) -> Spectrum:
    """Return what a spectrum is multiplied by to undo a shift."""
    rows, columns = fft.fftfreq(shape[0])[:, None], fft.rfftfreq(shape[1])[None, :]
    turn = 2j * np.pi * (columns * shift[0] + rows * shift[1])
    return np.asarray(np.exp(turn), np.complex64)


def _taper(shape: tuple[int, ...]) -> Floats:
    rows, columns = (signal.windows.tukey(size, 0.5) for size in shape)
    return np.outer(rows, columns).astype(np.float32)


def _band(shape: tuple[int, ...]) -> Floats:
    """Difference of two Gaussians as a transfer function."""
    squared = np.square(fft.fftfreq(shape[0]))[:, None] + np.square(fft.rfftfreq(shape[1]))
    fine, coarse = (np.exp(-2 * np.square(np.pi * sigma) * squared) for sigma in BAND_PX)
    return np.asarray(fine - coarse, np.float32)
