"""One dynamic MR of the liver with known lesions, their LI-RADS features and categories."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from inference.contracts import Box, ClinicalValue, ContrastPhase, Exam, Geometry, Volume
from inference.contracts.geometry import bounding_box
from inference.io.cohort import TruthRow
from inference.io.masks import mask_file, write_mask
from inference.lirads import CATEGORIES, Features, Prior, by_acr_v2018
from inference.phantoms.anatomy import (
    Anatomy,
    add_moving_parts,
    find_places,
    liver_texture,
    make_anatomy,
    still_parts,
)
from inference.phantoms.clinical import write_clinical
from inference.phantoms.ct import case_rng
from inference.phantoms.kinetics import BACKGROUNDS, Levels, Tissue
from inference.phantoms.lesions import PhantomLesion, lay_lesion, lesion_voxels, make_lesion
from inference.phantoms.mr_acquisition import MrAcquisition, draw_mr_acquisition
from inference.phantoms.mr_dicom import write_series
from inference.phantoms.mr_signal import (
    LesionDesign,
    draw_design,
    draw_diameter,
    lesion_looks,
    signal_levels,
)
from inference.phantoms.shapes import Floats, Grid, Labels, grainy_noise, smooth_field
from inference.phantoms.size import PhantomSize

FORM = "HCC"
"""Whose outline and margin these lesions have."""
LARGEST_STORED = 4095


@dataclass(frozen=True, eq=False)
class MrLesion:
    """A lesion with the features that its images show and the category they make."""

    form: PhantomLesion
    features: Features

    @property
    def category(self) -> str:
        """Category by the table of v2018."""
        category = by_acr_v2018(self.features).category
        assert category is not None, "phantom patients are at risk"
        return category


@dataclass(frozen=True, eq=False)
class MrPhase:
    """One acquired phase: stored values (z, y, x) uint16."""

    phase: ContrastPhase
    stored_zyx: NDArray[np.uint16]


@dataclass(frozen=True, eq=False)
class MrPhantom:
    """A case before its pixels are made; `phases` makes them one at a time.

    Parameters
    ----------
    name
        Folder and case name.
    seed, index
        The cohort's seed and the position in it: together they fix every byte.
    background
        Normal, cirrhotic or steatotic liver.
    gadoxetate
        Whether the contrast agent is gadoxetate.
    states_risk
        Whether ``clinical.csv`` says that the patient is at risk; all are.
    """

    name: str
    seed: int
    index: int
    background: str
    age_years: int
    sex: str
    gadoxetate: bool
    states_risk: bool
    acquisition: MrAcquisition
    anatomy: Anatomy
    lesions: tuple[MrLesion, ...]
    levels: Levels

    @property
    def geometry(self) -> Geometry:
        """Geometry shared by all phases."""
        return self.acquisition.geometry

    def phases(self) -> Iterator[MrPhase]:
        """Make the acquired phases, one at a time."""
        rng = case_rng(self.seed, self.index, stream=1)
        acquisition, shape = self.acquisition, self.geometry.shape_zyx
        grid = Grid(self.geometry, acquisition.origin_mm)
        still = still_parts(grid, self.anatomy)
        grain = grainy_noise(rng, shape, 0.55, acquisition.noise)
        parenchyma = liver_texture(rng, self.geometry, self.background)
        parenchyma *= np.float32(0.07 if self.background == "cirrhotic" else 0.03)
        shading = smooth_field(rng, (1, *shape[1:]), (1, 2, 2))
        sensitivity = np.exp(np.float32(acquisition.shading) * shading)
        for phase in acquisition.delays_s:
            signal = self._signal(phase, grid, still, parenchyma) * sensitivity
            stored = _magnitude(rng, signal, grain, acquisition.ghost) * acquisition.gain
            limited = np.clip(np.rint(stored), 0, LARGEST_STORED).astype(np.uint16)
            yield MrPhase(phase, limited)

    def _signal(
        self, phase: ContrastPhase, grid: Grid, still: Labels, parenchyma: Floats
    ) -> Floats:
        moved = grid.moved(self.acquisition.shifts_mm[phase])
        labels = still.copy()
        add_moving_parts(labels, moved, self.anatomy)
        table = np.zeros(len(Tissue), np.float32)
        table[list(self.levels[phase])] = list(self.levels[phase].values())
        signal: Floats = table[labels]
        signal *= 1 + parenchyma * (labels == Tissue.LIVER)
        for lesion in self.lesions:
            lay_lesion(signal, moved, lesion.form, lesion.form.looks[phase])
        return signal

    def labels(self) -> Labels:
        """Return the number of the lesion each voxel of the delayed phase belongs to, 0 none."""
        grid = Grid(self.geometry, self.acquisition.origin_mm)
        labels = np.zeros(self.geometry.shape_zyx, np.uint8)
        for number, lesion in enumerate(self.lesions, start=1):
            window, inside = lesion_voxels(grid, lesion.form)
            labels[window][inside] = number
        return labels

    def clinical(self) -> dict[str, ClinicalValue]:
        """Return what is known of the patient; some files don't state the risk."""
        agent = "gadoxetate" if self.gadoxetate else "extracellular"
        values = {"contrast_agent": ClinicalValue(agent)}
        if self.states_risk:
            values["at_risk"] = ClinicalValue("yes")
        if (prior := self.lesions[0].features.prior) is not None:
            values["prior_size"] = ClinicalValue(f"{prior.size_mm:g}", "mm")
            values["prior_interval"] = ClinicalValue(f"{prior.months:g}", "months")
        return values

    def exam(self) -> Exam:
        """Return the case as `inference.io.read_exam` would, without going through files."""
        slope = np.float32(self.acquisition.scanner.slope or 1.0)
        volumes = tuple(
            Volume(
                made.stored_zyx.astype(np.float32) * slope,
                geometry=self.geometry,
                phase=made.phase,
                calibrated=False,
                series_key=f"{self.name}-{made.phase}",
                modality="MR",
            )
            for made in self.phases()
        )
        return Exam(
            key=self.name,
            volumes=volumes,
            age_years=self.age_years,
            sex=self.sex,
            clinical=self.clinical(),
        )

    def write(self, folder: Path) -> None:
        """Write all phases as DICOM files and ``clinical.csv`` below `folder`."""
        write_series(self, folder)
        write_clinical(folder, self.name, self.clinical())

    def write_labels(self, cohort: Path) -> None:
        """Write the mask of each lesion in the delayed phase, named ``lesion<number>``."""
        labels, phase = self.labels(), ContrastPhase.DELAYED
        for number in range(1, len(self.lesions) + 1):
            path = mask_file(cohort, self.name, f"lesion{number}", phase)
            write_mask(path, labels == number, self.geometry)

    def truth(self) -> tuple[TruthRow, ...]:
        """Return one row per lesion, index lesion first; places are those of the delayed phase."""
        rows = []
        for number, lesion in enumerate(self.lesions, start=1):
            box = bounding_box(lesion.form.box().corners() + self.acquisition.origin_mm)
            rows.append(
                TruthRow(
                    case=self.name,
                    lesion=number,
                    truth=lesion.category,
                    malignant=lesion.category == "LR-5",
                    size_mm=round(lesion.features.size_mm, 1),
                    box_mm=Box(*(round(value, 2) for value in box)),
                    phases=tuple(self.acquisition.delays_s),
                    strata=self._strata(lesion.features) | self._shifts(),
                )
            )
        return tuple(rows)

    def _shifts(self) -> dict[str, str]:
        """Return how far the liver lies from where the delayed phase shows it, LPS mm."""
        shifts = self.acquisition.shifts_mm
        return {
            f"shift_{phase}": ",".join(f"{value:.1f}" for value in shifts[phase])
            for phase in (ContrastPhase.ARTERIAL, ContrastPhase.PORTAL_VENOUS)
        }

    def _strata(self, features: Features) -> dict[str, str]:
        bands = ((10, "<1 cm"), (20, "1-2 cm"), (np.inf, ">=2 cm"))
        signs = {
            "APHE": features.aphe,
            "washout": features.washout,
            "washout_portal_venous": bool(features.washout_portal_venous),
            "capsule": features.capsule,
            "threshold_growth": features.threshold_growth is True,
        }
        return {
            **{name: str(int(there)) for name, there in signs.items()},
            "size_band": next(name for limit, name in bands if features.size_mm < limit),
            "background": self.background,
            "agent": "gadoxetate" if self.gadoxetate else "extracellular",
            "scanner": self.acquisition.scanner.name,
            "orientation": self.acquisition.orientation,
            "n_lesions": str(len(self.lesions)),
        }


def make_case(seed: int, index: int, size: PhantomSize | None = None) -> MrPhantom:
    """Draw case `index` of cohort `seed`; the pixels are made by `MrPhantom.phases`.

    The categories of index lesions come in balanced blocks of three.
    """
    size = size or PhantomSize()
    order = case_rng(seed, index // len(CATEGORIES), stream=2).permutation(len(CATEGORIES))
    category = CATEGORIES[order[index % len(CATEGORIES)]]
    rng = case_rng(seed, index, stream=0)
    background = str(rng.choice(BACKGROUNDS, p=[0.3, 0.6, 0.1]))
    gadoxetate = bool(rng.random() < 0.18)
    acquisition = draw_mr_acquisition(rng, size.rows, size.slices, gadoxetate)
    anatomy = make_anatomy(rng, background)
    levels = signal_levels(rng, background, gadoxetate)
    return MrPhantom(
        name=f"phantom-mr-{seed}-{index + 1:04d}",
        seed=seed,
        index=index,
        background=background,
        age_years=int(np.clip(rng.normal(58.5, 11), 25, 89)),
        sex="M" if rng.random() < 0.69 else "F",
        gadoxetate=gadoxetate,
        states_risk=bool(rng.random() < 0.9),
        acquisition=acquisition,
        anatomy=anatomy,
        lesions=_lesions(rng, category, gadoxetate, anatomy, acquisition, levels),
        levels=levels,
    )


def _lesions(
    rng: np.random.Generator,
    category: str,
    gadoxetate: bool,
    anatomy: Anatomy,
    acquisition: MrAcquisition,
    levels: Levels,
) -> tuple[MrLesion, ...]:
    """Draw an index lesion of the wanted category and, in a quarter, smaller ones of any."""
    reach = acquisition.thickness_mm * acquisition.geometry.shape_zyx[0] / 2 - 8
    while True:
        design, diameter = draw_design(rng, gadoxetate), draw_diameter(rng)
        (centre, radius), *_ = find_places(rng, anatomy, [diameter / 2], reach)
        form = make_lesion(rng, FORM, centre, radius, lesion_looks(rng, design, levels))
        index_lesion = MrLesion(form, _features(rng, form, design, gadoxetate, prior=True))
        if index_lesion.category == category:
            break
    found = [index_lesion]
    if rng.random() < 0.25:
        others = np.sort(rng.uniform(0.45, 0.9, rng.integers(1, 3)))[::-1] * radius
        for centre, other in _beside(rng, anatomy, index_lesion.form, others.tolist(), reach):
            design = draw_design(rng, gadoxetate)
            form = make_lesion(rng, FORM, centre, other, lesion_looks(rng, design, levels))
            found.append(MrLesion(form, _features(rng, form, design, gadoxetate, prior=False)))
    return tuple(found)


def _beside(
    rng: np.random.Generator,
    anatomy: Anatomy,
    first: PhantomLesion,
    radii_mm: list[float],
    reach: float,
) -> list[tuple[NDArray[np.float64], float]]:
    """Return places that keep their distance from the first lesion and from each other."""
    radii = [max(radius, 3.5) for radius in radii_mm]
    return [
        (centre, radius)
        for centre, radius in find_places(rng, anatomy, radii, reach)
        if np.linalg.norm(centre - first.centre) > radius + first.radius_mm + 6
    ]


def _features(
    rng: np.random.Generator,
    form: PhantomLesion,
    design: LesionDesign,
    gadoxetate: bool,
    prior: bool,
) -> Features:
    """Return what the lesion shows; a sixth of index lesions were measured before."""
    box = form.box()
    size = float(max(box.dx, box.dy))
    earlier = None
    if prior and rng.random() < 1 / 6:
        share = float(rng.uniform(0.5, 1.05))
        earlier = Prior(round(share * size, 1), float(rng.choice([3.0, 6.0, 12.0])))
    return Features(
        size_mm=size,
        aphe=design.aphe,
        washout=design.washout,
        capsule=design.capsule,
        at_risk=True,
        prior=earlier,
        gadoxetate=gadoxetate,
        washout_portal_venous=design.washout_portal_venous,
    )


def _magnitude(rng: np.random.Generator, signal: Floats, grain: Floats, ghost: float) -> Floats:
    """Return the magnitude of a complex signal with noise in both channels (Rice's law)."""
    if ghost:
        step = signal.shape[1] // 5 + int(rng.integers(0, signal.shape[1] // 8))
        signal = signal + np.float32(ghost) * (
            np.roll(signal, step, axis=1) + np.roll(signal, -step, axis=1)
        )
    blurred: Floats = signal.copy()
    for axis in (1, 2):
        ndimage.convolve1d(blurred, [0.2, 0.6, 0.2], axis=axis, output=blurred, mode="nearest")
    real, imaginary = (
        np.roll(grain, tuple(rng.integers(3, np.array(grain.shape) - 3).tolist()), axis=(0, 1, 2))
        for _ in range(2)
    )
    magnitude: Floats = np.hypot(blurred + real, imaginary)
    return magnitude
