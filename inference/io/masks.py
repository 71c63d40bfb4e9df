"""Masks of organs: NIfTI files of labelled cohorts, and DICOM Segmentation objects.

A cohort folder keeps them beside the cases as ``labels/<case>/<name>-<phase>.nii.gz``.
"""

from pathlib import Path

import numpy as np
import pydicom
import SimpleITK as sitk
from numpy.typing import NDArray

from inference.contracts import Geometry
from inference.errors import UnusableInput
from inference.io.headers import item, numbers

FOLDER = "labels"
LIVER = "liver"
"""Name of the liver's masks."""

Mask = NDArray[np.bool_]


def mask_file(cohort: Path, case: str, name: str, phase: str) -> Path:
    """Return where a cohort keeps a mask, whether it is there or not."""
    return cohort / FOLDER / case / f"{name}-{phase}.nii.gz"


def write_mask(path: Path, mask_zyx: Mask, geometry: Geometry) -> None:
    """Write a mask (z, y, x) as compressed NIfTI, its folder made if needed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    image = sitk.GetImageFromArray(mask_zyx.astype(np.uint8))
    spacing = np.array(geometry.spacing_mm)
    image.SetSpacing(spacing.tolist())
    image.SetOrigin(geometry.affine[:3, 3].tolist())
    image.SetDirection((geometry.affine[:3, :3] / spacing).ravel().tolist())
    sitk.WriteImage(image, str(path), useCompression=True)


def read_mask(path: Path) -> tuple[Mask, Geometry]:
    """Read a NIfTI mask; whatever isn't 0 belongs to it.

    Raises
    ------
    UnusableInput
        ``bad_mask`` if the file can't be read.
    """
    try:
        image = sitk.ReadImage(str(path))
    except RuntimeError as error:
        raise UnusableInput("bad_mask", "A mask of the cohort isn't a readable NIfTI.") from error
    mask: Mask = sitk.GetArrayFromImage(image) != 0
    affine = np.eye(4)
    affine[:3, :3] = np.reshape(image.GetDirection(), (3, 3)) * np.array(image.GetSpacing())
    affine[:3, 3] = image.GetOrigin()
    return mask, Geometry(affine, mask.shape)


def read_segmentation(path: Path) -> dict[str, tuple[Mask, Geometry]]:
    """Read the segments of a DICOM Segmentation (PS3.3 A.51) of parallel, evenly spaced planes.

    Returns
    -------
    dict
        By label, the mask (z, y, x) and where it lies; planes a segment leaves out are empty.

    Raises
    ------
    UnusableInput
        ``bad_mask`` if it isn't such an object.
    """
    dataset = pydicom.dcmread(path)
    shared = item(dataset, "SharedFunctionalGroupsSequence")
    measures, plane = (
        item(shared, "PixelMeasuresSequence"),
        item(shared, "PlaneOrientationSequence"),
    )
    spacing = None if measures is None else numbers(measures, "PixelSpacing", 2)
    axes = None if plane is None else numbers(plane, "ImageOrientationPatient", 6)
    if dataset.get("Modality") != "SEG" or spacing is None or axes is None:
        raise UnusableInput("bad_mask", "The file isn't a DICOM segmentation of parallel planes.")
    frames = dataset.pixel_array.reshape(-1, dataset.Rows, dataset.Columns) != 0
    groups = dataset.PerFrameFunctionalGroupsSequence
    places = np.array([group.PlanePositionSequence[0].ImagePositionPatient for group in groups])
    numbers_of = [
        group.SegmentIdentificationSequence[0].ReferencedSegmentNumber for group in groups
    ]
    row, column = np.array(axes[:3]), np.array(axes[3:])
    heights = np.round(places @ np.cross(row, column), 3)
    levels = np.unique(heights)
    step = float(np.diff(levels).mean()) if len(levels) > 1 else 1.0
    affine = np.eye(4)
    affine[:3, 0], affine[:3, 1] = row * spacing[1], column * spacing[0]
    affine[:3, 2] = np.cross(row, column) * step
    affine[:3, 3] = places[int(np.argmin(heights))]
    found = {}
    for segment in dataset.SegmentSequence:
        mask = np.zeros((len(levels), *frames.shape[1:]), np.bool_)
        for frame, height, number in zip(frames, heights, numbers_of, strict=True):
            if number == segment.SegmentNumber:
                mask[int(np.searchsorted(levels, height))] |= frame
        found[str(segment.SegmentLabel)] = (mask, Geometry(affine, mask.shape))
    return found
