"""Phantom cines: the same bytes, what files say, the truth of places, the papers' correlations."""

import json

import numpy as np
import pytest

from inference.io import read_exam, read_outlines
from inference.phantoms.ceus import make_case
from inference.phantoms.ceus_patients import CLASSES, draw_patient
from inference.phantoms.ceus_perfusion import draw_perfusion, lay_uptake, liver_uptake
from inference.phantoms.size import PhantomSize

SMALL = PhantomSize(rows=96, slices=8)


def test_files_say_what_the_case_says(tmp_path) -> None:
    case = make_case(9, 2, SMALL)
    case.write(tmp_path / case.name)
    read, made = read_exam(tmp_path / case.name), case.exam()
    assert np.array_equal(read.clips[0].frames_tyxc, made.clips[0].frames_tyxc)
    assert read.clips[0].frame_time_ms == pytest.approx(made.clips[0].frame_time_ms, abs=0.01)
    assert read.clips[0].spacing_mm == pytest.approx(made.clips[0].spacing_mm)
    assert (read.age_years, read.sex) == (made.age_years, made.sex)
    assert read.clinical == made.clinical
    (outline,) = read_outlines(tmp_path / case.name / "outline.json")
    assert outline.lesion == case.outline and outline.frame == case.scene.marked_frame
    assert isinstance(json.loads((tmp_path / case.name / "outline.json").read_text()), list)


def test_the_same_seed_gives_the_same_frames_and_another_seed_others() -> None:
    frames = [make_case(seed, 1, SMALL).frames() for seed in (5, 5, 6)]
    assert np.array_equal(frames[0], frames[1])
    assert frames[0].shape != frames[2].shape or not np.array_equal(frames[0], frames[2])


def test_cohorts_are_balanced_in_blocks_of_six() -> None:
    codes = [make_case(2, index, SMALL).patient.class_code for index in range(12)]
    assert sorted(codes[:6]) == sorted(codes[6:]) == sorted(CLASSES)


def test_the_box_of_the_truth_is_on_the_marked_frame() -> None:
    case = make_case(3, 0, SMALL)
    (row,) = case.truth()
    corners = np.array(case.outline)
    assert row.box_mm.z == case.scene.marked_frame
    assert corners.mean(axis=0) == pytest.approx(row.box_mm[:2], abs=2)
    assert 15 < case.scene.seconds[case.scene.marked_frame] < 40
    assert {"Hep", "GPC3", "CK7", "CK19", "cirrhosis", "size_band"} <= row.strata.keys()


def mean_uptake(code: str, seconds: float) -> tuple[float, float]:
    """Mean uptake of centre and rim of many lesions of a class."""
    rng = np.random.default_rng(1)
    radius = np.linspace(0, 1, 200, dtype=np.float32)
    angle = np.linspace(0, 60, 200, dtype=np.float32)
    none = dict.fromkeys(("Hep", "GPC3", "CK7", "CK19"), False)
    sums = np.zeros(2)
    for _ in range(60):
        noise = rng.standard_normal(200).astype(np.float32)
        uptake = lay_uptake(rng, draw_perfusion(rng, code, none), radius, angle, noise).at(seconds)
        sums += uptake[radius < 0.5].mean(), uptake[radius > 0.8].mean()
    return sums[0] / 60, sums[1] / 60


def test_classes_take_up_and_lose_bubbles_as_textbooks_say() -> None:
    centre, rim = mean_uptake("HM", 15)
    assert rim > 1.5 * centre  # rim in the arterial phase
    assert sum(mean_uptake("HM", 150)) < 0.5 * sum(mean_uptake("HM", 25))  # and washout
    centre, rim = mean_uptake("HH", 15)
    later = mean_uptake("HH", 90)
    assert rim > 1.5 * centre and later[0] > 0.7 * later[1]  # fills in from the edge
    assert sum(mean_uptake("HCC", 15)) > 3 * liver_uptake(15, 200)  # bright before the liver is
    assert mean_uptake("HA", 40)[0] < 0.8 * mean_uptake("HA", 40)[1]  # cavities


def test_clinical_tables_correlate_as_the_paper_reports() -> None:
    rng = np.random.default_rng(0)
    patients = {code: [draw_patient(rng, code) for _ in range(150)] for code in CLASSES}

    def mean(code: str, name: str) -> float:
        known = [p.clinical[name].value for p in patients[code] if name in p.clinical]
        return float(np.mean(np.log10([float(value) for value in known])))

    def share(code: str, name: str) -> float:
        return float(np.mean([p.history[name] for p in patients[code]]))

    assert mean("HCC", "AFP") > mean("HM", "AFP") + 0.3
    assert mean("HM", "CEA") > mean("HCC", "CEA") + 0.1
    assert mean("ICC", "CA19-9") > mean("HH", "CA19-9") + 0.2
    assert mean("HA", "WBC") > mean("HM", "WBC") + 0.05
    assert share("HM", "malignancy_history") > share("HA", "malignancy_history") + 0.2
    assert share("HCC", "viral_hepatitis") > share("HH", "viral_hepatitis") + 0.2
    hep = {c: np.mean([p.biomarkers["Hep"] for p in patients[c]]) for c in CLASSES}
    assert hep["HCC"] > 0.6 and max(hep[c] for c in ("HM", "ICC", "HH", "HA")) < 0.2
