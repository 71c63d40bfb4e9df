"""Small examinations and untrained weights, so that the pipeline runs in moments."""

from functools import cache
from pathlib import Path

import torch

from inference.contracts import Exam
from inference.phantoms.mr import MrPhantom, make_case
from inference.phantoms.size import PhantomSize
from inference.pipelines.lirads_mri.configuration import CHARACTERISER, SEGMENTER
from inference.pipelines.lirads_mri.network import build
from inference.pipelines.lirads_mri.networks import BACKGROUND
from inference.registry.systems import LIRADS_MRI
from inference.training.weights import write_weights

SMALL = PhantomSize(rows=96, slices=16)
SEED = 3


@cache
def phantom() -> MrPhantom:
    """Return a case with a large index lesion and slices along the patient's axes."""
    cases = (make_case(SEED, index, SMALL) for index in range(100))
    return next(
        case
        for case in cases
        if case.lesions[0].form.radius_mm > 13 and case.acquisition.orientation != "oblique"
    )


def exam() -> Exam:
    """Return that case's examination."""
    return phantom().exam()


def untrained(folder: Path) -> Path:
    """Write untrained networks of the demo size; the segmenter calls nothing lesion."""
    torch.manual_seed(0)
    networks = {part: build(part, "demo") for part in (SEGMENTER, CHARACTERISER)}
    with torch.no_grad():
        networks[SEGMENTER].head.weight.zero_()
        networks[SEGMENTER].head.bias.fill_(-5.0)
    images = torch.randint(0, 256, (6, 64, 64), dtype=torch.uint8)
    write_weights(
        folder,
        LIRADS_MRI,
        "demo",
        networks,
        label="untrained",
        training={},
        tensors={BACKGROUND: {"images": images}},
    )
    return folder
