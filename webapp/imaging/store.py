"""The image store: de-identified DICOM files, each named after the SHA-256 of its content.

A file is either there whole or not there at all: it is written under another name, flushed to
the disk (fsync) and then renamed. Its folder's entry is flushed by :func:`settle`, once for many
files, before the rows that point to them are committed.
"""

import hashlib
import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from django.utils.translation import gettext as _

from webapp.core.errors import Unavailable
from webapp.core.foreign_errors import FULL
from webapp.core.home import home_path

Part = bytes | memoryview


def path_of(sha256: str) -> Path:
    """Return where the file with this content hash lies."""
    return home_path("store", sha256[:2], f"{sha256}.dcm")


def put(parts: Sequence[Part]) -> tuple[str, int]:
    """Store a file given as parts to be written one after another.

    Returns
    -------
    sha256 : str
        Hash of the content, in hexadecimal.
    size : int
        Length in bytes.

    Raises
    ------
    Unavailable
        If the disk is full; nothing half-written is left.
    """
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part)
    size = sum(memoryview(part).nbytes for part in parts)
    target = path_of(digest.hexdigest())
    if not target.exists():
        try:
            _write(target, parts)
        except OSError as error:
            raise _as_domain_error(error) from error
    return digest.hexdigest(), size


def remove(sha256: str) -> None:
    """Destroy a file that no row points to any more."""
    path_of(sha256).unlink(missing_ok=True)


def settle(hashes: Iterable[str]) -> None:
    """Flush the folder entries of stored files, so that they survive a power cut."""
    folders = {path_of(sha256).parent for sha256 in hashes}
    for folder in {*folders, home_path("store")}:
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def sweep(before: float) -> int:
    """Remove what processes that were killed while writing have left, if older than a time.

    Parameters
    ----------
    before
        Seconds since the epoch.

    Returns
    -------
    int
        How many files were removed.
    """
    drafts = [path for path in home_path("store").glob("*/.*") if path.stat().st_mtime < before]
    for path in drafts:
        path.unlink(missing_ok=True)
    return len(drafts)


def damaged(hashes: Iterable[str]) -> Iterator[str]:
    """Yield the hashes whose file is missing or has other content, for ``manage.py doctor``."""
    for sha256 in hashes:
        try:
            with path_of(sha256).open("rb") as file:
                found = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError:
            found = ""
        if found != sha256:
            yield sha256


def _write(target: Path, parts: Sequence[Part]) -> None:
    target.parent.mkdir(mode=0o700, exist_ok=True)
    draft = target.with_name(f".{target.stem}.{os.getpid()}-{os.urandom(4).hex()}")
    try:
        with draft.open("xb", buffering=0) as file:
            for part in parts:
                _write_all(file.fileno(), memoryview(part).cast("B"))
            os.fsync(file.fileno())
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)


def _write_all(descriptor: int, view: memoryview) -> None:
    while view:
        view = view[os.write(descriptor, view) :]


def _as_domain_error(error: OSError) -> Exception:
    if error.errno in FULL:
        return Unavailable(
            _("The disk is full, so nothing was stored. Ask an administrator to make room."),
            code="disk_full",
        )
    return error
