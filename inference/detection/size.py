"""Sizes of the detector, after the published description of YOLOv8. No torch."""

from dataclasses import dataclass


@dataclass(frozen=True)
class DetectorSize:
    """How deep and wide a detector is and what it looks at.

    Parameters
    ----------
    depth, width
        Multiples of the blocks' repeats and of the channels.
    max_channels
        Limit of the widest stage before `width` is applied.
    image_px
        Side of the square input.
    reg_max
        Bins of the distribution over each box edge's distance.
    """

    depth: float
    width: float
    max_channels: int
    image_px: int = 512
    reg_max: int = 16

    def channels(self, base: int) -> int:
        """Scale a channel count, rounded up to a multiple of 8."""
        return -(-int(min(base, self.max_channels) * self.width) // 8) * 8

    def repeats(self, base: int) -> int:
        """Scale a number of repeats, at least 1."""
        return max(1, round(base * self.depth))


SIZES = {
    "n": DetectorSize(0.33, 0.25, 1024),
    "s": DetectorSize(0.33, 0.50, 1024),
    "m": DetectorSize(0.67, 0.75, 768),
    "l": DetectorSize(1.00, 1.00, 512),
    "x": DetectorSize(1.00, 1.25, 512),
}
"""The published sizes (depth, width, limit), here with LiLNet's 512 px."""
