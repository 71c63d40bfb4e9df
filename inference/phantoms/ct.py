"""One four-phase CT of the liver with known lesions."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from inference.contracts import Box, ContrastPhase, Exam, Geometry, Volume
from inference.contracts.geometry import bounding_box
from inference.io.cohort import TruthRow
from inference.phantoms.acquisition import Acquisition, Kernel, draw_acquisition
from inference.phantoms.anatomy import Anatomy, add_moving_parts, make_anatomy, still_parts
from inference.phantoms.ct_dicom import write_case
from inference.phantoms.kinetics import (
    BACKGROUNDS,
    CLASSES,
    MALIGNANT,
    Levels,
    Tissue,
    lesion_looks,
    tissue_levels,
)
from inference.phantoms.lesions import PhantomLesion, lay_lesion, make_lesion
from inference.phantoms.shapes import Floats, Grid, Labels, smooth_field
from inference.phantoms.size import PhantomSize


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
        rng = _rng(self.seed, self.index, stream=1)
        grid = Grid(self.geometry, self.acquisition.origin_mm)
        still = still_parts(grid, self.anatomy)
        grain = _noise(rng, self.geometry.shape_zyx, self.acquisition.kernel)
        parenchyma = _parenchyma(rng, self.geometry, self.background)
        for phase in self.acquisition.delays_s:
            moved = grid.moved(self.acquisition.shifts_mm[phase])
            labels = still.copy()
            add_moving_parts(labels, moved, self.anatomy)
            table = np.zeros(len(Tissue), np.float32)
            table[list(self.levels[phase])] = list(self.levels[phase].values())
            hu = table[labels]
            hu += parenchyma * (labels == Tissue.LIVER)
            for lesion in self.lesions:
                lay_lesion(hu, moved, lesion, lesion.looks[phase])
            _blur(hu, self.acquisition.kernel)
            steps = rng.integers(3, np.array(hu.shape) - 3)
            hu += np.roll(grain, tuple(steps.tolist()), axis=(0, 1, 2))
            yield PhantomPhase(phase, np.rint(hu).astype(np.int16), labels)

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
            "n_lesions": str(len(self.lesions)),
        }


def make_case(seed: int, index: int, size: PhantomSize | None = None) -> PhantomCase:
    """Draw case `index` of cohort `seed`; the pixels are made by `PhantomCase.phases`.

    Classes come in balanced blocks of six, so that small cohorts hold each of them.
    """
    size = size or PhantomSize()
    order = _rng(seed, index // len(CLASSES), stream=2).permutation(len(CLASSES))
    class_code = CLASSES[order[index % len(CLASSES)]]
    rng = _rng(seed, index, stream=0)
    odds = [0.3, 0.55, 0.15] if class_code == "HCC" else [0.6, 0.15, 0.25]
    background = str(rng.choice(BACKGROUNDS, p=odds))
    acquisition = draw_acquisition(rng, size.rows, size.slices)
    anatomy = make_anatomy(rng, background)
    levels, healthy = tissue_levels(rng, background)
    places = _places(rng, anatomy, class_code, acquisition)
    lesions = [
        make_lesion(rng, class_code, centre, r, lesion_looks(rng, class_code, r, healthy))
        for centre, r in places
    ]
    return PhantomCase(
        name=f"phantom-ct-{seed}-{index + 1:04d}",
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


def _rng(seed: int, index: int, stream: int) -> np.random.Generator:
    return np.random.default_rng(np.random.SeedSequence([seed, index, stream]))


def _places(
    rng: np.random.Generator, anatomy: Anatomy, class_code: str, acquisition: Acquisition
) -> list[tuple[NDArray[np.float64], float]]:
    """Draw centres (anatomical mm) and radii, largest first: in liver and scan, and apart."""
    several = {"MET": 0.6, "CYST": 0.35, "HEM": 0.3}.get(class_code, 0.15)
    wanted = 1 + (int(rng.integers(1, 4)) if rng.random() < several else 0)
    radii = np.sort(np.clip(np.exp(rng.normal(np.log(12.5), 0.55, wanted)), 4, 30))[::-1]
    reach = acquisition.thickness_mm * acquisition.geometry.shape_zyx[0] / 2 - 8
    found: list[tuple[NDArray[np.float64], float]] = []
    for radius in radii:
        points = rng.uniform((-140, -95, -80), (80, 85, 90), (400, 3))
        room = anatomy.depth_in_liver(points) - 0.75 * radius / anatomy.lobes[0, 3:].min()
        room[np.abs(points[:, 2]) > reach - radius] = -1
        for centre, other in found:
            room[np.linalg.norm(points - centre, axis=1) < other + radius + 6] = -1
        fits = np.flatnonzero(room > 0)
        if fits.size:
            found.append((points[fits[0]], float(radius)))
    return found or [(anatomy.lobes[0, :3].copy(), float(radii[0]))]


def _noise(rng: np.random.Generator, shape_zyx: tuple[int, int, int], kernel: Kernel) -> Floats:
    """Return noise with the kernel's grain and standard deviation, (z, y, x) float32 HU."""
    noise = rng.standard_normal(shape_zyx, dtype=np.float32)
    for axis in (1, 2):
        noise = ndimage.gaussian_filter1d(
            noise, kernel.grain_px, axis=axis, mode="wrap", truncate=2.5
        )
    noise *= np.float32(kernel.noise_hu) / noise.std()
    return noise


def _parenchyma(rng: np.random.Generator, geometry: Geometry, background: str) -> Floats:
    """Return the liver's own unevenness in HU: faint and broad, in cirrhosis coarse nodules."""
    extent = np.array(geometry.spacing_mm[::-1]) * geometry.shape_zyx
    grain_mm, amplitude = (9.0, 9.0) if background == "cirrhotic" else (24.0, 4.0)
    cells = tuple(max(2, int(n)) for n in extent / grain_mm)
    field = smooth_field(rng, geometry.shape_zyx, (cells[0], cells[1], cells[2]))
    field *= np.float32(amplitude)
    return field


def _blur(hu: Floats, kernel: Kernel) -> None:
    """Apply the kernel's point spread within slices, in place: soft edges, less so when sharp."""
    side = np.float32(0.25 * (1 - kernel.sharpen))
    for axis in (1, 2):
        ndimage.convolve1d(hu, [side, 1 - 2 * side, side], axis=axis, output=hu, mode="nearest")
