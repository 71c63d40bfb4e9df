"""Whether DCNN-US's heat maps say what Model-LB rests on, on phantoms or any outlined cohort."""

from collections.abc import Sequence
from functools import partial

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from inference.contracts import Heatmap, Marks
from inference.explanation.faithfulness import faithfulness, positive_share, random_order
from inference.pipelines import METHODS
from inference.pipelines.base import Work
from inference.pipelines.bmode_dcnn.configuration import CLASSES
from inference.pipelines.bmode_dcnn.pipeline import BModePipeline
from inference.pipelines.bmode_dcnn.predict import paired_input
from inference.pipelines.bmode_dcnn.preprocess import pair_input
from inference.pipelines.bmode_dcnn.samples import MarkedExam

CHANCE = "random order"


def case_faithfulness(pipeline: BModePipeline, marked: MarkedExam) -> dict[str, float]:
    """Measure all methods on the first image of one case, for the class Model-LB decides on.

    Returns
    -------
    dict
        ``<method> deletion``, ``<method> insertion`` (areas, in probability) and ``<method>
        inside`` (share of positive attribution inside the outlines); a random order beside them.
    """
    exam, outlines, _ = marked
    idle = partial(Work, 0.0, 0.0, lambda _: None)
    located = pipeline.locate(pipeline.select(exam), Marks(outlines=outlines[:1]), idle())
    evidence = pipeline.predict(located, idle())
    label = int(evidence.outcomes["LB"] >= 0.5)
    maps = pipeline.explain(evidence, METHODS, idle())
    pair = paired_input(evidence.paired_views)[0].unflatten(0, (2, 3))  # type: ignore[no-untyped-call]
    inside = pair.amax(dim=1, keepdim=True) > -1  # black outside the outlines
    networks = pipeline.networks
    mean = pair_input(networks.reference_lesions, networks.reference_backgrounds).mean(dim=0)
    reference = mean.unflatten(0, (2, 3))  # type: ignore[no-untyped-call]

    def score(pairs: Tensor) -> Tensor:
        logits: Tensor = networks.both(pairs.flatten(1, 2).to(networks.device))[:, 0].cpu()
        return logits.sigmoid() if label else (-logits).sigmoid()

    importances = {
        method: _at_pixels([m for m in maps if m.method == method and m.class_code == code], pair)
        for code in CLASSES[label : label + 1]
        for method in METHODS
    }
    importances[CHANCE] = random_order(inside.shape)
    found: dict[str, float] = {}
    for name, importance in importances.items():
        curves = faithfulness(score, pair, reference, importance)
        found[f"{name} deletion"] = curves.deletion_area
        found[f"{name} insertion"] = curves.insertion_area
        found[f"{name} inside"] = positive_share(importance, inside)
    return found


def _at_pixels(maps: Sequence[Heatmap], pair: Tensor) -> Tensor:
    """Return the maps of lesion and background at the crops' pixels, (2, 1, side, side)."""
    grids = torch.from_numpy(np.stack([heatmap.grid_zyx for heatmap in maps]))
    # Corner cells look at corner pixels: cell i at pixel stride * i.
    return functional.interpolate(
        grids, tuple(pair.shape[-2:]), mode="bilinear", align_corners=True
    )
