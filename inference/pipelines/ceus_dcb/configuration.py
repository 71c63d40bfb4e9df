"""Model-DCB's targets and the sizes it comes in. No torch."""

from dataclasses import dataclass

from inference.registry.systems import CEUS_DCB

CLASSES = CEUS_DCB.class_codes
DISEASES = CLASSES[:5]
"""One sub-model each, one against the rest; OT has none."""
OTHER = CLASSES[5]
BIOMARKERS = ("Hep", "GPC3", "CK7", "CK19")
CLINICAL = tuple(variable.name for variable in CEUS_DCB.clinical_variables)
VIDEO_PARTS: dict[str, tuple[str, ...]] = {
    "disease": DISEASES,
    "biomarker": BIOMARKERS,
    "direct": DISEASES,
}
"""Networks that read a video, and what each of their logits stands for."""
EVIDENCE = (*DISEASES, *BIOMARKERS, *CLINICAL)
"""Columns that the second stage reads."""
MODELS: dict[str, tuple[str, ...]] = {
    "model_d": DISEASES,
    "model_dc": (*DISEASES, *CLINICAL),
    "model_db": (*DISEASES, *BIOMARKERS),
    "model_dcb": EVIDENCE,
}
"""The second stage's four models and the evidence each may read."""


@dataclass(frozen=True)
class Configuration:
    """One size of Model-DCB and what its input looks like.

    Parameters
    ----------
    spatial_depth, temporal_depth
        ResNets of the two streams (paper: 34 and 18).
    width, pool_stem
        See `inference.layers.resnet.ResNetTrunk`.
    hidden
        State of each LSTM.
    shared
        Whether the sub-models of a module share their two streams and differ in heads only; the
        paper trains one two-stream model per target.
    margin_px
        How far the lesion's box is expanded outward, in pixels of the video (paper: 20).
    reach_px
        How far breathing and the hand may carry the lesion, in pixels of the video.
    roi_px
        Side of the regions of interest as the networks see them.
    before_peak, after_peak
        Frames taken evenly from the beginning to the peak of the time-intensity curve, and from
        there to the end (paper: 80 and 20).
    n_flows
        Optical flow maps per video (paper: 10).
    fusion_hidden
        Hidden layer of the perceptron of the second stage.
    batch
        Videos per forward pass, halved when memory runs out.
    """

    name: str
    spatial_depth: int
    temporal_depth: int
    width: int
    pool_stem: bool
    hidden: int
    shared: bool
    roi_px: int
    before_peak: int
    after_peak: int
    n_flows: int = 10
    margin_px: int = 20
    reach_px: int = 16
    fusion_hidden: int = 16
    batch: int = 4

    @property
    def n_frames(self) -> int:
        """Frames per video."""
        return self.before_peak + self.after_peak


PAPER = Configuration(
    name="paper",
    spatial_depth=34,
    temporal_depth=18,
    width=64,
    pool_stem=True,
    hidden=256,
    shared=False,
    roi_px=224,
    before_peak=80,
    after_peak=20,
    reach_px=60,
    batch=1,
)
DEMO = Configuration(
    name="demo",
    spatial_depth=18,
    temporal_depth=10,
    width=8,
    pool_stem=False,
    hidden=32,
    shared=True,
    roi_px=49,
    before_peak=10,
    after_peak=6,
)
CONFIGURATIONS = {configuration.name: configuration for configuration in (PAPER, DEMO)}
