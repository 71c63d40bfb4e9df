"""The liver segmentation: its grid, its masks, and the finds it drops."""

from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from inference.contracts import Box, ContrastPhase, Exam, Geometry, Volume
from inference.io.masks import read_mask, read_segmentation, write_mask
from inference.layers.unet3d import UNet3d
from inference.phantoms import PhantomSize, make_case
from inference.pipelines.lilnet_ct.liver import LiverMask, dice, find_liver
from inference.pipelines.lilnet_ct.liver_fitting import LiverImage, fit_liver, liver_loss
from inference.pipelines.lilnet_ct.locate import FoundLesion, inside_liver
from inference.pipelines.lilnet_ct.network import build
from inference.pipelines.lilnet_ct.select import select_volumes
from inference.preprocessing.patient_grid import patient_grid, resample_onto
from inference.training.loop import Recipe

OBLIQUE = np.array(
    [[0.0, 0.6, 0.8, 5.0], [0.7, 0.0, 0.0, -40.0], [0.0, 0.8, -0.6, 30.0], [0.0, 0.0, 0.0, 1.0]]
) @ np.diag([1.5, 1.0, 3.0, 1.0])


def test_a_place_stays_a_place_on_the_patients_grid() -> None:
    geometry = Geometry(OBLIQUE, (20, 60, 50))
    index = np.stack(np.meshgrid(*(np.arange(n) for n in (50, 60, 20)), indexing="ij"), axis=-1)
    world = geometry.world_from_index(index)  # x, y, z, 3
    grid = patient_grid(geometry, 6.0)
    for axis in range(3):
        field = world[..., axis].transpose(2, 1, 0).astype(np.float32)
        moved = resample_onto(field, geometry, grid, np.nan)
        at = np.argwhere(np.isfinite(moved))
        wanted = grid.world_from_index(at[:, ::-1])[:, axis]
        assert len(at) > 500
        np.testing.assert_allclose(moved[tuple(at.T)], wanted, atol=1e-3)


def test_a_mask_comes_back_as_it_was_written(tmp_path: Path) -> None:
    mask = np.random.default_rng(1).random((4, 5, 6)) > 0.5
    geometry = Geometry(OBLIQUE, mask.shape)
    path = tmp_path / "labels" / "case" / "liver-arterial.nii.gz"
    write_mask(path, mask, geometry)
    found, place = read_mask(path)
    np.testing.assert_array_equal(found, mask)
    np.testing.assert_allclose(place.affine, OBLIQUE, atol=1e-5)


def test_a_dicom_segmentation_lies_on_its_images(shared_data: Path) -> None:
    folder = shared_data / "ct" / "dcmqi-liver-seg"
    (label, (mask, geometry)), *others = read_segmentation(folder / "seg-liver.dcm").items()
    assert label == "Liver" and not others
    assert mask.shape == (3, 512, 512) and mask.any(axis=(1, 2)).all()
    np.testing.assert_allclose(geometry.spacing_mm, (0.810547, 0.810547, 1.0), atol=1e-4)
    np.testing.assert_allclose(
        geometry.world_from_index((0, 0, 2)), (-235.2, -226.8, -126.69), atol=1e-2
    )


class Right(nn.Module):
    """Takes the patient's right half of whatever is no air for liver."""

    def __init__(self) -> None:
        super().__init__()
        self.anything = nn.Parameter(torch.zeros(1))

    def forward(self, images: Tensor) -> Tensor:
        right = torch.arange(images.shape[-1]) < images.shape[-1] // 2
        return torch.where((images > -0.49) & right, 1.0, -1.0)


def exam_of(size_mm: float = 4.0, *, calibrated: bool = True) -> Exam:
    affine = np.diag([size_mm, size_mm, size_mm, 1.0])
    volume = Volume(
        np.zeros((32, 40, 40), np.float32),
        geometry=Geometry(affine, (32, 40, 40)),
        phase=ContrastPhase.PORTAL_VENOUS,
        calibrated=calibrated,
        series_key="1",
        modality="CT",
    )
    return Exam(key="exam", volumes=(volume,))


def find_at(x: float) -> FoundLesion:
    return FoundLesion(Box(x, 70.0, 60.0, 20.0, 20.0, 20.0), (), 0.9, "detected")


def test_finds_outside_the_liver_are_dropped() -> None:
    selection = select_volumes(exam_of())
    right, edge, left = find_at(30.0), find_at(78.0), find_at(130.0)
    kept, notices = inside_liver(selection, (right, edge, left), Right())
    assert kept == (right, edge)
    assert notices == []


@pytest.mark.parametrize(
    ("exam", "network"),
    [
        (exam_of(), None),
        (exam_of(1.0), Right()),  # 20 x 40 x 32 mm are no liver
        (exam_of(calibrated=False), Right()),
    ],
)
def test_without_a_liver_nothing_is_dropped_and_that_is_said(
    exam: Exam, network: nn.Module | None
) -> None:
    found = (find_at(130.0),)
    kept, (notice,) = inside_liver(select_volumes(exam), found, network)
    assert kept == found
    assert notice.code == "liver_not_found"


def test_share_and_size_of_a_mask() -> None:
    mask = np.zeros((10, 10, 10), bool)
    mask[:, :, 5:] = True
    liver = LiverMask(mask, Geometry(np.diag([10.0, 10.0, 10.0, 1.0]), (10, 10, 10)))
    assert liver.volume_ml == 500
    assert liver.share_inside(Box(45, 45, 45, 40, 20, 20)) == 0.5
    assert liver.share_inside(Box(500, 0, 0, 10, 10, 10)) == 0


def test_dice() -> None:
    one, other = np.array([True, True, False]), np.array([True, False, False])
    assert dice(one, other) == pytest.approx(2 / 3)
    assert dice(~one & one, ~one & one) == 1


def test_paper_size_counts_and_learns() -> None:
    network = build("liver", "paper")
    assert isinstance(network, UNet3d)
    assert sum(p.numel() for p in network.parameters()) == 5_837_441
    small = UNet3d(4)
    volume = torch.linspace(-0.5, 0.5, 12)[:, None, None].expand(12, 9, 10)
    image = LiverImage(volume.half(), (volume > 0.1).half())
    before = liver_loss(small(volume[None, None])[0, 0], image.target.float())
    losses: list[float] = []
    fit_liver(
        small,
        [image],
        Recipe(steps=12, batch=1, learning_rate=1e-2, optimiser="adamw"),
        0,
        lambda _, loss: losses.append(loss),
    )
    after = liver_loss(small(volume[None, None])[0, 0], image.target.float())
    assert after < before
    after.backward()  # type: ignore[no-untyped-call]
    assert all(p.grad is not None and p.grad.abs().sum() > 0 for p in small.parameters())


def test_shipped_weights_outline_an_unseen_liver() -> None:
    from inference.registry import load_network

    network = load_network("lilnet_ct", part="liver")
    case = make_case(777, 0, PhantomSize(128, 24))
    volume = case.exam().volumes[0]
    found = find_liver(network, volume)
    assert found is not None
    _phase, mask = next(case.liver_masks())
    truth = resample_onto(mask, case.geometry, found.geometry, 0.0) > 0.5
    assert dice(found.mask_zyx, truth) > 0.9
