"""Sizes, phase sets and variants of the four-phase system. No torch."""

from dataclasses import dataclass

from inference.contracts import ContrastPhase
from inference.registry.systems import FOURPHASE_CT

CLASSES = FOURPHASE_CT.class_codes
RING = (
    ContrastPhase.NON_CONTRAST,
    ContrastPhase.ARTERIAL,
    ContrastPhase.PORTAL_VENOUS,
    ContrastPhase.DELAYED,
)
"""Phases in order of time; equation 1 closes them to a ring."""
PHASE_SETS = FOURPHASE_CT.phase_sets
PART = "fusion"

MARGIN_MM = 10.0
VOXEL_MM = 1.0


@dataclass(frozen=True)
class Variant:
    """Which of the paper's ideas a network has (table 5 and "The influence of lambda").

    Parameters
    ----------
    perception
        Residual stages, out of 1 to 4, after which phases exchange attention; empty for none.
    balance
        Lambda of equation 2: share of the mean of the single phases in the output. 1 leaves the
        spatiotemporal prediction module out, 0 the single phases.
    plain
        Whether the loss is the balanced sum of the tasks' own cross entropies (plain multi-task)
        instead of the cross entropy of the balanced output (equation 2).
    """

    perception: tuple[int, ...]
    balance: float
    plain: bool = False


ALL_STAGES = (1, 2, 3, 4)
BALANCE = 0.5
"""The paper compares values of lambda, but our copy of its text doesn't hold the table."""
VARIANTS = {
    "full": Variant(ALL_STAGES, BALANCE),
    "plain": Variant(ALL_STAGES, BALANCE, plain=True),
    "miff_spm": Variant(ALL_STAGES, 0.0),
    "miff": Variant(ALL_STAGES, 1.0),
    "spm": Variant((), 0.0),
    "backbone": Variant((), 1.0),
}
"""By name: the system, and what the paper's ablations leave out of it."""


@dataclass(frozen=True)
class Configuration:
    """One size of the system and what its input looks like.

    Parameters
    ----------
    depth, width, pool_stem
        Of each phase's network, see `inference.layers.resnet.ResNetTrunk`.
    slices, side_px
        Shape that the lesion and its surroundings are resized to.
    fused, hidden
        Channels of the 1-D residual network, and of the GRU.
    windows_hu
        Centre and width of the two windows of the pseudo-colour image. Our copy of the paper's
        text doesn't hold table 8; a narrow one for the lesion and a wide one for what surrounds
        it are ours.
    original_hu
        Lowest and highest HU of the third channel, the original image.
    batch
        Lesions per forward pass, halved when memory runs out.
    """

    name: str
    depth: int
    width: int
    pool_stem: bool
    slices: int
    side_px: int
    fused: int
    hidden: int
    windows_hu: tuple[tuple[float, float], tuple[float, float]] = ((80.0, 160.0), (60.0, 400.0))
    original_hu: tuple[float, float] = (-1024.0, 1024.0)
    batch: int = 4

    @property
    def shape(self) -> tuple[int, int, int]:
        """Slices, rows, columns of the input."""
        return self.slices, self.side_px, self.side_px


PAPER = Configuration(
    name="paper",
    depth=18,
    width=64,
    pool_stem=True,
    slices=64,
    side_px=128,
    fused=512,
    hidden=256,
)
DEMO = Configuration(
    name="demo",
    depth=10,
    width=12,
    pool_stem=False,
    slices=8,
    side_px=41,
    fused=64,
    hidden=32,
)
CONFIGURATIONS = {configuration.name: configuration for configuration in (PAPER, DEMO)}
