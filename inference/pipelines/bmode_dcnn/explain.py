"""Heat maps of the network the result rests on: which parts of lesion and background it weighs.

Model-LB where a background was drawn, else Model-L. Maps explain the log odds of malignancy of one
image; those of the benign class are the same with the other sign.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from inference.contracts import Heatmap
from inference.explanation.cam import Method, activation_maps
from inference.explanation.expected_gradients import expected_gradients
from inference.pipelines.bmode_dcnn.configuration import CLASSES
from inference.pipelines.bmode_dcnn.locate import View
from inference.pipelines.bmode_dcnn.network import Branch
from inference.pipelines.bmode_dcnn.networks import Networks
from inference.pipelines.bmode_dcnn.predict import Evidence, paired_input
from inference.pipelines.bmode_dcnn.preprocess import Region, network_input, pair_input

SHAP_SAMPLES = 60
SHAP_BATCH = 20
CAPTIONS = {
    "cam": "What each cell of the last feature map of the {place} adds to the score of {name}; "
    "warm is more.",
    "gradcam": "Grad-CAM: parts of the {place} that raise the score of {name}; warm is more.",
    "gradcam++": "Grad-CAM++: parts of the {place} that raise the score of {name}; warm is more.",
    "shap": "SHAP: red pixels of the {place} raise the score of {name} against reference images, "
    "blue lower it.",
}


@dataclass(frozen=True, eq=False)
class _Place:
    """One of the regions a network looks at: its branch, its weights, its crops of all views."""

    name: Literal["lesion", "background"]
    branch: Branch
    weight: Tensor
    regions: tuple[Region, ...]


def explain_views(
    evidence: Evidence,
    methods: Sequence[str],
    networks: Networks,
    done: Callable[[int], None],
) -> tuple[Heatmap, ...]:
    """Make heat maps of every view: per method, region and class."""
    views = evidence.paired_views or evidence.located.views
    places = _places(evidence, networks)
    found: list[Heatmap] = []
    for method in methods:
        if method == "shap":
            for position, view in enumerate(views):
                found += _attributions(position, view, places, evidence, networks, done)
        else:
            for place in places:
                found += _activations(cast(Method, method), place, views, networks)
            done(len(views))
    return tuple(found)


def work_units(evidence: Evidence, methods: Sequence[str]) -> int:
    """Return how many images `explain_views` sends through a network."""
    n_views = len(evidence.paired_views or evidence.located.views)
    return n_views * sum(SHAP_SAMPLES if method == "shap" else 1 for method in methods)


def _places(evidence: Evidence, networks: Networks) -> tuple[_Place, ...]:
    paired = evidence.paired_views
    if not paired:
        regions = tuple(view.lesion for view in evidence.located.views)
        return (_Place("lesion", networks.lesion, networks.lesion.fc.weight, regions),)
    both = networks.both
    lesion_weight, background_weight = both.branch_weights()
    return (
        _Place("lesion", both.lesion, lesion_weight, tuple(view.lesion for view in paired)),
        _Place(
            "background",
            both.background,
            background_weight,
            tuple(view.background for view in paired if view.background is not None),
        ),
    )


def _activations(
    method: Method, place: _Place, views: Sequence[View], networks: Networks
) -> list[Heatmap]:
    images = network_input(np.stack([region.image_yx for region in place.regions]))
    with torch.inference_mode():
        features = place.branch.feature_map(images.to(networks.device))
        malignant = place.branch.map_gradients(place.weight, *features.shape[2:])
        both_classes = torch.cat([-malignant, malignant])
        grids = activation_maps(features, both_classes, method).cpu().numpy()
    stride = place.branch.stride
    steps = np.diag([stride, stride, 1.0, 1.0])
    return [
        _heatmap(method, code, place.name, view, grids[n, label], region.affine @ steps, None)
        for n, (view, region) in enumerate(zip(views, place.regions, strict=True))
        for label, code in enumerate(CLASSES)
    ]


def _attributions(
    position: int,
    view: View,
    places: Sequence[_Place],
    evidence: Evidence,
    networks: Networks,
    done: Callable[[int], None],
) -> list[Heatmap]:
    if evidence.paired_views:
        image = paired_input([view])[0]
        reference = pair_input(networks.reference_lesions, networks.reference_backgrounds)
    else:
        image = network_input(view.lesion.image_yx[None])[0]
        reference = network_input(networks.reference_lesions)
    attribution = expected_gradients(
        networks.both if evidence.paired_views else networks.lesion,
        image.to(networks.device),
        reference.to(networks.device),
        samples=SHAP_SAMPLES,
        batch=SHAP_BATCH,
        done=done,
    )
    error = float(attribution.completeness_error[0])
    found = []
    for place, channels in zip(places, torch.split(attribution.values[0], 3), strict=True):
        values = channels.sum(dim=0).cpu().numpy()
        affine = place.regions[position].affine
        found += [
            _heatmap("shap", code, place.name, view, sign * values, affine, error)
            for sign, code in zip((-1, 1), CLASSES, strict=True)
        ]
    return found


def _heatmap(
    method: Literal["cam", "gradcam", "gradcam++", "shap"],
    class_code: str,
    place: str,
    view: View,
    grid_yx: NDArray[np.float32],
    affine: NDArray[np.float64],
    error: float | None,
) -> Heatmap:
    return Heatmap(
        method=method,
        class_code=class_code,
        phase=None,
        series_key=view.clip.series_key,
        grid_zyx=np.ascontiguousarray(grid_yx[None], np.float32),
        affine=affine,
        signed=method == "shap",
        completeness_error=error,
        caption=CAPTIONS[method].format(name=class_code, place=place),
    )
