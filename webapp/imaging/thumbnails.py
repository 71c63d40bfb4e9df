"""Small pictures of series, made once and kept beside the store."""

import os
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from inference.io.dicom import decode_frames, read_file
from webapp.core.home import home_path
from webapp.imaging import store
from webapp.imaging.models import Series

SIDE = 96
_PERCENTILES = (1, 99)


def path_for(series: Series) -> Path:
    """Return the thumbnail of a series, made now if there is none yet.

    Raises
    ------
    UnusableInput
        If the middle frame can't be decoded.
    """
    path = _path(series)
    if not path.exists():
        path.parent.mkdir(mode=0o700, exist_ok=True)
        draft = path.with_name(f".{path.stem}-{os.urandom(4).hex()}")
        _picture(series).save(draft, format="PNG")
        draft.replace(path)
    return path


def forget(series: Series) -> None:
    """Destroy the thumbnail of a series, because its pixels change."""
    _path(series).unlink(missing_ok=True)


def _path(series: Series) -> Path:
    return home_path("store", "thumbnails", f"{series.pk}-{series.revision}.png")


def _picture(series: Series) -> Image.Image:
    order = series.viewing["order"]
    position, frame = order[len(order) // 2]
    instance = series.instances.get(position=position)
    dataset = read_file(store.path_of(instance.sha256))
    values = next(iter(decode_frames(dataset, [frame])))
    inverted = series.viewing["pixel"]["photometric_interpretation"] == "MONOCHROME1"
    picture = Image.fromarray(_grey(values, series, inverted) if values.ndim == 2 else values)
    picture.thumbnail((SIDE, SIDE))
    return picture


def _grey(values: NDArray[np.generic], series: Series, inverted: bool) -> NDArray[np.uint8]:
    """Window stored values to 8 bits: as the scanner proposed, else by percentiles."""
    rescale, window = series.viewing["rescale"], series.viewing["window"]
    shown = values.astype(np.float32) * rescale["slope"] + rescale["intercept"]
    if window is not None:
        low = window["center"] - window["width"] / 2
        high = low + window["width"]
    else:
        low, high = np.percentile(shown, _PERCENTILES)
    scaled = np.clip((shown - low) / max(high - low, 1e-6), 0, 1)
    return np.asarray(255 * (1 - scaled if inverted else scaled), np.uint8)
