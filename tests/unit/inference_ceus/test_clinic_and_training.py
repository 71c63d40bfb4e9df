"""Clinical values, the rule of correlation, what is taught, and training in miniature."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from inference.contracts import ClinicalValue
from inference.errors import UnusableInput
from inference.phantoms import write_cohort
from inference.phantoms.size import PhantomSize
from inference.pipelines.ceus_dcb import train as training
from inference.pipelines.ceus_dcb.augmentation import VideoChanges, changed, middle
from inference.pipelines.ceus_dcb.clinic import correlations, read_patient, selected
from inference.pipelines.ceus_dcb.configuration import CLINICAL, DEMO, DISEASES, VIDEO_PARTS
from inference.pipelines.ceus_dcb.networks import open_networks
from inference.pipelines.ceus_dcb.recipes import plan_for
from inference.pipelines.ceus_dcb.samples import Samples
from inference.pipelines.ceus_dcb.targets import Criterion, loss_for, targets_of
from inference.registry.weights import read_manifest
from tests.unit.inference_ceus.builders import exam_of


def test_clinical_values_become_numbers_and_the_header_helps() -> None:
    patient = read_patient(
        exam_of(
            clinical={
                "AFP": ClinicalValue("1000", "ng/mL"),
                "sex": ClinicalValue("m"),
                "cirrhosis": ClinicalValue("No"),
                "WBC": ClinicalValue("many", "10^9/L"),
            },
            age_years=61,
        )
    )
    values = dict(zip(CLINICAL, patient.values, strict=True))
    assert values["AFP"] == pytest.approx(3) and values["age"] == 61
    assert values["sex"] == 1 and values["cirrhosis"] == 0
    assert np.isnan(values["WBC"]) and "WBC" in patient.missing
    assert {"bad_clinical_value", "missing_clinical"} <= {n.code for n in patient.warnings}


def test_variables_are_kept_when_they_correlate_with_any_class() -> None:
    rng = np.random.default_rng(0)
    classes = np.repeat([0, 1, 2], 200)
    values = rng.normal(size=(600, 3))
    values[:, 1] -= (classes == 2) * 1.0
    values[::7, 1] = np.nan
    values[:, 2] = 5.0
    table = correlations(values, classes, 3)
    assert table[1, 2] < -0.2 and table[2].tolist() == [0, 0, 0]
    assert selected(table).tolist() == [False, True, False]


def samples(n: int = 10) -> Samples:
    generator = torch.Generator().manual_seed(0)
    side = 56
    biomarkers = np.full((n, 4), np.nan)
    biomarkers[::2, 0] = 1.0
    biomarkers[1::2, 0] = 0.0
    return Samples(
        torch.randint(0, 256, (n, DEMO.n_frames, side, side), generator=generator).byte(),
        torch.randint(-127, 128, (n, DEMO.n_flows, 3, side, side), generator=generator).char(),
        tuple(DISEASES[i % 5] for i in range(n)),
        biomarkers,
        np.zeros((n, len(CLINICAL))),
    )


def test_images_and_flows_change_together() -> None:
    stored = samples(1)
    columns = torch.arange(56.0)[None, :].expand(56, 56)
    image = (columns * 4).byte().expand(1, DEMO.n_frames, 56, 56)
    flow = torch.zeros(1, DEMO.n_flows, 3, 56, 56).char()
    flow[:, :, 0] = 100  # moves to the right, where it is brighter
    none = VideoChanges(0, 0, 0)
    rng = np.random.default_rng(3)
    for _ in range(12):
        images, flows = changed(image, flow, DEMO.roi_px, none, rng)
        down, right = torch.gradient(images[0, 0])
        gradient = torch.stack((right.mean(), down.mean()))
        motion = flows[0, 0, :2].mean(dim=(1, 2))
        assert torch.dot(gradient, motion) > 0
        assert torch.linalg.norm(motion).item() == pytest.approx(100 / 127)
    plain, _ = middle(stored.images, stored.flows, DEMO.roi_px)
    assert plain.shape[-1] == DEMO.roi_px and plain.max() <= 1


def test_minorities_weigh_as_much_as_majorities() -> None:
    targets = np.array([[1.0], [0.0], [0.0], [0.0], [np.nan]])
    criterion = loss_for("disease", targets)
    wanted = torch.from_numpy(targets).float()
    logits = torch.zeros(5, 1, requires_grad=True)
    criterion(logits, wanted).backward()
    gradient = logits.grad[:, 0]
    assert gradient[0].item() == pytest.approx(-gradient[1:4].sum().item())
    assert gradient[4].item() == 0


def test_direct_strategy_weighs_classes_inversely_to_their_number() -> None:
    targets = np.eye(2)[[0, 0, 0, 1]]
    weights = loss_for("direct", targets).weights
    assert weights.tolist() == pytest.approx([4 / 6, 2.0])
    assert isinstance(loss_for("direct", targets), Criterion)


def test_biomarkers_nobody_stained_for_teach_nothing() -> None:
    targets = targets_of("biomarker", samples())
    assert np.isnan(targets[:, 1:]).all() and set(targets[:, 0]) == {0.0, 1.0}
    assert targets_of("disease", samples()).sum(axis=1).tolist() == [1.0] * 10


def test_training_in_miniature_gives_weights_that_open(tmp_path, monkeypatch) -> None:
    data, out = tmp_path / "cohort", tmp_path / "weights"
    write_cohort("ceus_dcb", 18, 3, data, PhantomSize(rows=96, slices=8))
    plan = plan_for("demo", 0)
    parts = {name: replace(plan.parts[name], steps=1, batch=2) for name in VIDEO_PARTS}
    short = replace(plan, parts=parts, fusion=replace(plan.fusion, steps=5))
    monkeypatch.setattr(training, "plan_for", lambda name, n: short)
    seen: list[float] = []
    answer = training.train(
        data,
        out,
        configuration="demo",
        seed=1,
        device="cpu",
        progress=lambda fraction, step: seen.append(fraction),
    )
    assert seen == sorted(seen) and seen[0] > 0 and seen[-1] <= 1
    assert answer["n_cases"] == 18
    record = read_manifest(out, "ceus_dcb").training
    assert record["n_training_a"] + record["n_training_b"] == 18
    networks = open_networks("demo", out, "cpu")
    assert set(networks.fast) == set(VIDEO_PARTS) and len(networks.backgrounds) == 5


def test_other_type_is_kept_for_the_second_stage(tmp_path) -> None:
    write_cohort("ceus_dcb", 12, 4, tmp_path / "cohort", PhantomSize(rows=64, slices=8))
    rows = training.read_truth(tmp_path / "cohort")
    first, second = training.split_stages(rows, np.random.default_rng(0))
    assert not any(row.truth == "OT" for row in first)
    assert sum(row.truth == "OT" for row in second) == 2 and len(first) + len(second) == 12
    with pytest.raises(UnusableInput, match="no lesion of OT"):
        training.split_stages([row for row in rows if row.truth != "OT"], np.random.default_rng(0))
