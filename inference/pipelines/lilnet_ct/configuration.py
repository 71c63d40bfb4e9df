"""LiLNet's classes and the sizes it comes in. No torch."""

from dataclasses import dataclass

from inference.contracts import ContrastPhase
from inference.detection.size import SIZES, DetectorSize
from inference.registry.systems import LILNET_CT

PARTS: dict[str, tuple[str, ...]] = {part.name: part.classes for part in LILNET_CT.parts}
"""Classes of each network's logits: bm, benign, malignant."""

LEAVES = LILNET_CT.class_codes
PHASES = (ContrastPhase.ARTERIAL, ContrastPhase.PORTAL_VENOUS)


@dataclass(frozen=True)
class Configuration:
    """One size of LiLNet and what its input looks like.

    Parameters
    ----------
    depth, width, pool_stem
        See `inference.layers.resnet.ResNetTrunk`.
    crop_px
        Side of the square crop around the lesion's centre. 65 = 4 x 16 + 1 makes the cells of the
        last map lie symmetrically, the middle one on the lesion's centre.
    pixel_mm
        Size of the crop's pixels; None keeps the image's own pixels, as the paper does.
    nominal_pixel_mm
        Pixel size assumed for images that state none.
    window_hu
        Centre and width of the window. The paper gives none: 400 HU around 60 HU is ours, the
        usual soft tissue window of the abdomen.
    detector
        Size of the lesion detector.
    liver_width
        Channels of the liver segmentation's finest level.
    detector_confidence
        Boxes below are dropped (paper: 0.25).
    least_slices
        Slices, summed over the phases, on which a lesion must be seen to count as detected.
    batch
        Images per forward pass, halved when memory runs out.
    """

    name: str
    depth: int
    width: int
    pool_stem: bool
    crop_px: int
    pixel_mm: float | None
    detector: DetectorSize
    liver_width: int
    detector_confidence: float = 0.25
    least_slices: int = 2
    nominal_pixel_mm: float = 0.75
    window_hu: tuple[float, float] = (60.0, 400.0)
    batch: int = 16


PAPER = Configuration(
    name="paper",
    depth=50,
    width=64,
    pool_stem=True,
    crop_px=224,
    pixel_mm=None,
    detector=SIZES["x"],
    liver_width=32,
)
DEMO = Configuration(
    name="demo",
    depth=18,
    width=16,
    pool_stem=False,
    crop_px=65,
    pixel_mm=1.0,
    detector=DetectorSize(depth=0.33, width=0.125, max_channels=1024, image_px=256, reg_max=8),
    liver_width=8,
)
CONFIGURATIONS = {configuration.name: configuration for configuration in (PAPER, DEMO)}
