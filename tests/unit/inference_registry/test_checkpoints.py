"""Published and own weights load strictly; everything else is refused with what doesn't fit."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from torch import nn

from inference.errors import BadCheckpoint, CannotRun
from inference.layers.resnet import ResNet, ResNetTrunk
from inference.registry import load_network
from inference.registry.checkpoints import load_backbone, load_strictly, read_state_dict
from inference.registry.weights import Manifest, file_sha256, read_manifest


@pytest.fixture
def net() -> nn.Module:
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(3, 2), nn.BatchNorm1d(2))


def published(net: nn.Module) -> dict[str, object]:
    """The published layout: DataParallel's prefix, metrics as numpy scalars."""
    state = {f"module.{key}": value for key, value in net.state_dict().items()}
    return {"epoch": 1, "state_dict": state, "auc": np.float64(0.97), "acc": np.float32(0.9)}


def test_published_container_loads_without_unpickling_code(net: nn.Module, tmp_path: Path) -> None:
    torch.save(published(net), tmp_path / "net.pth.tar")
    state = read_state_dict(tmp_path / "net.pth.tar")
    other = nn.Sequential(nn.Linear(3, 2), nn.BatchNorm1d(2))
    load_strictly(other, state)
    assert torch.equal(other[0].weight, net[0].weight)


def test_own_safetensors_load(net: nn.Module, tmp_path: Path) -> None:
    save_file(net.state_dict(), tmp_path / "net.safetensors")
    assert read_state_dict(tmp_path / "net.safetensors").keys() == net.state_dict().keys()


def test_missing_and_unexpected_keys_are_named(net: nn.Module) -> None:
    state = dict(net.state_dict())
    state["surplus"] = state.pop("0.bias")
    with pytest.raises(BadCheckpoint) as caught:
        load_strictly(net, state)
    assert caught.value.missing == ("0.bias",) and caught.value.unexpected == ("surplus",)
    assert "0.bias" in str(caught.value) and "surplus" in str(caught.value)


def test_another_number_of_classes_is_named(net: nn.Module) -> None:
    state = dict(net.state_dict())
    state["0.weight"] = torch.zeros(5, 3)
    with pytest.raises(BadCheckpoint, match=r"0\.weight is \[5, 3\], expected \[2, 3\]"):
        load_strictly(net, state)


class Payload:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return print, ("executed",)


@pytest.mark.parametrize(
    "content", [Payload(), {"state_dict": {"a": 1}}, {"state_dict": {}}, [torch.zeros(1)]]
)
def test_foreign_containers_are_refused(content: object, tmp_path: Path, capsys) -> None:
    torch.save(content, tmp_path / "net.pth")
    with pytest.raises(BadCheckpoint):
        read_state_dict(tmp_path / "net.pth")
    assert "executed" not in capsys.readouterr().out


@pytest.mark.parametrize("content", [b"", b"not a checkpoint", b"\x10\0\0\0\0\0\0\0{garbage"])
def test_broken_files_are_refused(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "net.pth").write_bytes(content)
    with pytest.raises(BadCheckpoint, match="can't be read"):
        read_state_dict(tmp_path / "net.pth")


def test_published_lilnet_checkpoint_loads_by_name(tmp_path: Path) -> None:
    source = load_network("lilnet_ct", part="bm", configuration="paper")
    torch.save(published(source), tmp_path / "bm.pth.tar")
    loaded = load_network(
        "lilnet_ct", part="bm", configuration="paper", checkpoint=tmp_path / "bm.pth.tar"
    )
    assert not loaded.training
    assert torch.equal(loaded.get_parameter("fc.weight"), source.get_parameter("fc.weight"))
    with pytest.raises(BadCheckpoint, match="number of classes"):
        load_network(
            "lilnet_ct", part="benign", configuration="paper", checkpoint=tmp_path / "bm.pth.tar"
        )


def test_untrained_networks_are_the_same_each_time() -> None:
    first, second = (load_network("lilnet_ct", part="bm", configuration="paper") for _ in range(2))
    assert torch.equal(first.get_parameter("conv1.weight"), second.get_parameter("conv1.weight"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "bm.safetensors").write_bytes(b"weights")
    files = {"bm.safetensors": file_sha256(tmp_path / "bm.safetensors")}
    Manifest("lilnet_ct", "demo", "1", "phantom-trained", files).write(tmp_path)
    return tmp_path


def test_manifest_comes_back_with_one_checksum_for_all_files(folder: Path) -> None:
    manifest = read_manifest(folder, "lilnet_ct")
    assert manifest.label == "phantom-trained" and len(manifest.sha256) == 64


def test_damaged_missing_and_foreign_weights_are_refused(folder: Path) -> None:
    with pytest.raises(CannotRun, match="belong to lilnet_ct"):
        read_manifest(folder, "ceus_dcb")
    (folder / "bm.safetensors").write_bytes(b"other")
    with pytest.raises(CannotRun, match="has changed"):
        read_manifest(folder, "lilnet_ct")
    (folder / "bm.safetensors").unlink()
    with pytest.raises(CannotRun, match="is missing"):
        read_manifest(folder, "lilnet_ct")
    (folder / "manifest.json").write_text(json.dumps({"surplus": 1}))
    with pytest.raises(CannotRun, match="can't be read"):
        read_manifest(folder, "lilnet_ct")
    (folder / "manifest.json").unlink()
    with pytest.raises(CannotRun, match="no manifest"):
        read_manifest(folder, "lilnet_ct")


def test_a_local_imagenet_file_fills_the_trunk_without_its_classifier(tmp_path: Path) -> None:
    donor = ResNet(18, n_classes=10, width=4)
    torch.save(donor.state_dict(), tmp_path / "resnet18.pth")
    trunk = ResNetTrunk(18, width=4)
    load_backbone(trunk, tmp_path / "resnet18.pth")
    assert torch.equal(trunk.layer4[1].conv2.weight, donor.layer4[1].conv2.weight)
    with pytest.raises(BadCheckpoint, match="missing"):
        load_backbone(ResNetTrunk(34, width=4), tmp_path / "resnet18.pth")
