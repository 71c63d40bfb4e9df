"""Networks: counted parameters, torchvision's names, losses, one step, the rule for OT."""

import pytest
import torch
from safetensors.torch import save_file
from torch.nn import functional

from inference.errors import BadCheckpoint, UnusableInput
from inference.layers.resnet import ResNet
from inference.pipelines.ceus_dcb.configuration import (
    CLINICAL,
    DEMO,
    EVIDENCE,
    MODELS,
    PAPER,
    Configuration,
)
from inference.pipelines.ceus_dcb.network import (
    Fusion,
    Maps,
    StreamLogits,
    TwoStream,
    VideoNetwork,
    build,
    three_losses,
)
from inference.pipelines.ceus_dcb.train import load_trunks

TINY = Configuration("tiny", 34, 18, 4, False, 8, True, 33, 3, 2, n_flows=2)


def videos(n: int, settings: Configuration = TINY) -> torch.Tensor:
    generator = torch.Generator().manual_seed(1)
    images = settings.n_frames + settings.n_flows
    return torch.randn(n, images, 3, settings.roi_px, settings.roi_px, generator=generator)


def lstm_count(features: int, hidden: int) -> int:
    return 4 * hidden * (features + hidden + 2)


def test_paper_size_has_the_parameters_its_blocks_imply() -> None:
    with torch.device("meta"):
        model, direct = TwoStream(PAPER, 1), build("direct", "paper")
        disease = build("disease", "paper")
    trunks = 21_284_672 + 11_176_512  # torchvision's resnet34 and resnet18 without fc
    heads = 2 * (lstm_count(512, 256) + 257) + 2 * (512 + 1)
    one = trunks + heads
    assert sum(p.numel() for p in model.parameters()) == one == 34_039_684
    assert sum(p.numel() for p in disease.parameters()) == 5 * one
    assert sum(p.numel() for p in direct.parameters()) == one + 4 * (2 * 257 + 2 * 513)


def test_streams_have_torchvisions_names_and_take_imagenet_files(tmp_path) -> None:
    network = VideoNetwork(TINY, 2, shared=True)
    for name, depth in (("resnet34", 34), ("resnet18", 18)):
        torch.manual_seed(depth)
        published = ResNet(depth, n_classes=1000, width=4, pool_stem=False).state_dict()
        assert {"conv1.weight", "layer4.1.bn2.running_var", "fc.weight"} <= published.keys()
        save_file(published, tmp_path / f"{name}-imagenet.safetensors")
    load_trunks(network, folder=str(tmp_path))
    for stream, depth in (("spatial", 34), ("temporal", 18)):
        torch.manual_seed(depth)
        published = ResNet(depth, n_classes=1000, width=4, pool_stem=False).state_dict()
        own = network.models[0].get_submodule(f"{stream}.trunk").state_dict()
        assert all(torch.equal(own[key], published[key]) for key in own)
    with pytest.raises(BadCheckpoint):
        load_trunks(VideoNetwork(DEMO, 1, shared=True), folder=str(tmp_path))


@pytest.mark.parametrize("shared", [True, False])
def test_one_step_lowers_the_loss_and_reaches_every_parameter(shared: bool) -> None:
    torch.manual_seed(0)
    network = VideoNetwork(TINY, 2, shared=shared).train()
    wanted = torch.tensor([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])

    def loss() -> torch.Tensor:
        return three_losses(
            network.streams(videos(3)),
            lambda logits: functional.binary_cross_entropy_with_logits(logits, wanted),
        )

    before = loss()
    before.backward()
    assert all(p.grad is not None and p.grad.abs().sum() > 0 for p in network.parameters())
    with torch.no_grad():
        for p in network.parameters():
            p -= 0.02 * p.grad
    assert loss() < before


def test_the_final_logit_lies_between_the_two_streams() -> None:
    network = VideoNetwork(TINY, 3, shared=True).eval()
    with torch.no_grad():
        spatial, temporal, final = network.streams(videos(4))
    low, high = torch.minimum(spatial, temporal), torch.maximum(spatial, temporal)
    assert ((final >= low - 1e-5) & (final <= high + 1e-5)).all()
    assert final.shape == (4, 3)


def test_heads_on_maps_are_the_forward_pass() -> None:
    network = VideoNetwork(TINY, 2, shared=False).eval()
    with torch.no_grad():
        maps = network.maps(videos(2))
        assert isinstance(maps[0], Maps)
        torch.testing.assert_close(network.heads(maps).final, network(videos(2)))


def test_three_losses_are_weighted() -> None:
    streams = StreamLogits(torch.tensor(1.0), torch.tensor(2.0), torch.tensor(4.0))
    assert three_losses(streams, lambda logit: logit).item() == pytest.approx(0.25 + 0.5 + 2)


def fusion(part: str = "model_dcb") -> Fusion:
    torch.manual_seed(1)
    network = build(part, "demo").eval()
    assert isinstance(network, Fusion)
    return network


def test_models_of_the_second_stage_read_only_their_evidence() -> None:
    row = torch.rand(1, len(EVIDENCE))
    for part, columns in MODELS.items():
        network = fusion(part)
        with torch.no_grad():
            before = network(row)
            for column, name in enumerate(EVIDENCE[5:], start=5):
                other = row.clone()
                other[0, column] += 0.3
                assert torch.equal(network(other), before) == (name not in columns), (part, name)


def test_missing_evidence_counts_as_the_training_mean() -> None:
    network = fusion()
    network.mean.copy_(torch.linspace(0, 1, len(EVIDENCE)))
    row = torch.rand(1, len(EVIDENCE))
    row[0, -len(CLINICAL) :] = network.mean[-len(CLINICAL) :]
    missing = row.clone()
    missing[0, -len(CLINICAL) :] = float("nan")
    with torch.no_grad():
        torch.testing.assert_close(network(missing), network(row))


def test_other_type_gains_when_all_five_are_low_and_only_then() -> None:
    network = fusion("model_d")
    with torch.no_grad():
        network.used.zero_()  # leaves the rule alone
        network.all_low.fill_(3.0)
        low, one_high = torch.full((1, len(EVIDENCE)), 0.05), torch.full((1, len(EVIDENCE)), 0.05)
        one_high[0, 2] = 0.95
        share = [network(row).softmax(dim=1)[0, -1].item() for row in (low, one_high)]
    assert share[0] > share[1] + 0.2


def test_unknown_parts_are_refused() -> None:
    with pytest.raises(UnusableInput, match="no network 'bm'"):
        build("bm", "demo")
