"""What an upload or a path holds: a folder, a ZIP, a tar or one file, as a flat list of members.

Nothing is unpacked to the names an archive gives: members are read one at a time into memory, or
into a nameless temporary file when large. Sizes are checked before anything is read.
"""

import mmap
import re
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath
from typing import IO

from inference.io.pictures import natural_key
from webapp.core.foreign_errors import FULL
from webapp.core.home import home_path
from webapp.imaging.rejection import Code, Refusal

Content = bytes | mmap.mmap
Opener = Callable[[], IO[bytes]]

HEAD = 1024
IN_MEMORY = 32 << 20
_SYSTEM_NAMES = {".ds_store", "thumbs.db", "desktop.ini", ".directory"}


@dataclass(frozen=True)
class Limits:
    """How much one upload may hold."""

    files: int = 20_000
    file_bytes: int = 2 << 30
    total_bytes: int = 32 << 30


@dataclass(frozen=True)
class Member:
    """One file of an upload.

    Parameters
    ----------
    name
        Path relative to the upload, with ``/``; shown to the uploader only, never stored.
    size
        Length in bytes as the archive or folder tells.
    open
        Opens the file for reading from its beginning.
    refusal
        Why it can't be read at all, known from the listing.
    """

    name: str
    size: int
    open: Opener
    refusal: Refusal | None = None

    @property
    def folder(self) -> str:
        """The member's folder, empty at the top."""
        return self.name.rpartition("/")[0]

    def head(self) -> bytes:
        """Return the first `HEAD` bytes.

        Raises
        ------
        Refusal
            If the member can't be read.
        """
        with self._readable() as file:
            return file.read(HEAD)

    def content(self) -> Content:
        """Return all bytes; a large file is mapped, not loaded.

        Raises
        ------
        Refusal
            If the member can't be read, or ends before its size.
        """
        with self._readable() as file:
            if self.size <= IN_MEMORY:
                return file.read(self.size)
            return _mapped(file, self.size)

    @contextmanager
    def _readable(self) -> Iterator[IO[bytes]]:
        if self.refusal is not None:
            raise self.refusal
        try:
            with self.open() as file:
                yield file
        except (zipfile.BadZipFile, tarfile.TarError, zlib.error, EOFError) as error:
            raise Refusal(Code.BROKEN_ARCHIVE) from error
        except NotImplementedError as error:  # a ZIP compression Python doesn't know
            raise Refusal(Code.BROKEN_ARCHIVE) from error
        except OSError as error:
            if error.errno in FULL:
                raise
            raise Refusal(Code.UNREADABLE) from error


def _mapped(file: IO[bytes], size: int) -> mmap.mmap:
    with tempfile.TemporaryFile(dir=home_path("uploads")) as spool:
        while size > 0 and (chunk := file.read(min(size, 1 << 20))):
            spool.write(chunk)
            size -= len(chunk)
        spool.flush()
        return mmap.mmap(spool.fileno(), 0, access=mmap.ACCESS_READ)


@contextmanager
def listing(path: Path, limits: Limits, name: str | None = None) -> Iterator[list[Member]]:
    """List what a path holds, in natural order.

    Parameters
    ----------
    path
        A folder, a ZIP, a tar or any other file.
    limits
        How much is taken.
    name
        What a single file is called in the report; its own name unless given.

    Raises
    ------
    Refusal
        ``unreadable``, ``broken_archive``, ``too_many_files``, ``bomb``: nothing of it is taken.
    """
    with ExitStack() as open_files:
        try:
            members = _checked(_members(path, name or path.name, open_files), limits)
        except (zipfile.BadZipFile, tarfile.TarError) as error:
            raise Refusal(Code.BROKEN_ARCHIVE) from error
        except OSError as error:
            raise Refusal(Code.UNREADABLE) from error
        yield members


def _members(path: Path, name: str, open_files: ExitStack) -> Iterator[Member]:
    if path.is_dir():
        yield from _folder(path)
        return
    with path.open("rb") as file:
        head = file.read(HEAD)
    if head[:4] in (b"PK\3\4", b"PK\5\6"):
        yield from _zip(open_files.enter_context(zipfile.ZipFile(path)))
    elif head[257:262] == b"ustar":
        yield from _tar(open_files.enter_context(tarfile.TarFile(path)))
    else:
        yield Member(name, path.stat().st_size, partial(_opened, path))


def _checked(members: Iterator[Member], limits: Limits) -> list[Member]:
    """Return the members in natural order, once the whole is within the limits."""
    found: list[Member] = []
    total = 0
    for member in members:
        found.append(member)
        total += member.size
        if len(found) > limits.files:
            raise Refusal(Code.TOO_MANY_FILES, limit=limits.files)
        if total > limits.total_bytes:
            gigabytes = [round(n / 2**30, 1) for n in (total, limits.total_bytes)]
            raise Refusal(Code.BOMB, size=gigabytes[0], limit=gigabytes[1])
    found.sort(key=lambda member: [natural_key(part) for part in member.name.split("/")])
    return [_screened(member, limits) for member in found]


def _screened(member: Member, limits: Limits) -> Member:
    """Refuse a member by what the listing says about it."""
    parts = PurePosixPath(member.name).parts
    code = None
    if member.refusal is not None:
        return member
    if not parts or parts[0] == "/" or ".." in parts or re.match(r"[A-Za-z]:", parts[0]):
        code = Code.UNSAFE_PATH
    elif parts[0] == "__MACOSX" or parts[-1].lower() in _SYSTEM_NAMES or parts[-1][:2] == "._":
        code = Code.SYSTEM_FILE
    elif member.size == 0:
        code = Code.EMPTY
    elif member.size > limits.file_bytes:
        refusal = Refusal(Code.TOO_LARGE, limit=limits.file_bytes >> 20)
        return Member(member.name, member.size, member.open, refusal)
    return Member(member.name, member.size, member.open, Refusal(code)) if code else member


def _folder(root: Path) -> Iterator[Member]:
    for path in root.rglob("*"):
        name, opener = path.relative_to(root).as_posix(), partial(_opened, path)
        if path.is_symlink() or not (path.is_dir() or path.is_file()):
            yield Member(name, 0, opener, Refusal(Code.LINK))
        elif path.is_file():
            yield Member(name, path.stat().st_size, opener)


def _opened(path: Path) -> IO[bytes]:
    return path.open("rb")


def _zip(archive: zipfile.ZipFile) -> Iterator[Member]:
    for info in archive.infolist():
        if info.is_dir():
            continue
        is_link = (info.external_attr >> 16) & 0o170000 == 0o120000
        refusal = Refusal(Code.ENCRYPTED) if info.flag_bits & 1 else None
        refusal = Refusal(Code.LINK) if is_link else refusal
        name = info.filename.replace("\\", "/")
        yield Member(name, info.file_size, partial(archive.open, info), refusal)


def _tar(archive: tarfile.TarFile) -> Iterator[Member]:
    for info in archive:
        if info.isdir():
            continue
        refusal = None if info.isreg() and not info.issparse() else Refusal(Code.LINK)

        yield Member(info.name, info.size, partial(_extracted, archive, info), refusal)


def _extracted(archive: tarfile.TarFile, info: tarfile.TarInfo) -> IO[bytes]:
    file = archive.extractfile(info)
    assert file is not None, "links were refused by the listing"
    return file
