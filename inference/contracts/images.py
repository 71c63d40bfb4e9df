"""Images as the pipelines receive them: volumes, clips and the exam they belong to."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from inference.contracts.geometry import Geometry
from inference.contracts.results import Notice

Pixels = NDArray[np.float32]
Array = TypeVar("Array", bound=NDArray[Any])


class ContrastPhase(StrEnum):
    """Time after contrast injection at which a volume was acquired."""

    NON_CONTRAST = "non_contrast"
    ARTERIAL = "arterial"
    PORTAL_VENOUS = "portal_venous"
    DELAYED = "delayed"
    HEPATOBILIARY = "hepatobiliary"


class _Deferred(Generic[Array]):
    """Pixels that are decoded when first asked for and can be let go of again."""

    def __init__(self, pixels: Array | Callable[[], Array], shape: tuple[int, ...] | None) -> None:
        self._decode: Callable[[], Array] | None = None
        self._array: Array | None = None
        if isinstance(pixels, np.ndarray):
            self._array = pixels
        else:
            self._decode = pixels
        if shape is None:
            if self._array is None:
                raise ValueError("pixels decoded later need their shape stated")
            shape = self._array.shape
        self.shape: tuple[int, ...] = shape
        if self._array is not None:
            self._check(self._array)

    def get(self) -> Array:
        if self._array is None:
            assert self._decode is not None
            self._array = self._check(self._decode())
        return self._array

    def release(self) -> None:
        if self._decode is not None:
            self._array = None

    def _check(self, array: Array) -> Array:
        if array.shape != self.shape:
            raise ValueError(f"pixels have shape {array.shape}, expected {self.shape}")
        return array


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
        if isinstance(pixels, np.ndarray):
            pixels = pixels.astype(np.float32, copy=False)
        self._pixels = _Deferred(pixels, geometry.shape_zyx if geometry else shape_zyx)
        if len(self._pixels.shape) != 3:
            raise ValueError(f"a volume is (z, y, x), found shape {self._pixels.shape}")
        self.geometry = geometry
        self.phase = phase
        self.calibrated = calibrated
        self.series_key = series_key
        self.modality = modality

    def __repr__(self) -> str:
        return f"Volume({self.series_key!r}, shape_zyx={self.shape_zyx}, phase={self.phase})"

    @property
    def shape_zyx(self) -> tuple[int, ...]:
        """Slices, rows, columns."""
        return self._pixels.shape

    @property
    def array_zyx(self) -> Pixels:
        """Pixels, (z, y, x) float32; decoded on first use and kept until `release`."""
        return self._pixels.get()

    def release(self) -> None:
        """Let go of decoded pixels, so that one volume at a time is in memory."""
        self._pixels.release()


class Clip:
    """A cine of colour or grey frames; a still image is a clip of one frame.

    Parameters
    ----------
    pixels
        (t, y, x, c) uint8, c = 1 or 3 (RGB); or a function that decodes it.
    frame_time_ms
        Time between frames, None when unknown.
    series_key
        As for `Volume`.
    spacing_mm
        Size of a pixel (x, y) in mm where all pictures in the image are calibrated alike, else
        None.
    modality
        DICOM Modality, empty when unknown.
    shape_tyxc
        Needed when `pixels` is a function.
    pictures_px
        (x0, y0, x1, y1), half-open: pictures that stand beside one another in each frame, such as
        tissue and contrast. Empty where the frame is one picture.

    Raises
    ------
    ValueError
        If the array isn't (t, y, x, 1 or 3).
    """

    def __init__(
        self,
        pixels: NDArray[np.uint8] | Callable[[], NDArray[np.uint8]],
        *,
        frame_time_ms: float | None,
        series_key: str,
        spacing_mm: tuple[float, float] | None = None,
        modality: str = "",
        shape_tyxc: tuple[int, int, int, int] | None = None,
        pictures_px: tuple[tuple[int, int, int, int], ...] = (),
    ) -> None:
        self._pixels = _Deferred(pixels, shape_tyxc)
        if len(self._pixels.shape) != 4 or self._pixels.shape[3] not in (1, 3):
            raise ValueError(f"a clip is (t, y, x, 1 or 3), found shape {self._pixels.shape}")
        self.frame_time_ms = frame_time_ms
        self.series_key = series_key
        self.spacing_mm = spacing_mm
        self.modality = modality
        self.pictures_px = pictures_px

    @property
    def shape_tyxc(self) -> tuple[int, ...]:
        """Frames, rows, columns, channels."""
        return self._pixels.shape

    @property
    def frames_tyxc(self) -> NDArray[np.uint8]:
        """Frames, (t, y, x, c) uint8; decoded on first use and kept until `release`."""
        return self._pixels.get()

    def release(self) -> None:
        """Let go of decoded frames."""
        self._pixels.release()


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
