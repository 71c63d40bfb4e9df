"""One four-phase CT of the liver with known lesions."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from inference.contracts import Box, ContrastPhase, Exam, Geometry, Volume
from inference.contracts.geometry import bounding_box
from inference.io.cohort import TruthRow
from inference.io.masks import LIVER, mask_file, write_mask
from inference.phantoms.acquisition import Acquisition, Kernel, draw_acquisition
from inference.phantoms.anatomy import (
    Anatomy,
    add_moving_parts,
    find_places,
    liver_texture,
    make_anatomy,
    still_parts,
)
from inference.phantoms.ct_dicom import write_case
from inference.phantoms.identity import study_start
from inference.phantoms.kinetics import (
    BACKGROUNDS,
    CLASSES,
    MALIGNANT,
    Levels,
    Looks,
    Tissue,
    lesion_looks,
    tissue_levels,
)
from inference.phantoms.lesions import PhantomLesion, lay_lesion, make_lesion
from inference.phantoms.shapes import Floats, Grid, Labels, grainy_noise
from inference.phantoms.size import PhantomSize

LooksOf = Callable[[np.random.Generator, str, float, Levels], Looks]
"""Source of chance, class, radius in mm and tissue levels to looks."""


@dataclass(frozen=True, eq=False)
class PhantomPhase:
    """One acquired phase.

    Parameters
    ----------
    phase
        Contrast phase.
    hu_zyx
        (z, y, x) int16, Hounsfield units.
    labels_zyx
        (z, y, x) uint8, `Tissue` of each voxel; lesions count as liver.
    """

    phase: ContrastPhase
    hu_zyx: NDArray[np.int16]
    labels_zyx: Labels


@dataclass(frozen=True, eq=False)
class PhantomCase:
    """A case before its pixels are made; `phases` makes them one at a time.

    Parameters
    ----------
    name
        Folder and case name.
    seed, index
        The cohort's seed and the position in it: together they fix every byte.
    class_code, background
        Class of all its lesions; normal, cirrhotic or steatotic liver.
    age_years, sex
        Of the invented patient.
    """

    name: str
    seed: int
    index: int
    class_code: str
    background: str
    age_years: int
    sex: str
    acquisition: Acquisition
    anatomy: Anatomy
    lesions: tuple[PhantomLesion, ...]
    levels: Levels

    @property
    def geometry(self) -> Geometry:
        """Geometry shared by all phases."""
        return self.acquisition.geometry

    def phases(self) -> Iterator[PhantomPhase]:
        """Make the acquired phases, one at a time."""
        rng = case_rng(self.seed, self.index, stream=1)
        kernel = self.acquisition.kernel
        grain = grainy_noise(rng, self.geometry.shape_zyx, kernel.grain_px, kernel.noise_hu)
        parenchyma = liver_texture(rng, self.geometry, self.background)
        parenchyma *= np.float32(9 if self.background == "cirrhotic" else 4)
        for phase, moved, labels in self._labels():
            table = np.zeros(len(Tissue), np.float32)
            table[list(self.levels[phase])] = list(self.levels[phase].values())
            hu = table[labels]
            hu += parenchyma * (labels == Tissue.LIVER)
            for lesion in self.lesions:
                lay_lesion(hu, moved, lesion, lesion.looks[phase])
            _blur(hu, kernel)
            steps = rng.integers(3, np.array(hu.shape) - 3)
            hu += np.roll(grain, tuple(steps.tolist()), axis=(0, 1, 2))
            yield PhantomPhase(phase, np.rint(hu).astype(np.int16), labels)

    def liver_masks(self) -> Iterator[tuple[ContrastPhase, NDArray[np.bool_]]]:
        """Return the liver (z, y, x) of each phase with its vessels and lesions."""
        for phase, _moved, labels in self._labels():
            yield phase, np.isin(labels, (Tissue.LIVER, Tissue.PORTAL_VEIN, Tissue.HEPATIC_VEIN))

    def _labels(self) -> Iterator[tuple[ContrastPhase, Grid, Labels]]:
        """Return each phase with the grid as displaced by breathing and its label map."""
        grid = Grid(self.geometry, self.acquisition.origin_mm)
        still = still_parts(grid, self.anatomy)
        for phase in self.acquisition.delays_s:
            moved = grid.moved(self.acquisition.shifts_mm[phase])
            labels = still.copy()
            add_moving_parts(labels, moved, self.anatomy)
            yield phase, moved, labels

    def exam(self) -> Exam:
        """Return the case as `inference.io.read_exam` would, without going through files."""
        volumes = tuple(
            Volume(
                made.hu_zyx.astype(np.float32),
                geometry=self.geometry,
                phase=made.phase,
                calibrated=True,
                series_key=f"{self.name}-{made.phase}",
                modality="CT",
            )
            for made in self.phases()
        )
        return Exam(key=self.name, volumes=volumes, age_years=self.age_years, sex=self.sex)

    def write(self, folder: Path) -> None:
        """Write all phases as DICOM files below `folder`."""
        write_case(self, folder)

    def write_labels(self, cohort: Path) -> None:
        """Write the liver of each phase beside the cases of a cohort folder."""
        for phase, mask in self.liver_masks():
            write_mask(mask_file(cohort, self.name, LIVER, phase), mask, self.geometry)

    def truth(self) -> tuple[TruthRow, ...]:
        """Return one row per lesion, largest first; places are those of the portal phase."""
        origin = self.acquisition.origin_mm
        rows = []
        for n, lesion in enumerate(self.lesions, start=1):
            local = lesion.box()
            box = bounding_box(local.corners() + origin)
            size = float(max(local.dx, local.dy))
            rows.append(
                TruthRow(
                    case=self.name,
                    lesion=n,
                    truth=lesion.class_code,
                    malignant=lesion.class_code in MALIGNANT,
                    size_mm=round(size, 1),
                    box_mm=Box(*(round(value, 2) for value in box)),
                    phases=tuple(self.acquisition.delays_s),
                    strata=self._strata(size),
                )
            )
        return tuple(rows)

    def _strata(self, size_mm: float) -> dict[str, str]:
        bands = ((10, "<1 cm"), (30, "1-3 cm"), (50, "3-5 cm"), (np.inf, ">5 cm"))
        return {
            "size_band": next(name for limit, name in bands if size_mm < limit),
            "background": self.background,
            "scanner": self.acquisition.scanner.name,
            "kernel": self.acquisition.kernel.name,
            "orientation": self.acquisition.orientation,
            "acquired": study_start(self.seed, self.index).date().isoformat(),
            "n_lesions": str(len(self.lesions)),
        }


def make_case(seed: int, index: int, size: PhantomSize | None = None) -> PhantomCase:
    """Draw case `index` of cohort `seed`; the pixels are made by `PhantomCase.phases`.

    Classes come in balanced blocks of six, so that small cohorts hold each of them.
    """
    return draw_case(seed, index, size or PhantomSize(), block_class(seed, index, CLASSES))


def block_class(seed: int, index: int, classes: Sequence[str]) -> str:
    """Return the class of a case: balanced blocks of all classes, each in an order of its own."""
    order = case_rng(seed, index // len(classes), stream=2).permutation(len(classes))
    return classes[int(order[index % len(classes)])]


def draw_case(
    seed: int,
    index: int,
    size: PhantomSize,
    class_code: str,
    *,
    prefix: str = "phantom-ct",
    looks: LooksOf = lesion_looks,
    phases: tuple[ContrastPhase, ...] | None = None,
    typical_radius_mm: float = 12.5,
) -> PhantomCase:
    """Draw a case of a class.

    Parameters
    ----------
    prefix
        What its name starts with.
    looks
        Draws how a lesion looks in each phase.
    phases
        Phases acquired; None draws them.
    typical_radius_mm
        Median of the lesions' radii.
    """
    rng = case_rng(seed, index, stream=0)
    odds = [0.3, 0.55, 0.15] if class_code == "HCC" else [0.6, 0.15, 0.25]
    background = str(rng.choice(BACKGROUNDS, p=odds))
    acquisition = draw_acquisition(rng, size.rows, size.slices, phases)
    anatomy = make_anatomy(rng, background)
    levels, healthy = tissue_levels(rng, background)
    places = _places(rng, anatomy, class_code, acquisition, typical_radius_mm)
    lesions = [
        make_lesion(rng, class_code, centre, r, looks(rng, class_code, r, healthy))
        for centre, r in places
    ]
    return PhantomCase(
        name=f"{prefix}-{seed}-{index + 1:04d}",
        seed=seed,
        index=index,
        class_code=class_code,
        background=background,
        age_years=int(np.clip(rng.normal(58, 13), 20, 89)),
        sex=str(rng.choice(["F", "M"])),
        acquisition=acquisition,
        anatomy=anatomy,
        lesions=tuple(lesions),
        levels=levels,
    )


def case_rng(seed: int, index: int, stream: int) -> np.random.Generator:
    """Return the source of chance of one case; each purpose has a stream of its own."""
    return np.random.default_rng(np.random.SeedSequence([seed, index, stream]))


def _places(
    rng: np.random.Generator,
    anatomy: Anatomy,
    class_code: str,
    acquisition: Acquisition,
    typical_mm: float,
) -> list[tuple[NDArray[np.float64], float]]:
    """Draw centres (anatomical mm) and radii, largest first: in liver and scan, and apart."""
    several = {"MET": 0.6, "CYST": 0.35, "HEM": 0.3}.get(class_code, 0.15)
    wanted = 1 + (int(rng.integers(1, 4)) if rng.random() < several else 0)
    radii = np.sort(np.clip(np.exp(rng.normal(np.log(typical_mm), 0.55, wanted)), 4, 30))[::-1]
    reach = acquisition.thickness_mm * acquisition.geometry.shape_zyx[0] / 2 - 8
    return find_places(rng, anatomy, radii.tolist(), reach)


def _blur(hu: Floats, kernel: Kernel) -> None:
    """Apply the kernel's point spread within slices, in place: soft edges, less so when sharp."""
    side = np.float32(0.25 * (1 - kernel.sharpen))
    for axis in (1, 2):
        ndimage.convolve1d(hu, [side, 1 - 2 * side, side], axis=axis, output=hu, mode="nearest")
