"""The network against its equations, counted parameters, and one step of training."""

import pytest
import torch
from torch import Tensor, nn

from inference.contracts import ContrastPhase
from inference.errors import BadCheckpoint, UnusableInput
from inference.layers.resnet import ResNet
from inference.pipelines.fourphase_ct.configuration import (
    ALL_STAGES,
    BALANCE,
    PHASE_SETS,
    RING,
    VARIANTS,
)
from inference.pipelines.fourphase_ct.network import FourPhaseNet, Outputs, build
from inference.registry import load_network
from inference.registry.checkpoints import load_backbone
from tests.unit.inference_fourphase.builders import TINY, untrained

RESNET18_TRUNK = 11_176_512
"""torchvision's ResNet18 without its classifier."""


def images(n: int = 2, phases: int = 4, side: int = 33, slices: int = 3) -> Tensor:
    return torch.randn(n, phases, slices, 3, side, side, generator=torch.Generator().manual_seed(1))


def count(module: nn.Module) -> int:
    return sum(parameter.numel() for parameter in module.parameters())


def attention_parameters(channels: int) -> int:
    """Two layers around channels / 16 units, and a 7 x 7 convolution of two maps, with biases."""
    hidden = channels // 16
    return 2 * channels * hidden + hidden + channels + 2 * 49 + 1


def test_papers_size_has_the_parameters_its_blocks_imply() -> None:
    network = build("fusion", "paper")
    attention = sum(attention_parameters(64 * 2**n) for n in range(4))
    singles = 4 * (512 * 2 + 2)
    squeeze, blocks = 2048 * 512 + 1024, 2 * (2 * 512 * 512 * 3 + 2 * 1024)
    gru = 3 * 256 * (512 + 256 + 2)
    predictor = squeeze + blocks + gru + 256 * 2 + 2
    assert count(network) == 4 * (RESNET18_TRUNK + attention) + singles + predictor == 49_681_194


def test_equation_1_weighs_each_phase_by_its_neighbours_in_the_ring() -> None:
    network = untrained()
    maps = [torch.rand(2, 8 * TINY.width, 4, 4) for _ in RING]
    names = [phase.value for phase in RING]
    found = network._perceive(maps, "stage4", names)
    attention = network.perception["stage4"]
    channel = [attention[name].channel(own) for name, own in zip(names, maps, strict=True)]
    spatial = [attention[name].spatial(own) for name, own in zip(names, maps, strict=True)]
    for n, (before, after) in enumerate(((3, 1), (0, 2), (1, 3), (2, 0))):
        terms = (channel[before], spatial[before], channel[after], spatial[after])
        torch.testing.assert_close(found[n], sum(maps[n] * weight for weight in terms))


def test_three_phases_close_up_to_a_ring() -> None:
    network = untrained()
    maps = [torch.rand(1, TINY.width, 4, 4) for _ in range(3)]
    names = [phase.value for phase in PHASE_SETS[2]]
    attention = network.perception["stage1"]
    weights = [attention[name](own) for name, own in zip(names, maps, strict=True)]
    found = network._perceive(maps, "stage1", names)
    torch.testing.assert_close(found[0], maps[0] * (weights[1] + weights[2]))


def test_equation_2_weighs_the_prediction_module_and_the_mean_of_the_phases() -> None:
    network = untrained()
    outputs = Outputs(torch.tensor([[1.0, 3.0]]), torch.tensor([[[2.0, 0.0]] * 3 + [[6.0, 4.0]]]))
    expected = (1 - BALANCE) * torch.tensor([[1.0, 3.0]]) + BALANCE * torch.tensor([[3.0, 1.0]])
    assert torch.equal(network.balanced(outputs), expected)
    label = torch.tensor([1])
    assert network.loss(outputs, label) == nn.functional.cross_entropy(expected, label)


def test_plain_multi_task_sums_the_tasks_own_losses() -> None:
    network = untrained("plain")
    outputs = network.outputs(images())
    labels = torch.tensor([0, 1])
    assert outputs.prediction is not None
    entropy = nn.functional.cross_entropy
    single = torch.stack([entropy(outputs.phases[:, n], labels) for n in range(4)]).mean()
    expected = (1 - BALANCE) * entropy(outputs.prediction, labels) + BALANCE * single
    torch.testing.assert_close(network.loss(outputs, labels), expected)


def test_phase_networks_average_their_slices() -> None:
    network = untrained("backbone").eval()
    batch = images(1)
    whole = network.outputs(batch).phases
    by_slice = [network.outputs(batch[:, :, n : n + 1]).phases for n in range(3)]
    torch.testing.assert_close(whole, torch.stack(by_slice).mean(dim=0))


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("phases", PHASE_SETS)
def test_one_step_lowers_the_loss_and_reaches_every_parameter_it_should(
    variant: str, phases: tuple[ContrastPhase, ...]
) -> None:
    step_lowers_the_loss(untrained(variant), phases)


def test_one_step_of_the_papers_size_does_so_too() -> None:
    network = build("fusion", "paper")
    assert isinstance(network, FourPhaseNet)
    step_lowers_the_loss(network, RING)


def step_lowers_the_loss(network: FourPhaseNet, phases: tuple[ContrastPhase, ...]) -> None:
    batch, labels = images(4, len(phases)), torch.tensor([0, 1, 0, 1])

    def loss() -> Tensor:
        return network.loss(network.outputs(batch, phases), labels)

    first = loss()
    first.backward()
    missing = {phase.value for phase in RING if phase not in phases}
    for name, parameter in network.named_parameters():
        if not missing & set(name.split(".")):
            assert parameter.grad is not None and parameter.grad.abs().sum() > 0, name
    with torch.no_grad():
        for parameter in network.parameters():
            if parameter.grad is not None:
                parameter -= 1e-3 * parameter.grad
    assert loss() < first


def test_variants_have_what_the_paper_lets_them_have() -> None:
    for name, variant in VARIANTS.items():
        network = untrained(name)
        assert (network.predictor is None) == (name in ("miff", "backbone"))
        assert (network.heads is None) == (name in ("miff_spm", "spm"))
        assert variant.perception == (() if name in ("spm", "backbone") else ALL_STAGES)


def test_trunks_take_torchvisions_keys(tmp_path) -> None:
    donor = ResNet(TINY.depth, n_classes=1000, width=TINY.width)
    torch.save(donor.state_dict(), tmp_path / "resnet.pth")
    network = untrained()
    for trunk in network.trunks.values():
        load_backbone(trunk, tmp_path / "resnet.pth")
        assert torch.equal(trunk.conv1.weight, donor.conv1.weight)
    paper = build("fusion", "paper")
    assert isinstance(paper, FourPhaseNet)
    own = paper.trunks["arterial"].state_dict().keys()
    full = ResNet(18).state_dict().keys()
    assert own == {key for key in full if not key.startswith("fc.")}


def test_unfitting_requests_are_refused(tmp_path) -> None:
    for arguments in (("liver", "demo", "full"), ("fusion", "demo", "half")):
        with pytest.raises(UnusableInput):
            build(*arguments)
    torch.save({"conv1.weight": torch.zeros(2)}, tmp_path / "other.pth")
    with pytest.raises(BadCheckpoint, match="missing"):
        load_network("fourphase_ct", part="fusion", checkpoint=tmp_path / "other.pth")
    with pytest.raises(ValueError, match="3 phases were given, 4 were named"):
        untrained()(images(1, 3))
