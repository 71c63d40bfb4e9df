"""Made-up cases for looking at the viewer: pixels with a blob at a known place, and manifests."""

import io
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

RAW = "application/octet-stream; transfer-syntax=1.2.840.10008.1.2.1"
IDENTITY = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0)


@dataclass(frozen=True)
class MadeSeries:
    """One series: frames as bytes and its entry of the viewer manifest, but for addresses."""

    id: str
    frames: tuple[bytes, ...]
    entry: dict[str, Any]


@dataclass(frozen=True)
class MadeHeatmap:
    """Values int8 (z, y, x) and the description the AI result gives."""

    entry: dict[str, Any]
    values: NDArray[np.int8]


@dataclass(frozen=True)
class MadeCase:
    """Series, heat maps and lesions of one synthetic case."""

    series: tuple[MadeSeries, ...]
    heatmaps: tuple[MadeHeatmap, ...] = ()
    lesions: tuple[dict[str, Any], ...] = ()
    manifest_lesions: tuple[dict[str, Any], ...] = field(default=())


def affine_of(
    orientation: tuple[float, ...],
    spacing_rc: tuple[float, float],
    origin: tuple[float, float, float],
    step: float,
) -> NDArray[np.float64]:
    """Return index (column, row, slice, 1) -> LPS mm (PS3.3 C.7.6.2.1.1), (4, 4)."""
    row, column = np.array(orientation[:3]), np.array(orientation[3:])
    affine = np.eye(4)
    affine[:3, 0] = row * spacing_rc[1]
    affine[:3, 1] = column * spacing_rc[0]
    affine[:3, 2] = np.cross(row, column) * step
    affine[:3, 3] = origin
    return affine


def blob_volume(
    affine: NDArray[np.float64],
    shape_zyx: tuple[int, int, int],
    blob_mm: tuple[float, float, float],
    blob_hu: float,
    liver_hu: float,
) -> NDArray[np.int16]:
    """Return stored values of a body ellipse with a sphere of 12 mm radius at `blob_mm`."""
    z, y, x = np.meshgrid(*(np.arange(n) for n in shape_zyx), indexing="ij", sparse=False)
    world = np.stack([x, y, z], -1) @ affine[:3, :3].T + affine[:3, 3]
    centre = (np.array(shape_zyx[::-1]) - 1) / 2
    body = ((x - centre[0]) / (0.44 * shape_zyx[2])) ** 2 + (
        (y - centre[1]) / (0.34 * shape_zyx[1])
    ) ** 2 < 1
    liver = ((x - 0.36 * shape_zyx[2]) / (0.2 * shape_zyx[2])) ** 2 + (
        (y - 0.48 * shape_zyx[1]) / (0.2 * shape_zyx[1])
    ) ** 2 < 1
    distance = np.linalg.norm(world - np.array(blob_mm), axis=-1)
    noise = np.random.default_rng(7).normal(0, 8, shape_zyx)
    hu = np.where(body, -60 + noise, -1000)
    hu = np.where(liver, liver_hu + noise, hu)
    hu = np.where(distance < 12, blob_hu + noise / 2, hu)
    return np.asarray(hu + 1024, np.int16)


def ct_series(
    phase: str,
    *,
    affine: NDArray[np.float64],
    orientation: tuple[float, ...],
    spacing_rc: tuple[float, float],
    volume: NDArray[np.int16],
    frame_of_reference: str | None,
    modality: str = "CT",
) -> MadeSeries:
    """Return a raw 16-bit series with rescale intercept -1024."""
    frames = [
        {"position_mm": (affine[:3, 2] * z + affine[:3, 3]).tolist()} for z in range(len(volume))
    ]
    entry = {
        "label": phase.replace("_", " ").title(),
        "phase": phase,
        "phase_confidence": 0.9,
        "modality": modality,
        "calibrated": modality == "CT",
        "lossy": False,
        "content_type": RAW,
        "pixel": pixel_format(volume.shape[1], volume.shape[2], bits=16, signed=True),
        "rescale": {"slope": 1.0, "intercept": -1024.0},
        "window": None,
        "spacing_mm": list(spacing_rc),
        "orientation": list(orientation),
        "frame_of_reference": frame_of_reference,
        "frame_time_ms": None,
        "frames": frames,
    }
    return MadeSeries(f"s-{phase}", tuple(v.tobytes() for v in volume), entry)


def pixel_format(rows: int, columns: int, *, bits: int, signed: bool, samples: int = 1) -> Any:
    """Return the manifest's `pixel` object."""
    return {
        "rows": rows,
        "columns": columns,
        "bits_allocated": bits,
        "bits_stored": bits,
        "high_bit": bits - 1,
        "pixel_representation": int(signed),
        "samples_per_pixel": samples,
        "photometric_interpretation": "RGB" if samples == 3 else "MONOCHROME2",
        "planar_configuration": 0 if samples == 3 else None,
    }


def box_heatmap(
    series: MadeSeries,
    centre_mm: tuple[float, float, float],
    method: str,
    *,
    flipped: bool = False,
) -> MadeHeatmap:
    """Return a map that peaks at `centre_mm`: 12 x 12 x 6 cells of 5 x 5 x 6 mm around it.

    `flipped` runs the grid's x and y axes against the patient's, as a network may have seen it.
    """
    shape = (6, 12, 12)
    sign = -1.0 if flipped else 1.0
    affine = np.diag([5.0 * sign, 5.0 * sign, 6.0, 1.0])
    affine[:3, 3] = np.array(centre_mm) - affine[:3, :3] @ ((np.array(shape[::-1]) - 1) / 2)
    z, y, x = np.meshgrid(*(np.arange(n) for n in shape), indexing="ij")
    world = np.stack([x, y, z], -1) @ affine[:3, :3].T + affine[:3, 3]
    distance = np.linalg.norm(world - np.array(centre_mm), axis=-1)
    value = np.exp(-((distance / 11) ** 2))
    if method == "shap":
        value = value - 0.5 * np.exp(-(((distance - 20) / 6) ** 2))
    entry = {
        "id": f"{series.id}-{method}",
        "method": method,
        "class": "HCC",
        "phase": series.entry["phase"],
        "series": series.id,
        "shape_zyx": list(shape),
        "affine": affine.reshape(-1).tolist(),
        "vmax": 0.8,
        "signed": method == "shap",
        "completeness_error": 0.03 if method == "shap" else None,
    }
    return MadeHeatmap(entry, np.asarray(np.round(value * 127), np.int8))


def encode_jpeg(image: NDArray[np.uint8]) -> bytes:
    """Return baseline JPEG bytes, quality 90."""
    buffer = io.BytesIO()
    Image.fromarray(image).save(buffer, "JPEG", quality=90)
    return buffer.getvalue()
