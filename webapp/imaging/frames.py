"""Frames of stored images, sent straight from the file; which bytes, a process remembers."""

import io
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from uuid import UUID

from django.utils.translation import gettext as _

from webapp.core.errors import NotFound, Unavailable
from webapp.imaging import store
from webapp.imaging.dicom.pixels import content_type
from webapp.imaging.models import Instance, Series

REMEMBERED_SERIES = 256


@dataclass(frozen=True, slots=True)
class FramePlace:
    """Where one frame lies: file, offset and length in bytes, media type."""

    path: Path
    offset: int
    length: int
    content_type: str


class FrameFile(io.FileIO):
    """A stored file that reads as if it held one frame only.

    A real file underneath, so that the server may send it without copying (sendfile).
    """

    def __init__(self, place: FramePlace) -> None:
        super().__init__(place.path, "rb")
        self.seek(place.offset)
        self._left = place.length

    def read(self, size: int | None = -1) -> bytes:
        """Read up to the end of the frame."""
        wanted = self._left if size is None or size < 0 else min(size, self._left)
        data = super().read(wanted) or b""
        self._left -= len(data)
        return data


def opened(place: FramePlace) -> FrameFile:
    """Open a frame for sending.

    Raises
    ------
    Unavailable
        If the stored file is gone.
    """
    try:
        return FrameFile(place)
    except FileNotFoundError:
        raise Unavailable(
            _("The stored image is missing. Tell an administrator: `manage.py doctor` names it."),
            code="file_missing",
        ) from None


def place_of(series_id: UUID, revision: int, number: int) -> FramePlace:
    """Find a frame by its number, from 0.

    Parameters
    ----------
    series_id, revision
        From the token: a series that has grown is looked up anew.

    Raises
    ------
    NotFound
        If the series has no such frame.
    """
    places = _index(series_id, revision)
    if not 0 <= number < len(places):
        raise NotFound(_("This series has no such frame. Reload the page."))
    return places[number]


@lru_cache(maxsize=REMEMBERED_SERIES)
def _index(series_id: UUID, revision: int) -> tuple[FramePlace, ...]:
    order = Series.objects.values_list("viewing__order", flat=True).filter(pk=series_id).first()
    files = list(Instance.objects.filter(series=series_id).order_by("position"))
    return tuple(_place(files[image], number) for image, number in order or ())


def _place(file: Instance, number: int) -> FramePlace:
    offset, length = file.frames[number]
    return FramePlace(
        store.path_of(file.sha256), offset, length, content_type(file.transfer_syntax)
    )
