"""Images as the pipelines receive them: volumes, clips and the exam they belong to."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from inference.contracts.geometry import Geometry
from inference.contracts.results import Notice

Pixels = NDArray[np.float32]


class ContrastPhase(StrEnum):
    """Time after contrast injection at which a volume was acquired."""

    NON_CONTRAST = "non_contrast"
    ARTERIAL = "arterial"
    PORTAL_VENOUS = "portal_venous"
    DELAYED = "delayed"
    HEPATOBILIARY = "hepatobiliary"


class Volume:
    """One three-dimensional image, its pixels decoded when first asked for.

    Parameters
    ----------
    pixels
        (z, y, x) float32, Hounsfield units when `calibrated`; or a function that decodes it.
        Slices run along the geometry's third axis.
    geometry
        Where the voxels lie; None for images without one (JPEG folders).
    phase
        Contrast phase, None when nothing tells.
    calibrated
        Whether values are Hounsfield units.
    series_key
        SeriesInstanceUID, with ``#2``, ``#3`` ... for the further volumes of one series; the
        folder's name where there is no DICOM.
    modality
        DICOM Modality, empty when unknown.
    shape_zyx
        Needed only when `pixels` is a function and there is no geometry.

    Raises
    ------
    ValueError
        If the array isn't (z, y, x) or doesn't fit the geometry.
    """

    def __init__(
        self,
        pixels: Pixels | Callable[[], Pixels],
        *,
        geometry: Geometry | None,
        phase: ContrastPhase | None,
        calibrated: bool,
        series_key: str,
        modality: str = "",
        shape_zyx: tuple[int, int, int] | None = None,
    ) -> None:
        self._decode = pixels if callable(pixels) else None
        self._array = None if callable(pixels) else np.asarray(pixels, np.float32)
        self.geometry = geometry
        self.phase = phase
        self.calibrated = calibrated
        self.series_key = series_key
        self.modality = modality
        self.shape_zyx: tuple[int, ...]
        if geometry is not None:
            self.shape_zyx = geometry.shape_zyx
        elif shape_zyx is not None:
            self.shape_zyx = shape_zyx
        elif self._array is not None:
            self.shape_zyx = self._array.shape
        else:
            raise ValueError("a volume decoded later needs a geometry or shape_zyx")
        if self._array is not None:
            self._check(self._array)

    def __repr__(self) -> str:
        return f"Volume({self.series_key!r}, shape_zyx={self.shape_zyx}, phase={self.phase})"

    @property
    def array_zyx(self) -> Pixels:
        """Pixels, (z, y, x) float32; decoded on first use and kept until `release`."""
        if self._array is None:
            assert self._decode is not None
            self._array = self._check(self._decode())
        return self._array

    def release(self) -> None:
        """Let go of decoded pixels, so that one volume at a time is in memory."""
        if self._decode is not None:
            self._array = None

    def _check(self, array: Pixels) -> Pixels:
        if array.ndim != 3 or array.shape != tuple(self.shape_zyx):
            raise ValueError(f"pixels are {array.shape}, expected {self.shape_zyx} (z, y, x)")
        return array


@dataclass(frozen=True, eq=False)
class Clip:
    """A cine of colour or grey frames.

    Parameters
    ----------
    frames_tyxc
        (t, y, x, c) uint8, c = 1 or 3 (RGB).
    frame_time_ms
        Time between frames, None when unknown.
    series_key
        As for `Volume`.
    spacing_mm
        Size of a pixel (x, y) in mm where one calibrated region covers the image, else None.
    modality
        DICOM Modality, empty when unknown.
    """

    frames_tyxc: NDArray[np.uint8]
    frame_time_ms: float | None
    series_key: str
    spacing_mm: tuple[float, float] | None = None
    modality: str = ""

    def __post_init__(self) -> None:
        frames = self.frames_tyxc
        if frames.ndim != 4 or frames.shape[3] not in (1, 3) or frames.dtype != np.uint8:
            raise ValueError("frames_tyxc must be (t, y, x, 1 or 3) uint8")


@dataclass(frozen=True)
class ClinicalValue:
    """One clinical variable as written in ``clinical.csv``."""

    value: str
    unit: str = ""


@dataclass(frozen=True, eq=False)
class Exam:
    """Everything of one examination that a system may use.

    Parameters
    ----------
    key
        StudyInstanceUID, or the folder's name where there is no DICOM.
    volumes, clips
        Images; a phase may occur more than once.
    age_years
        From PatientAge, or PatientBirthDate and StudyDate; None when unknown.
    sex
        "F", "M", "O" or None.
    clinical
        Clinical variables by name.
    notices
        What reading the files had to say (missing slices, files left out, ...).
    """

    key: str
    volumes: tuple[Volume, ...] = ()
    clips: tuple[Clip, ...] = ()
    age_years: int | None = None
    sex: str | None = None
    clinical: Mapping[str, ClinicalValue] = field(default_factory=dict)
    notices: tuple[Notice, ...] = ()

    def volumes_of(self, phase: ContrastPhase) -> tuple[Volume, ...]:
        """Return the volumes of one contrast phase."""
        return tuple(volume for volume in self.volumes if volume.phase is phase)
