"""From one uploaded file to one stored image: checked, de-identified, on the disk."""

import hashlib
from dataclasses import dataclass
from functools import lru_cache

from inference.io.headers import FrameHeader
from webapp.imaging import store
from webapp.imaging.archives import Content
from webapp.imaging.dicom import decoding, masking, parsing, pixels, screening, videos
from webapp.imaging.dicom.deidentify import Deidentifier
from webapp.imaging.dicom.describe import Facts, describe, header_of
from webapp.imaging.dicom.objects import Clean, Identity, described
from webapp.imaging.dicom.parsing import Source
from webapp.imaging.dicom.pictures import SECONDARY_CAPTURE
from webapp.imaging.dicom.pixels import LOSSY, VIDEOS, Layout
from webapp.imaging.dicom.videos import Waiting


@dataclass(frozen=True, slots=True)
class StoredImage:
    """An image in the store, and what its case needs to know about it.

    Parameters
    ----------
    file
        The file's name in the upload, for the report only.
    frames
        Offset in the stored file and length of each frame in bytes.
    names_unchecked
        Whether the pixels may show a name and nobody has looked.
    """

    file: str
    sha256: str
    size: int
    identity: Identity
    layout: Layout
    syntax: str
    frames: tuple[tuple[int, int], ...]
    facts: Facts
    names_unchecked: bool = False

    @property
    def format(self) -> tuple[object, ...]:
        """What all frames of one series have in common: size and kind of pixel."""
        plan = self.layout
        return (
            plan.rows, plan.columns, plan.samples, plan.bits_allocated, plan.bits_stored,
            plan.signed, plan.photometric,
        )  # fmt: skip

    @property
    def lossy(self) -> bool:
        """Whether the pixels were ever compressed with loss."""
        return self.syntax in LOSSY or self.facts.lossy

    @property
    def is_picture(self) -> bool:
        """Whether it is a picture of unknown kind, about which people know better."""
        return self.identity.sop_class == SECONDARY_CAPTURE

    @property
    def is_clip(self) -> bool:
        """Whether the frames follow each other in time at one place."""
        return self.facts.is_clip

    @property
    def is_localizer(self) -> bool:
        """Whether it only shows where other images were taken."""
        return self.facts.is_localizer

    @property
    def planes(self) -> tuple[FrameHeader, ...]:
        """The frames as sorting sees them."""
        return self.facts.planes


def clean_dicom(
    content: Content,
    deidentifier: Deidentifier,
    *,
    pixels_checked: bool,
    waiting: Waiting = lambda: None,
) -> tuple[Source, Clean]:
    """Check and de-identify one DICOM file; return it as it came and as it may be stored.

    Parameters
    ----------
    waiting
        Called about twice a second while a video is decoded.

    Raises
    ------
    Refusal
        With the reason, or why the file is held back.
    """
    source = parsing.parse(content)
    sop_class = screening.sop_class(source)
    layout = pixels.layout(source)
    held = screening.screen(source.header, sop_class)
    if held is not None and not pixels_checked:
        raise held
    fingerprint = lru_cache(lambda: hashlib.sha256(content).hexdigest())
    changed: dict[int, bytes] = {}
    if source.syntax in VIDEOS:
        video = videos.unwrapped(source, layout, waiting)
        layout, arranged, changed = video.layout, video.pixels, video.elements
    else:
        arranged = pixels.arrange(source, layout)
    clean = deidentifier.clean(
        source,
        layout,
        arranged,
        fingerprint=fingerprint,
        changed=changed,
        pixels_checked=held is not None,
    )
    decoding.check(clean)
    if not pixels_checked and screening.shows_text_outside(source.header, sop_class):
        plan, blackened = masking.masked(clean)
        changed |= described(plan)
        clean = deidentifier.clean(
            source, plan, blackened, fingerprint=fingerprint, changed=changed, pixels_cleaned=True
        )
    return source, clean


def put(file: str, clean: Clean) -> StoredImage:
    """Store a de-identified file.

    Raises
    ------
    Unavailable
        If the disk is full.
    """
    sha256, size = store.put(clean.parts)
    return StoredImage(
        file=file,
        sha256=sha256,
        size=size,
        identity=clean.identity,
        layout=clean.layout,
        syntax=str(clean.syntax),
        frames=tuple(clean.frames),
        facts=describe(header_of(clean.header), sha256),
        names_unchecked=clean.names_unchecked,
    )
