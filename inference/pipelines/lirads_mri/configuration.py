"""The sizes this system comes in and what its input looks like. No torch."""

from dataclasses import dataclass

from inference.contracts import ContrastPhase

SEGMENTER, CHARACTERISER = "segmenter", "characteriser"
"""The paper's two networks."""
PLAIN, RESNET, RESNET_PLAIN, DIRECT = ABLATIONS = ("plain", "resnet", "resnet_plain", "direct")
"""What it compares the second with: without the phase switch; a ResNet with and without it; and
straight to categories."""
TASKS = ("APHE", "washout", "capsule")
"""Rows of the characteriser's logits."""

ARTERIAL, PORTAL, DELAYED = PHASES = (
    ContrastPhase.ARTERIAL,
    ContrastPhase.PORTAL_VENOUS,
    ContrastPhase.DELAYED,
)
PHASES_OF_TASK = {"APHE": (ARTERIAL,), "washout": (PORTAL, DELAYED), "capsule": (PORTAL, DELAYED)}
"""The switch of equation 4: which phases a task is judged from."""


@dataclass(frozen=True)
class Configuration:
    """One size of the system.

    Parameters
    ----------
    encoder_depth, encoder_width
        Of the segmenter, see `inference.layers.unetpp.UNetPlusPlus`. The paper says "ResNet
        backbone" without a depth; 34 is ours.
    image_px
        Side that whole slices are resized to for the segmenter (paper: 512).
    vgg_width, batch_norm
        Of the characteriser, see `inference.layers.vgg.VGG16`.
    crop_px
        Side of the crop around a lesion (paper: 224).
    margin
        Side of the crop in the patient relative to the lesion's longer side on that slice. The
        paper crops "the segmented region"; liver around it is needed to see what is brighter.
    least_crop_mm
        Smallest side of a crop in the patient.
    floor
        Stored values below are background (paper, equation 1).
    threshold
        Probability from which a pixel is lesion (paper, table 4: 0.4 to 0.7 do best).
    least_diameter_mm
        Found regions that hold less than a sphere of this diameter are dropped; ours.
    least_confidence
        So are regions whose best pixel stays below; ours.
    least_slices
        And regions seen on fewer slices; ours.
    breathing_mm
        Largest displacement along each axis that is looked for between the delayed phase and the
        others; 0 takes breath holds as equal. Ours.
    breathing_reach_mm
        What is compared around a lesion, half a side, without the lesion itself; ours.
    batch
        Images per forward pass, halved when memory runs out.
    """

    name: str
    encoder_depth: int
    encoder_width: int
    image_px: int
    vgg_width: int
    batch_norm: bool
    crop_px: int
    margin: float = 1.8
    least_crop_mm: float = 16.0
    floor: float = 80.0
    threshold: float = 0.4
    least_diameter_mm: float = 5.0
    least_confidence: float = 0.6
    least_slices: int = 2
    breathing_mm: float = 14.0
    breathing_reach_mm: float = 45.0
    batch: int = 8


PAPER = Configuration(
    name="paper",
    encoder_depth=34,
    encoder_width=64,
    image_px=512,
    vgg_width=64,
    batch_norm=False,
    crop_px=224,
)
DEMO = Configuration(
    name="demo",
    encoder_depth=18,
    encoder_width=12,
    image_px=192,
    vgg_width=16,
    batch_norm=True,
    crop_px=64,
)
CONFIGURATIONS = {configuration.name: configuration for configuration in (PAPER, DEMO)}
