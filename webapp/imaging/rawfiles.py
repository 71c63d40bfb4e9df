"""The bytes of an upload on their way, and the one file name that goes with them."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from django.utils.translation import gettext as _

from webapp.core.errors import Conflict
from webapp.core.home import home_path
from webapp.imaging.models import UploadSession


def raw_path(upload: UploadSession) -> Path:
    """Return where the bytes of an upload arrive."""
    return home_path("uploads", f"{upload.pk}.part")


def create(upload: UploadSession, filename: str) -> None:
    """Make the empty file, and note what it is called until it is destroyed."""
    raw_path(upload).touch(mode=0o600)
    _name_path(upload).write_text(filename, "utf-8")


def name_of(upload: UploadSession) -> str:
    """Return what the uploader called a single file, or an archive."""
    return _name_path(upload).read_text("utf-8") or _("file")


def destroy(upload: UploadSession) -> None:
    """Destroy the bytes and the name."""
    raw_path(upload).unlink(missing_ok=True)
    _name_path(upload).unlink(missing_ok=True)


@contextmanager
def exclusive(upload: UploadSession) -> Iterator[BinaryIO]:
    """Open the bytes for writing, for one request at a time.

    Raises
    ------
    Conflict
        ``busy`` if another window is sending, ``not_open`` if the bytes are gone.
    """
    try:
        file = raw_path(upload).open("r+b")
    except FileNotFoundError:
        raise Conflict(
            _("This upload is complete; nothing can be added to it."), code="not_open"
        ) from None
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Conflict(
                _("Another window is sending this upload. Close it or wait."), code="busy"
            ) from None
        yield file


def _name_path(upload: UploadSession) -> Path:
    return raw_path(upload).with_suffix(".name")
