"""One contrast-enhanced ultrasound cine with one known lesion."""

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from inference.contracts import Box, Clip, Exam, Polygon
from inference.io.cohort import TruthRow
from inference.io.outlines import NAME as OUTLINE_FILE
from inference.phantoms.ceus_patients import CLASSES, MALIGNANT, PhantomPatient, draw_patient
from inference.phantoms.ceus_perfusion import draw_perfusion
from inference.phantoms.ceus_video import Scene, draw_scene
from inference.phantoms.clinical import write_clinical
from inference.phantoms.size import PhantomSize
from inference.phantoms.ultrasound_dicom import UltrasoundImage, UltrasoundStudy, write_ultrasound

FRAMES_PER_SLICE = 3
"""A cine has three times as many frames as another phantom slices: 120 by default."""
ROWS = 5 / 8
"""Share of the rows asked for: 160 by default."""
_BANDS = ((30, "1-3 cm"), (50, "3-5 cm"), (100, "5-10 cm"), (np.inf, ">10 cm"))


@dataclass(frozen=True, eq=False)
class PhantomCeus:
    """A case before its pixels are made.

    Parameters
    ----------
    name
        Folder and case name.
    seed, index
        The cohort's seed and the position in it: together they fix every byte.
    patient, scene
        Who is examined and what is seen.
    """

    name: str
    seed: int
    index: int
    patient: PhantomPatient
    scene: Scene

    @cached_property
    def outline(self) -> Polygon:
        """What a person drew on the marked frame, corners (column, row)."""
        rng = _rng(self.seed, self.index, stream=3)
        corners = self.scene.contour(self.scene.marked_frame)
        centre = corners.mean(axis=0)
        hand = rng.normal(1.0, 0.03, (len(corners), 1)) * rng.normal(1.0, 0.04)
        drawn = np.round(centre + (corners - centre) * hand, 1)
        return tuple((float(x), float(y)) for x, y in drawn)

    def frames(self) -> NDArray[np.uint8]:
        """Return the cine, (t, y, x, c) uint8."""
        return self.scene.frames(_rng(self.seed, self.index, stream=1))

    def exam(self) -> Exam:
        """Return the case as `inference.io.read_exam` would, without going through files."""
        pixel = self.scene.sector.pixel_mm
        clip = Clip(
            self.frames(),
            frame_time_ms=self.scene.frame_time_ms,
            series_key=self.name,
            spacing_mm=(pixel, pixel),
            modality="US",
        )
        return Exam(
            key=self.name,
            clips=(clip,),
            age_years=self.patient.age_years,
            sex=self.patient.sex,
            clinical=self.patient.clinical,
        )

    def truth(self) -> tuple[TruthRow, ...]:
        """Return the lesion; its box is in pixels, z the marked frame, as ``--lesion`` takes it."""
        corners = self.scene.contour(self.scene.marked_frame)
        low, high = corners.min(axis=0), corners.max(axis=0)
        (x, y), (dx, dy) = (low + high) / 2, high - low
        size = self.scene.lesion.size_mm
        row = TruthRow(
            case=self.name,
            lesion=1,
            truth=self.patient.class_code,
            malignant=self.patient.class_code in MALIGNANT,
            size_mm=round(size, 1),
            box_mm=Box(*np.round([x, y, self.scene.marked_frame, dx, dy, 1], 2).tolist()),
            phases=(),
            strata={
                "size_band": next(name for limit, name in _BANDS if size < limit),
                "scanner": self.scene.scanner.name,
                **self.patient.strata(),
            },
        )
        return (row,)

    def write(self, folder: Path) -> None:
        """Write cine, outline and clinical table below `folder`."""
        scene = self.scene
        image = UltrasoundImage(
            self.frames(),
            scene.sector.pixel_mm,
            series=1,
            instance=1,
            series_description="Liver CEUS, bolus",
            frame_time_ms=scene.frame_time_ms,
            seconds=300.0,
        )
        study = UltrasoundStudy(
            self.name,
            self.seed,
            self.index,
            self.patient.age_years,
            self.patient.sex,
            "Phantom contrast-enhanced ultrasound of the liver",
            scene.scanner.name,
        )
        write_ultrasound(folder / "SE01" / "IM0001.dcm", image, study)
        write_clinical(folder, self.name, self.patient.clinical)
        outline = {"frame": scene.marked_frame, "polygon": self.outline}
        (folder / OUTLINE_FILE).write_text(json.dumps([outline]) + "\n", encoding="utf-8")


def make_case(seed: int, index: int, size: PhantomSize | None = None) -> PhantomCeus:
    """Draw case `index` of cohort `seed`; its frames are made when asked for.

    Classes come in balanced blocks of six, so that small cohorts hold each of them.
    """
    size = size or PhantomSize()
    order = _rng(seed, index // len(CLASSES), stream=2).permutation(len(CLASSES))
    class_code = CLASSES[order[index % len(CLASSES)]]
    rng = _rng(seed, index, stream=0)
    patient = draw_patient(rng, class_code)
    perfusion = draw_perfusion(rng, class_code, patient.biomarkers)
    scene = draw_scene(
        rng, perfusion, rows=round(size.rows * ROWS), n_frames=size.slices * FRAMES_PER_SLICE
    )
    return PhantomCeus(f"phantom-ceus-{seed}-{index + 1:04d}", seed, index, patient, scene)


def _rng(seed: int, index: int, stream: int) -> np.random.Generator:
    return np.random.default_rng(np.random.SeedSequence([seed, index, stream]))
