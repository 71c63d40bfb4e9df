"""The detector's blocks, boxes and loss."""

import pytest
import torch
from torch import Tensor

from inference.detection.boxes import Cells, cells, decode, detections, iou, suppress
from inference.detection.loss import assign, complete_iou, detector_loss
from inference.detection.network import CONSTANT, PUBLISHED_NAMES, Detector
from inference.detection.size import SIZES, DetectorSize
from inference.errors import BadCheckpoint

TINY = DetectorSize(0.33, 0.125, 1024, image_px=64, reg_max=8)


@pytest.mark.parametrize(
    ("size", "count"),
    [
        ("n", 3_157_200),
        ("s", 11_166_560),
        ("m", 25_902_640),
        ("l", 43_691_520),
        ("x", 68_229_648),
    ],
)
def test_sizes_have_the_published_parameter_counts(size: str, count: int) -> None:
    """Published for 80 classes, the constant bins of the distribution counted in."""
    with torch.device("meta"):
        net = Detector(SIZES[size], n_classes=80)
    assert sum(p.numel() for p in net.parameters()) + SIZES[size].reg_max == count


def as_published(net: Detector) -> dict[str, Tensor]:
    ours_first = {ours: published for published, ours in PUBLISHED_NAMES.items()}
    state = {CONSTANT: torch.arange(float(net.size.reg_max)).reshape(1, -1, 1, 1)}
    for key, value in net.state_dict().items():
        ours = next(prefix for prefix in ours_first if key.startswith(prefix))
        state[ours_first[ours] + key.removeprefix(ours)] = value
    return state


def test_plain_published_state_dict_is_renamed_completely() -> None:
    net = Detector(TINY)
    state = as_published(net)
    assert "model.0.conv.weight" in state and "model.22.cv2.0.0.conv.weight" in state
    assert net.translate_published(state).keys() == net.state_dict().keys()
    assert net.translate_published(net.state_dict()).keys() == net.state_dict().keys()


def test_another_number_of_bins_is_refused() -> None:
    state = as_published(Detector(TINY)) | {CONSTANT: torch.zeros(1, 16, 1, 1)}
    with pytest.raises(BadCheckpoint, match="16 distance bins, expected 8"):
        Detector(TINY).translate_published(state)


def test_predictions_cover_three_strides() -> None:
    with torch.no_grad():
        predictions = Detector(TINY).eval()(torch.zeros(2, 3, 64, 64))
    assert predictions.shape == (2, 64 + 16 + 4, 4 * 8 + 1)
    assert len(cells(64, 64).centres) == 84


def test_certain_distances_decode_to_their_box() -> None:
    grid = Cells(torch.tensor([[20.0, 12.0]]), torch.tensor([[8.0]]))
    logits = torch.full((1, 4, 8), -50.0)
    for edge, distance in enumerate((1, 0, 2, 3)):
        logits[0, edge, distance] = 50.0
    torch.testing.assert_close(
        decode(logits.reshape(1, 32), grid), torch.tensor([[12.0, 12.0, 36.0, 36.0]])
    )


def test_overlap_and_suppression() -> None:
    boxes = torch.tensor([[0.0, 0, 10, 10], [1, 0, 11, 10], [20, 20, 30, 30], [0, 0, 10, 10]])
    assert iou(boxes[0], boxes[1]).item() == pytest.approx(90 / 110, abs=1e-6)
    assert suppress(boxes, torch.tensor([0.5, 0.9, 0.1, 0.5])).tolist() == [1, 2]


def test_complete_overlap_is_one_for_equal_boxes_and_falls_with_distance() -> None:
    box = torch.tensor([[10.0, 10, 30, 20]])
    assert complete_iou(box, box).item() == pytest.approx(1, abs=1e-5)
    near, far = box + 30, box + 60
    assert complete_iou(far, box).item() < complete_iou(near, box).item() < 0


def test_objects_smaller_than_a_stride_still_get_a_cell() -> None:
    grid = cells(64, 64)
    truth = torch.tensor([[[17.0, 17.0, 19.0, 19.0], [0, 0, 0, 0]]])
    boxes = torch.cat((grid.centres - grid.strides, grid.centres + grid.strides), dim=1)[None]
    assigned = assign(torch.full((1, 84), 0.5), boxes, truth, grid)
    used = assigned.scores[0] > 0
    assert 0 < used.sum() <= 10
    assert (assigned.boxes[0][used] == truth[0, 0]).all()


def test_images_without_objects_only_pay_for_scores() -> None:
    predictions = Detector(TINY)(torch.zeros(1, 3, 64, 64))
    loss = detector_loss(predictions, torch.zeros(1, 1, 4), 64)
    loss.backward()
    assert torch.isfinite(loss) and loss > 0


def test_a_few_steps_find_one_bright_square() -> None:
    torch.manual_seed(0)
    net = Detector(TINY).train()
    images = torch.zeros(4, 3, 64, 64)
    truth = torch.tensor([[8.0, 8, 24, 24], [32, 8, 52, 28], [8, 36, 28, 56], [36, 36, 56, 56]])
    for image, (x0, y0, x1, y1) in zip(images, truth.int().tolist(), strict=True):
        image[:, y0:y1, x0:x1] = 1
    optimiser = torch.optim.AdamW(net.parameters(), 4e-3)
    for _ in range(60):
        optimiser.zero_grad()
        detector_loss(net(images), truth[:, None], 64).backward()
        optimiser.step()
    with torch.no_grad():
        found = detections(net(images), 64, 0.25)
    for (boxes, scores), box in zip(found, truth, strict=True):
        assert len(scores) and iou(boxes[0], box) > 0.5
