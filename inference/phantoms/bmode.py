"""One B-mode examination: four images of a lesion, outlines, clinical table."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from inference.contracts import Box, ClinicalValue, Clip, Exam, Outline
from inference.io.cohort import TruthRow
from inference.io.outlines import NAME as OUTLINES
from inference.phantoms.bmode_patients import Patient, draw_patient
from inference.phantoms.bmode_views import Machine, View, draw_machine, draw_view
from inference.phantoms.clinical import write_clinical
from inference.phantoms.size import PhantomSize
from inference.phantoms.ultrasound_dicom import UltrasoundImage, UltrasoundStudy, write_ultrasound

IMAGES = 4
"""Images of each lesion (paper, section 2.5)."""

BLOCK = (True, True, True, False, False)
"""Malignant and benign cases in each five; the paper's share of malignant lesions is 0.81."""


@dataclass(frozen=True, eq=False)
class BModeCase:
    """A case before its images are made.

    Parameters
    ----------
    name
        Folder and case name.
    seed, index
        The cohort's seed and the position in it: together they fix every byte.
    rows
        Rows and columns of the images.
    """

    name: str
    seed: int
    index: int
    rows: int
    patient: Patient
    machine: Machine

    def views(self) -> Iterator[View]:
        """Make the images, one at a time."""
        for number in range(IMAGES):
            rng = _rng(self.seed, self.index, stream=10 + number)
            yield draw_view(rng, self.patient, self.machine, self.rows)

    def exam(self) -> Exam:
        """Return the case as `inference.io.read_exam` would, without going through files."""
        return self.marked_exam()[0]

    def marked_exam(self) -> tuple[Exam, tuple[Outline, ...]]:
        """Return the exam and its outlines, both from the same images."""
        views = list(self.views())
        clips = tuple(
            Clip(
                view.frame_yx[None, :, :, None],
                frame_time_ms=None,
                series_key=f"{self.name}#{number}",
                spacing_mm=(view.pixel_mm, view.pixel_mm),
                modality="US",
            )
            for number, view in enumerate(views, start=1)
        )
        patient = self.patient
        exam = Exam(
            self.name,
            clips=clips,
            age_years=patient.age_years,
            sex=patient.sex,
            clinical=self.clinical(),
        )
        outlines = (Outline(v.lesion, v.background, image=n) for n, v in enumerate(views))
        return exam, tuple(outlines)

    def clinical(self) -> dict[str, ClinicalValue]:
        """Return the six clinical-ultrasonic factors as the table states them."""
        patient = self.patient
        return {
            "hypoechoic_halo": _yes_no(patient.recorded_halo),
            "extrahepatic_tumour": _yes_no(patient.extrahepatic_tumour),
            "hepatitis": ClinicalValue(patient.hepatitis),
            "age": ClinicalValue(str(patient.age_years), "years"),
            "sex": ClinicalValue(patient.sex),
            "intratumoral_vascularity": _yes_no(patient.vascular),
        }

    def truth(self) -> tuple[TruthRow, ...]:
        """Return the row of the lesion; its box is in pixels of the first image."""
        first = next(self.views())
        (x0, y0), (x1, y1) = np.min(first.lesion, axis=0), np.max(first.lesion, axis=0)
        box = Box(*np.round([(x0 + x1) / 2, (y0 + y1) / 2, 0, x1 - x0, y1 - y0, 1], 2).tolist())
        patient = self.patient
        row = TruthRow(
            case=self.name,
            lesion=1,
            truth="malignant" if patient.malignant else "benign",
            malignant=patient.malignant,
            size_mm=round(patient.diameter_mm, 1),
            box_mm=box,
            phases=(),
            strata={
                "size_band": _size_band(patient.diameter_mm),
                "background": patient.background,
                "scanner": self.machine.name,
                "histology": patient.histology,
                "halo": str(int(patient.halo)),
                "posterior_enhancement": str(int(patient.posterior_enhancement)),
            },
        )
        return (row,)

    def write(self, folder: Path) -> None:
        """Write DICOM stills, ``clinical.csv`` and ``outline.json`` below `folder`."""
        patient = self.patient
        study = UltrasoundStudy(
            self.name,
            self.seed,
            self.index,
            patient.age_years,
            patient.sex,
            "Phantom ultrasound of the liver",
            self.machine.name,
        )
        outlines = []
        for number, view in enumerate(self.views(), start=1):
            frames = view.frame_yx[None, :, :, None]
            image = UltrasoundImage(
                frames, view.pixel_mm, 1, number, "Liver B-mode", seconds=40.0 * number
            )
            write_ultrasound(folder / "SE01" / f"IM{number:04d}.dcm", image, study)
            outlines.append(
                {"image": number - 1, "lesion": view.lesion, "background": view.background}
            )
        (folder / OUTLINES).write_text(json.dumps(outlines) + "\n", encoding="utf-8")
        write_clinical(folder, self.name, self.clinical())


def make_case(seed: int, index: int, size: PhantomSize | None = None) -> BModeCase:
    """Draw case `index` of cohort `seed`; malignant and benign come in blocks of five."""
    order = _rng(seed, index // len(BLOCK), stream=2).permutation(len(BLOCK))
    rng = _rng(seed, index, stream=0)
    return BModeCase(
        name=f"phantom-bmode-{seed}-{index + 1:04d}",
        seed=seed,
        index=index,
        rows=(size or PhantomSize()).rows,
        patient=draw_patient(rng, malignant=BLOCK[order[index % len(BLOCK)]]),
        machine=draw_machine(rng),
    )


def _rng(seed: int, index: int, stream: int) -> np.random.Generator:
    return np.random.default_rng(np.random.SeedSequence([seed, index, stream, 3]))


def _yes_no(value: bool) -> ClinicalValue:
    return ClinicalValue("yes" if value else "no")


def _size_band(size_mm: float) -> str:
    """Return the paper's bands: 1.1-2.0, 2.1-5.0 and above 5.0 cm."""
    return "1.1-2 cm" if size_mm <= 20 else "2.1-5 cm" if size_mm <= 50 else ">5 cm"
