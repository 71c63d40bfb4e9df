"""Heat maps agree with autograd through the whole network, and lie where the lesion lies."""

import numpy as np
import pytest
import torch

from inference.contracts import Box
from inference.pipelines.base import Work
from inference.pipelines.fourphase_ct.configuration import CLASSES, RING
from inference.pipelines.fourphase_ct.explain import phase_activations
from inference.pipelines.fourphase_ct.preprocess import pseudo_colour
from tests.unit.inference_fourphase.builders import (
    ART,
    CENTRE_MM,
    DIAMETER_MM,
    DL,
    MARKS,
    NC,
    PV,
    exam_of,
    few_points,
    pipeline_of,
    untrained,
)

IDLE = Work(0.0, 0.0, lambda fraction: None)


def quiet(fraction: float, step: str) -> None: ...


@pytest.mark.parametrize("phases", [RING, (NC, ART, DL)])
def test_maps_equal_those_of_a_backward_pass_through_the_whole_network(phases) -> None:
    network = pipeline_of(untrained()).networks.exact
    images = torch.randn(1, len(phases), 3, 3, 33, 33)
    kept: list[torch.Tensor] = []
    with pytest.MonkeyPatch.context() as patch:
        features_of = network.features

        def spy(*arguments):
            kept.append(features_of(*arguments).requires_grad_(True))
            return kept[-1]

        patch.setattr(network, "features", spy, raising=False)
        logits = network(images, phases)
    features = kept[0].detach()
    for label in range(len(CLASSES)):
        (g,) = torch.autograd.grad(logits[0, label], kept[0], retain_graph=True)
        total = features.sum(dim=(2, 3), keepdim=True)
        shares = torch.nan_to_num(g**2 / (2 * g**2 + total * g**3))
        weights = {
            "cam": g,
            "gradcam": g.mean(dim=(2, 3), keepdim=True),
            "gradcam++": (shares * g.relu()).sum(dim=(2, 3), keepdim=True),
        }
        for method, weight in weights.items():
            maps = phase_activations(network, images, phases, method)
            assert maps.shape == (len(phases), 3, len(CLASSES), *features.shape[2:])
            expected = (weight * features).sum(dim=1).relu()
            assert expected.max() > 0
            torch.testing.assert_close(
                maps[:, :, label].flatten(0, 1), expected, atol=1e-7, rtol=1e-4
            )


def test_every_phase_and_class_has_a_map_over_all_slices(monkeypatch) -> None:
    few_points(monkeypatch)
    pipeline = pipeline_of(untrained())
    methods = ("cam", "gradcam", "gradcam++", "shap")
    output = pipeline.run(exam_of(NC, ART, PV), MARKS, methods, quiet)
    assert len(output.heatmaps) == len(methods) * 3 * len(CLASSES)
    box = Box(*CENTRE_MM, *[DIAMETER_MM + 20] * 3)
    for heatmap in output.heatmaps:
        depth, height, width = heatmap.grid_zyx.shape
        assert (
            depth == pipeline.configuration.slices and heatmap.series_key == f"1.2.{heatmap.phase}"
        )
        assert heatmap.signed == (heatmap.method == "shap")
        assert (heatmap.completeness_error is not None) == heatmap.signed
        last = heatmap.affine @ (width - 1, height - 1, depth - 1, 1)
        corners = np.stack([heatmap.affine[:3, 3], last[:3]])
        assert (np.abs(corners - box.centre) <= box.size / 2 + 1).all()


def test_shap_explains_the_difference_to_the_reference_lesions(monkeypatch) -> None:
    few_points(monkeypatch)
    pipeline = pipeline_of(untrained())
    evidence = pipeline.predict(pipeline.locate(pipeline.select(exam_of(*RING)), MARKS, IDLE), IDLE)
    heatmaps = pipeline.explain(evidence, ("shap",), IDLE)
    network = pipeline.networks.exact
    backgrounds = pseudo_colour(pipeline.networks.backgrounds, pipeline.configuration)
    with torch.no_grad():
        images = evidence.lesions[0].images[None]
        target = (network(images) - network(backgrounds).mean(dim=0))[0].tolist()
    for label, code in enumerate(CLASSES):
        own = [h for h in heatmaps if h.class_code == code]
        total = sum(float(h.grid_zyx.sum()) for h in own)
        error = abs(total - target[label]) / abs(target[label])
        assert [h.completeness_error for h in own] == pytest.approx([error] * 4, abs=1e-3)
