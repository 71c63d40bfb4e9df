"""What a person has marked on the images before a run."""

import math
from dataclasses import dataclass

from inference.contracts.geometry import Box
from inference.errors import UnusableInput

Polygon = tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class LesionInput:
    """A lesion box given by a person: centre and full size in mm, LPS.

    Without geometry x, y, dx and dy are pixels, z and dz slices or frames counted from 0.

    Raises
    ------
    UnusableInput
        ``bad_lesion`` if a number isn't finite or a size isn't above 0.
    """

    centre_mm: tuple[float, float, float]
    size_mm: tuple[float, float, float]

    def __post_init__(self) -> None:
        if not all(math.isfinite(number) for number in (*self.centre_mm, *self.size_mm)):
            raise UnusableInput("bad_lesion", "A lesion box needs six finite numbers.")
        if min(self.size_mm) <= 0:
            raise UnusableInput(
                "bad_lesion",
                f"A lesion box needs sizes above 0, found {min(self.size_mm):g}.",
            )

    @property
    def box(self) -> Box:
        """The same as a `Box`."""
        return Box(*self.centre_mm, *self.size_mm)


@dataclass(frozen=True)
class Outline:
    """A lesion drawn by a person on one frame of one clip.

    Parameters
    ----------
    lesion
        Corners (column, row) in pixels of the frame, at least three.
    background
        Liver beside the lesion, drawn likewise; None when not drawn.
    image
        Position of the clip in `Exam.clips`.
    frame
        Frame within the clip, from 0.

    Raises
    ------
    UnusableInput
        ``bad_outline`` for fewer than three corners, numbers that aren't finite or a position
        below 0.
    """

    lesion: Polygon
    background: Polygon | None = None
    image: int = 0
    frame: int = 0

    def __post_init__(self) -> None:
        for polygon in (self.lesion, self.background):
            if polygon is not None and len(polygon) < 3:
                raise UnusableInput(
                    "bad_outline",
                    f"An outline needs at least three corners, found {len(polygon)}.",
                )
            if not all(math.isfinite(value) for corner in polygon or () for value in corner):
                raise UnusableInput("bad_outline", "The corners of an outline are finite numbers.")
        if min(self.image, self.frame) < 0:
            raise UnusableInput("bad_outline", "Image and frame of an outline count from 0.")


@dataclass(frozen=True)
class Marks:
    """Boxes and outlines given by a person, the index lesion first."""

    lesions: tuple[LesionInput, ...] = ()
    outlines: tuple[Outline, ...] = ()
