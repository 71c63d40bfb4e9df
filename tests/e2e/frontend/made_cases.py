"""The synthetic cases the viewer tests open, by name."""

from functools import cache

import numpy as np

from tests.e2e.frontend.synthetic_case import (
    IDENTITY,
    MadeCase,
    MadeSeries,
    affine_of,
    blob_volume,
    box_heatmap,
    ct_series,
    encode_jpeg,
    pixel_format,
)

BLOB_MM = (-40.0, 10.0, 60.0)
"""Centre of the bright sphere in patient coordinates of the four-phase case."""

OTHER_FRAME_SHIFT_MM = 500.0
"""How far the delayed phase's origin lies from the others' along z: another frame of reference."""

PHASES = {
    "non_contrast": (55.0, 45.0),
    "arterial": (70.0, 150.0),
    "portal_venous": (110.0, 105.0),
    "delayed": (95.0, 70.0),
}
"""Liver and lesion in HU for each phase."""


@cache
def four_phases() -> MadeCase:
    """Return a four-phase CT; the delayed phase has another frame of reference and spacing."""
    series = []
    for phase, (liver, lesion) in PHASES.items():
        other = phase == "delayed"
        step, depth = (3.0, 40) if other else (5.0, 24)
        shift = OTHER_FRAME_SHIFT_MM if other else 0.0
        affine = affine_of(IDENTITY, (1.5, 1.5), (-190.0, -190.0, shift), step)
        blob = (BLOB_MM[0], BLOB_MM[1], BLOB_MM[2] + shift)
        volume = blob_volume(affine, (depth, 256, 256), blob, lesion, liver)
        series.append(
            ct_series(
                phase,
                affine=affine,
                orientation=IDENTITY,
                spacing_rc=(1.5, 1.5),
                volume=volume,
                frame_of_reference="other" if other else "shared",
            )
        )
    arterial, portal = series[1], series[2]
    return MadeCase(
        series=tuple(reversed(series)),
        heatmaps=(
            box_heatmap(arterial, BLOB_MM, "cam"),
            box_heatmap(portal, BLOB_MM, "cam", flipped=True),
            box_heatmap(arterial, BLOB_MM, "shap"),
        ),
        lesions=(
            {
                "box_mm": [*BLOB_MM, 24.0, 24.0, 24.0],
                "box_px": [88, 121, 10, 104, 137, 15],
                "confidence": 0.93,
                "source": "detected",
                "series": arterial.id,
            },
        ),
    )


@cache
def oblique_mr() -> MadeCase:
    """Return one oblique, anisotropic MR series (MR: no HU) with a blob and a map on it."""
    angle = np.deg2rad(25)
    row = (float(np.cos(angle)), 0.0, float(np.sin(angle)))
    orientation = (*row, 0.0, 1.0, 0.0)
    affine = affine_of(orientation, (1.2, 0.8), (-70.0, -95.0, -20.0), 4.0)
    blob = tuple((affine @ np.array([70.0, 90.0, 9.0, 1.0]))[:3].tolist())
    volume = blob_volume(affine, (18, 160, 176), blob, 500.0, 200.0)
    series = ct_series(
        "arterial",
        affine=affine,
        orientation=orientation,
        spacing_rc=(1.2, 0.8),
        volume=volume,
        frame_of_reference="mr",
        modality="MR",
    )
    return MadeCase(series=(series,), heatmaps=(box_heatmap(series, blob, "cam"),))


@cache
def jpeg_slices() -> MadeCase:
    """Return grey baseline JPEG slices without spacing, HU or geometry."""
    y, x = np.mgrid[:200, :240]
    frames = tuple(
        encode_jpeg(np.where(np.hypot(x - 100, y - 90) < 10 + n, 210, 60).astype(np.uint8))
        for n in range(12)
    )
    entry = {
        **four_phases().series[0].entry,
        "label": "JPEG slices",
        "phase": None,
        "phase_confidence": None,
        "calibrated": False,
        "lossy": True,
        "content_type": "image/jpeg",
        "pixel": pixel_format(200, 240, bits=8, signed=False),
        "rescale": {"slope": 1.0, "intercept": 0.0},
        "spacing_mm": None,
        "orientation": None,
        "frame_of_reference": None,
        "frames": [{"position_mm": None}] * len(frames),
    }
    return MadeCase(series=(MadeSeries("s-jpeg", frames, entry),))


@cache
def ultrasound_clip() -> MadeCase:
    """Return a colour clip of 20 frames, raw RGB, 50 ms each."""
    y, x = np.mgrid[:180, :240]
    frames = []
    for n in range(20):
        grey = np.where(np.hypot(x - 60 - 5 * n, y - 90) < 20, 220, 40).astype(np.uint8)
        frames.append(np.stack([grey, grey // 2, grey // 3], -1).tobytes())
    entry = {
        **jpeg_slices().series[0].entry,
        "label": "Clip",
        "modality": "US",
        "lossy": False,
        "content_type": "application/octet-stream; transfer-syntax=1.2.840.10008.1.2.1",
        "pixel": pixel_format(180, 240, bits=8, signed=False, samples=3),
        "frame_time_ms": 50.0,
        "frames": [{"position_mm": None}] * len(frames),
    }
    return MadeCase(series=(MadeSeries("s-clip", tuple(frames), entry),))


CASES = {
    "four-phases": four_phases,
    "oblique": oblique_mr,
    "jpeg": jpeg_slices,
    "clip": ultrasound_clip,
}
