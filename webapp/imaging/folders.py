"""Pictures and videos without DICOM: what lies in one leaf folder is one case."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from webapp.imaging.archives import Member
from webapp.imaging.dicom import pictures, videos
from webapp.imaging.dicom.objects import Clean
from webapp.imaging.dicom.pictures import Place
from webapp.imaging.dicom.videos import Waiting
from webapp.imaging.dicom.whitelist import Remap
from webapp.imaging.kinds import Kind
from webapp.imaging.models import PictureKind
from webapp.imaging.rejection import Code, Refusal

Outcome = tuple[str, Clean | Refusal]
"""A file's name, and what became of it."""


@dataclass(frozen=True)
class Loose:
    """A picture or a video of a folder."""

    member: Member
    kind: Kind


def wrapped(
    files: Sequence[Loose],
    remap: Remap,
    *,
    pictures_are: PictureKind,
    pixels_checked: bool,
    waiting: Waiting,
) -> Iterator[Outcome]:
    """Make DICOM of the files of one leaf folder, in their order.

    All pictures are one series, in natural order; each video is a series of its own, known by its
    content. The case is known by the content of all files, so that the same folder is found again.

    Parameters
    ----------
    pictures_are
        Kind of the pictures; the stored files don't say it, so that the same ones are found again.
    pixels_checked
        Whether a person has confirmed that no name shows in any of them.
    waiting
        Called about twice a second while a video is decoded.
    """
    digests = [_digest(file.member) for file in files]
    folder = hashlib.sha256(b"".join(digests)).hexdigest()
    study, series = remap(f"study of {folder}"), remap(f"series of {folder}")
    shown = [file for file in files if file.kind is Kind.PICTURE]
    kinds = zip(files, digests, strict=True)
    films = list(dict.fromkeys(digest for file, digest in kinds if file.kind is Kind.VIDEO))
    first: Clean | None = None
    for file, digest in zip(files, digests, strict=True):
        try:
            content = file.member.content()
            if file.kind is Kind.VIDEO:
                film = f"{digest.hex()} of {folder}"
                number = 2 + films.index(digest)  # pictures are the first series
                place = Place(study, remap(f"series of {film}"), remap(f"video {film}"), number)
                clean = videos.wrap(content, place, waiting)
            else:
                number = 1 + shown.index(file)
                place = Place(study, series, remap(f"picture {number} of {folder}"), number)
                clean = pictures.wrap(bytes(content), place)
                first = first or clean
                _same_size(clean, first)
                modality = pictures_are.value
                clean = replace(clean, identity=replace(clean.identity, modality=modality))
        except Refusal as refusal:
            yield file.member.name, refusal
        else:
            yield file.member.name, replace(clean, names_unchecked=not pixels_checked)


def _digest(member: Member) -> bytes:
    try:
        return hashlib.sha256(member.content()).digest()
    except Refusal:
        return b""  # it is refused with its reason in its turn


def _same_size(clean: Clean, first: Clean) -> None:
    found, expected = (f"{c.layout.columns} x {c.layout.rows}" for c in (clean, first))
    if found != expected:
        raise Refusal(Code.OTHER_SIZE, found=found, expected=expected)
