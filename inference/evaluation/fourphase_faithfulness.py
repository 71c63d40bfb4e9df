"""Whether the four-phase system's heat maps say what its decisions rest on."""

from collections.abc import Callable, Sequence

import torch
from torch import Tensor
from torch.nn import functional

from inference.contracts import ContrastPhase
from inference.explanation.cam import Method
from inference.explanation.faithfulness import faithfulness, positive_share, random_order
from inference.pipelines.fourphase_ct.baseline import lesion_region
from inference.pipelines.fourphase_ct.configuration import PHASE_SETS, RING
from inference.pipelines.fourphase_ct.explain import (
    phase_activations,
    reference_input,
    voxel_attributions,
)
from inference.pipelines.fourphase_ct.pipeline import FourPhasePipeline
from inference.pipelines.fourphase_ct.preprocess import pseudo_colour
from inference.pipelines.fourphase_ct.samples import Lesions

CHANCE = "random order"


def measure_faithfulness(
    pipeline: FourPhasePipeline, lesions: Lesions, done: Callable[[int], None]
) -> list[dict[str, float]]:
    """Measure all methods on each lesion, for the class decided on, from all phases it has.

    Voxels of all slices and phases are deleted and inserted in one order; the mean reference
    lesion stands for nothing.

    Returns
    -------
    list of dict
        ``<method> deletion``, ``<method> insertion`` (areas, in probability) and ``<method>
        inside`` (share of positive attribution inside the lesion); a random order beside them.
    """
    found = []
    for n in range(len(lesions.rows)):
        phases = next(each for each in PHASE_SETS if n in lesions.having(each).tolist())
        found.append(_measure(pipeline, lesions.at([n]), phases))
        done(n + 1)
    return found


def _measure(
    pipeline: FourPhasePipeline, lesion: Lesions, phases: Sequence[ContrastPhase]
) -> dict[str, float]:
    networks, settings = pipeline.networks, pipeline.configuration
    hu = lesion.hu[0, [RING.index(phase) for phase in phases]].float()
    images = pseudo_colour(hu, settings).to(networks.device)
    reference = reference_input(networks, phases, settings).mean(dim=0)
    with torch.no_grad():
        label = int(networks.exact(images[None], phases).argmax())

    def score(points: Tensor) -> Tensor:
        logits = [networks.exact(part, phases) for part in torch.split(points, settings.batch)]
        return torch.cat(logits).softmax(dim=1)[:, label]

    attribution = voxel_attributions(networks, images, phases, settings)
    importances = {"shap": attribution.values[label].sum(dim=2, keepdim=True)}
    methods: tuple[Method, ...] = ("gradcam", "gradcam++")
    for method in methods:
        maps = phase_activations(networks.exact, images[None], phases, method)[:, :, label]
        importances[method] = _at_voxels(maps, networks.exact.stride, settings.side_px)
    importances[CHANCE] = random_order(importances["shap"].shape).to(networks.device)
    region = torch.from_numpy(lesion_region(lesion.rows[0], settings.shape))[:, None]
    found: dict[str, float] = {}
    for name, importance in importances.items():
        curves = faithfulness(score, images, reference, importance)
        found[f"{name} deletion"] = curves.deletion_area
        found[f"{name} insertion"] = curves.insertion_area
        found[f"{name} inside"] = positive_share(importance, region.to(networks.device))
    return found


def _at_voxels(maps: Tensor, stride: int, side: int) -> Tensor:
    """Return maps (phases, slices, h, w) at the crop's pixels, (phases, slices, 1, side, side).

    Cell i looks at pixel stride * i; beyond the last cell it is repeated.
    """
    reach = stride * (maps.shape[-1] - 1) + 1
    fine = functional.interpolate(maps, (reach, reach), mode="bilinear", align_corners=True)
    missing = max(0, side - reach)
    padded = functional.pad(fine, (0, missing, 0, missing), mode="replicate")
    return padded[:, :, None, :side, :side]
