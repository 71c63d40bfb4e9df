"""Boxes on slices to lesions in space: linked through slices, then across contrast phases."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

from inference.contracts import Box
from inference.detection.slices import SliceBox

LINK_OVERLAP = 0.5
"""Least share of the smaller of two boxes on neighbouring slices that the other covers, for both
to be one lesion; towards its poles a lesion shrinks, so that IoU would lose it."""
GAP = 1
"""Slices that may be missed between two boxes of one lesion."""
SAME_IOU = 0.1
"""Least overlap of boxes of two phases that are taken for one lesion (the paper's IoU)."""


class Track(NamedTuple):
    """A lesion in one volume: half-open box in voxels, edges fractional; slices it was seen on."""

    x0: float
    y0: float
    z0: int
    x1: float
    y1: float
    z1: int
    confidence: float
    n_slices: int


class Candidate(NamedTuple):
    """A lesion in the patient: box, confidence, slices summed over the phases it was seen in."""

    box: Box
    confidence: float
    n_slices: int


def link_slices(boxes: Iterable[SliceBox]) -> list[Track]:
    """Link boxes of one volume, most confident lesions first.

    A box continues the lesion whose last box, at most `GAP` slices missed, it overlaps most, and
    by `LINK_OVERLAP` at least. In the plane a lesion is as large as the mean of its larger half of
    boxes; its confidence is the highest of its boxes'.
    """
    chains: list[list[SliceBox]] = []
    for box in sorted(boxes, key=lambda b: (b.z, -b.confidence)):
        open_chains = [c for c in chains if 0 < box.z - c[-1].z <= GAP + 1]
        best = max(open_chains, key=lambda c: _overlap(c[-1], box), default=None)
        if best is not None and _overlap(best[-1], box) >= LINK_OVERLAP:
            best.append(box)
        else:
            chains.append([box])
    return sorted((_track(chain) for chain in chains), key=lambda t: -t.confidence)


def merge_phases(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Join candidates of several phases that overlap, most confident first.

    The joined box is the mean of their boxes weighted by slices, the confidence the highest.
    """
    groups: list[list[Candidate]] = []
    for candidate in sorted(candidates, key=lambda c: -c.confidence):
        for group in groups:
            if any(same_lesion(candidate.box, other.box) for other in group):
                group.append(candidate)
                break
        else:
            groups.append([candidate])
    return [_joined(group) for group in groups]


def box_iou(first: Box, second: Box) -> float:
    """Return intersection over union of two boxes in space."""
    low = np.maximum(first.centre - first.size / 2, second.centre - second.size / 2)
    high = np.minimum(first.centre + first.size / 2, second.centre + second.size / 2)
    overlap = float(np.clip(high - low, 0, None).prod())
    return overlap / (float(first.size.prod() + second.size.prod()) - overlap + 1e-9)


def same_lesion(first: Box, second: Box) -> bool:
    """Whether two boxes overlap enough, or the centre of one lies in the other."""
    offset = np.abs(first.centre - second.centre)
    inside = bool((offset <= first.size / 2).all() or (offset <= second.size / 2).all())
    return inside or box_iou(first, second) >= SAME_IOU


def _overlap(first: SliceBox, second: SliceBox) -> float:
    """Share of the smaller box that both have in common."""
    width = min(first.x1, second.x1) - max(first.x0, second.x0)
    height = min(first.y1, second.y1) - max(first.y0, second.y0)
    smaller = min((b.x1 - b.x0) * (b.y1 - b.y0) for b in (first, second))
    return max(width, 0.0) * max(height, 0.0) / (smaller + 1e-9)


def _track(chain: list[SliceBox]) -> Track:
    by_area = sorted(chain, key=lambda b: -(b.x1 - b.x0) * (b.y1 - b.y0))
    x0, y0, x1, y1 = np.mean([b[1:5] for b in by_area[: (len(chain) + 1) // 2]], axis=0).tolist()
    confidence = max(box.confidence for box in chain)
    return Track(x0, y0, chain[0].z, x1, y1, chain[-1].z + 1, confidence, len(chain))


def _joined(group: list[Candidate]) -> Candidate:
    weights = [candidate.n_slices for candidate in group]
    box = Box(*np.average([candidate.box for candidate in group], axis=0, weights=weights).tolist())
    return Candidate(box, max(c.confidence for c in group), sum(weights))
