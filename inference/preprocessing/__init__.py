"""Pure functions between decoded images and network input. No state, no files."""

from inference.preprocessing.intensity import normalise, window_hu
from inference.preprocessing.spatial import crop_square, resample, resample_onto, resize

__all__ = ["crop_square", "normalise", "resample", "resample_onto", "resize", "window_hu"]
