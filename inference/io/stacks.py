"""From loose image planes to volumes: grouping, sorting by place, checking the spacing.

Planes are ordered by the projection of Image Position (Patient) on the plane's normal (PS3.3
C.7.6.2.1.1), never by file name or instance number, from foot to head for axial images (from
right to left, front to back for sagittal and coronal ones).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inference.contracts import Geometry, Notice
from inference.io.headers import FrameHeader

SAME_PLACE_MM = 0.01
EVEN = 0.02
"""Gaps that differ from the usual one by less than this share count as even."""
MOST_FILLED = 0.25
"""Largest share of slices that may be filled in; beyond it the spacing counts as uneven."""


@dataclass(frozen=True, eq=False)
class Stack:
    """The planes of one volume in order.

    Parameters
    ----------
    frames
        Planes from foot to head; None where a slice is missing between two others.
    geometry
        Where they lie; None if the headers don't say.
    notices
        What is unusual about them.
    """

    frames: tuple[FrameHeader | None, ...]
    geometry: Geometry | None
    notices: tuple[Notice, ...] = ()

    @property
    def shape_zyx(self) -> tuple[int, int, int]:
        """Slices, rows, columns."""
        first = next(frame for frame in self.frames if frame is not None)
        return len(self.frames), *first.shape_yx


def build_stacks(frames: Iterable[FrameHeader]) -> tuple[Stack, ...]:
    """Arrange the planes of one series into volumes.

    Planes of different orientation, matrix, spacing, echo or b-value go into different volumes.
    Where a place occurs several times (dynamic series), Temporal Position, acquisition time and
    instance number, in this order, tell the time points apart.

    Parameters
    ----------
    frames
        All planes of one series, in any order.

    Returns
    -------
    tuple of Stack
        In order of time, then of instance number; the same whatever the order of `frames`.
    """
    groups: dict[object, list[FrameHeader]] = {}
    for frame in frames:
        groups.setdefault(_group(frame), []).append(frame)
    stacks: list[Stack] = []
    for members in groups.values():
        if _placed(members[0]):
            stacks += _volumes(members)
        else:
            ordered = sorted(members, key=lambda f: (f.instance, str(f.source), f.frame))
            stacks.append(Stack(tuple(ordered), None))
    return tuple(sorted(stacks, key=lambda stack: _moment(stack.frames[0])))


def _placed(frame: FrameHeader) -> bool:
    if frame.position_mm is None or frame.orientation is None or frame.spacing_yx_mm is None:
        return False
    row, column = np.array(frame.orientation[:3]), np.array(frame.orientation[3:])
    lengths = np.linalg.norm(row), np.linalg.norm(column)
    square = abs(row @ column) < 0.02 and all(0.98 < length < 1.02 for length in lengths)
    return bool(square and min(frame.spacing_yx_mm) > 0)


def _group(frame: FrameHeader) -> object:
    if not _placed(frame):
        return frame.shape_yx, frame.kind
    assert frame.orientation is not None and frame.spacing_yx_mm is not None
    return (
        frame.shape_yx,
        frame.kind,
        tuple(round(value + 0.0, 3) + 0.0 for value in frame.orientation),
        tuple(round(value, 4) for value in frame.spacing_yx_mm),
    )


def _moment(frame: FrameHeader | None) -> tuple[float, float, float, str, int]:
    """Order of acquisition: stated position in time, clock, number; file name to break ties."""
    assert frame is not None
    temporal = -1.0 if frame.temporal is None else frame.temporal
    time_s = -1.0 if frame.time_s is None else frame.time_s
    return temporal, time_s, frame.instance, str(frame.source), frame.frame


def _normal(frame: FrameHeader) -> NDArray[np.float64]:
    """Return the unit normal, turned so that its largest component is positive."""
    assert frame.orientation is not None
    normal = np.cross(frame.orientation[:3], frame.orientation[3:])
    normal /= np.linalg.norm(normal)
    return np.asarray(normal * np.sign(normal[np.argmax(np.abs(normal))]))


def _volumes(frames: Sequence[FrameHeader]) -> list[Stack]:
    """Split planes so that no place occurs twice in one volume.

    Repeated images of one single place are a film: one stack in order of time, no volume.
    """
    places = _places(frames)
    if len(places) == 1 and len(frames) > 1:
        return [Stack(tuple(places[0]), None)]
    return [_stack(each) for each in _time_points(places)]


def _places(frames: Sequence[FrameHeader]) -> list[list[FrameHeader]]:
    """Group planes by place, in order; at each place in order of time."""
    normal = _normal(frames[0])
    depth = np.array([frame.position_mm for frame in frames]) @ normal
    order = np.argsort(depth, kind="stable")
    places: list[list[FrameHeader]] = []
    last = -np.inf
    for n in order:
        if depth[n] - last > SAME_PLACE_MM:
            places.append([])
            last = depth[n]
        places[-1].append(frames[n])
    for place in places:
        place.sort(key=_moment)
    return places


def _time_points(places: list[list[FrameHeader]]) -> list[list[FrameHeader]]:
    """Tell the time points apart, each with its planes sorted by place."""
    stated = {frame.temporal for place in places for frame in place}
    if None not in stated and 1 < len(stated) == max(map(len, places)):
        return [
            [frame for place in places for frame in place if frame.temporal == point]
            for point in sorted(point for point in stated if point is not None)
        ]
    repeats = max(map(len, places))
    return [[place[n] for place in places if len(place) > n] for n in range(repeats)]


def _stack(frames: Sequence[FrameHeader]) -> Stack:
    """Make the volume of planes sorted by place, each at its own."""
    first, last = frames[0], frames[-1]
    notices: list[Notice] = []
    slots: list[FrameHeader | None] = list(frames)
    if len(frames) > 1:
        depth = np.array([frame.position_mm for frame in frames]) @ _normal(first)
        slots, notices = _fill_gaps(frames, np.diff(depth))
    geometry = Geometry(_affine(first, last, len(slots)), (len(slots), *first.shape_yx))
    return Stack(tuple(slots), geometry, tuple(notices))


def _fill_gaps(
    frames: Sequence[FrameHeader], gaps_mm: NDArray[np.float64]
) -> tuple[list[FrameHeader | None], list[Notice]]:
    """Leave empty slots where slices are missing, so that the others stay where they belong."""
    usual = float(np.median(gaps_mm))
    steps = np.maximum(1, np.rint(gaps_mm / usual)).astype(int)
    missing = int((steps - 1).sum())
    uneven = float(np.abs(gaps_mm - steps * usual).max())
    if uneven > max(EVEN * usual, 2 * SAME_PLACE_MM) or missing > MOST_FILLED * len(frames):
        message = (
            f"Slices are {gaps_mm.min():.1f} to {gaps_mm.max():.1f} mm apart; positions are off by "
            "as much as that differs from even spacing."
        )
        return list(frames), [Notice("uneven_spacing", message)]
    slots: list[FrameHeader | None] = [frames[0]]
    for frame, step in zip(frames[1:], steps, strict=True):
        slots += [None] * (int(step) - 1)
        slots.append(frame)
    if not missing:
        return slots, []
    message = (
        f"{missing} of {len(slots)} slices are missing; they were filled from their neighbours."
    )
    return slots, [Notice("missing_slices", message)]


def _affine(first: FrameHeader, last: FrameHeader, n_slots: int) -> NDArray[np.float64]:
    """PS3.3 equation C.7.6.2.1-1 with the step between slices as its third column."""
    assert first.orientation is not None and first.spacing_yx_mm is not None
    start, stop = np.array(first.position_mm), np.array(last.position_mm)
    affine = np.eye(4)
    affine[:3, 0] = np.array(first.orientation[:3]) * first.spacing_yx_mm[1]
    affine[:3, 1] = np.array(first.orientation[3:]) * first.spacing_yx_mm[0]
    if n_slots > 1:
        affine[:3, 2] = (stop - start) / (n_slots - 1)
    else:
        affine[:3, 2] = _normal(first) * (first.thickness_mm or 1.0)
    affine[:3, 3] = start
    return affine
