"""Heat maps against autograd on the whole network; Shapley values against their definition."""

from itertools import permutations

import numpy as np
import pytest
import torch

from inference.explanation.shapley import MOST_PLAYERS, shapley_values
from inference.pipelines.ceus_dcb.configuration import DEMO
from inference.pipelines.ceus_dcb.explain import activations
from inference.pipelines.ceus_dcb.network import TwoStream
from tests.unit.inference_ceus.builders import untrained_networks


def test_grad_cam_through_lstm_and_gate_is_autograds() -> None:
    network = untrained_networks().exact
    generator = torch.Generator().manual_seed(5)
    video = torch.randn(DEMO.n_frames + DEMO.n_flows, 3, 49, 49, generator=generator)
    kept = []
    model = network.models[0]
    assert isinstance(model, TwoStream)
    hook = model.spatial.trunk.layer4.register_forward_hook(
        lambda _, __, out: kept.append(out.requires_grad_(True)) or kept[-1]
    )
    logits = network(video[None].requires_grad_(True))
    hook.remove()
    found = activations("gradcam", network, video)
    for label in range(5):
        (gradient,) = torch.autograd.grad(logits[0, label], kept[0], retain_graph=True)
        weights = gradient.mean(dim=(2, 3), keepdim=True)
        expected = (weights * kept[0]).sum(dim=1).relu().detach().numpy()
        np.testing.assert_allclose(found[label], expected, atol=1e-6)


def model(rows: np.ndarray) -> np.ndarray:
    return np.stack((rows[:, 0] * rows[:, 1] + rows[:, 2], rows.sum(axis=1)), axis=1)


def test_shapley_values_average_over_all_orders() -> None:
    row, baseline = np.array([2.0, 3.0, 5.0]), np.array([1.0, 1.0, 1.0])
    expected = np.zeros((3, 2))
    for order in permutations(range(3)):
        now = baseline.copy()
        for player in order:
            before = model(now[None])[0]
            now[player] = row[player]
            expected[player] += (model(now[None])[0] - before) / 6
    found = shapley_values(model, row, baseline, [[0], [1], [2]])
    np.testing.assert_allclose(found, expected)
    np.testing.assert_allclose(found.sum(axis=0), model(row[None])[0] - model(baseline[None])[0])


def test_columns_of_one_player_move_together_and_nobodys_stay() -> None:
    row, baseline = np.array([2.0, 3.0, 5.0]), np.array([1.0, 1.0, 1.0])
    found = shapley_values(model, row, baseline, [[0, 1]])
    np.testing.assert_allclose(found, [[5.0, 3.0]])
    with pytest.raises(ValueError, match="players"):
        shapley_values(model, row, baseline, [[0]] * (MOST_PLAYERS + 1))
