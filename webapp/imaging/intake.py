"""Every file of an upload, one after another: stored, refused or held back, never all in memory.

Hashing and the disk run in threads behind the parsing, at most `IN_FLIGHT` images ahead, so that
memory stays flat however many files there are.
"""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field

from webapp.imaging import images
from webapp.imaging.archives import Member
from webapp.imaging.dicom.deidentify import Deidentifier
from webapp.imaging.dicom.objects import Clean
from webapp.imaging.dicom.whitelist import Remap
from webapp.imaging.folders import Loose, wrapped
from webapp.imaging.images import StoredImage
from webapp.imaging.kinds import Kind, kind_of
from webapp.imaging.models import PictureKind
from webapp.imaging.phases import Notes
from webapp.imaging.rejection import Refusal
from webapp.imaging.tables import Table, is_table, read_table

IN_FLIGHT = 6
WRITERS = 4

Progress = Callable[[int, int], None]


@dataclass
class Intake:
    """Takes the files of one upload.

    Parameters
    ----------
    remap
        Replaces UIDs, keyed for the owner.
    pixels_checked
        Whether a person has confirmed that no name shows in any picture.
    progress
        Called with the number of files done and in all; also while a long one is being done.
    pictures_are
        Kind of pictures without DICOM.
    """

    remap: Remap
    pixels_checked: bool
    progress: Progress
    pictures_are: PictureKind = PictureKind.SLICES
    stored: list[StoredImage] = field(default_factory=list)
    refused: list[tuple[str, Refusal]] = field(default_factory=list)
    notes: Notes = field(default_factory=Notes)
    tables: list[Table] = field(default_factory=list)
    _done: int = 0
    _total: int = 0

    def take(self, members: Sequence[Member]) -> None:
        """Check, de-identify and store all files.

        Raises
        ------
        Unavailable
            If the disk is full; what was stored before stays without harm, found again next time.
        """
        self._total = len(members)
        with ThreadPoolExecutor(WRITERS, thread_name_prefix="store") as pool:
            pending: deque[Future[StoredImage]] = deque()
            try:
                for file, clean in self._cleaned(members):
                    if clean is not None:
                        pending.append(pool.submit(images.put, file, clean))
                    while len(pending) > IN_FLIGHT:
                        self.stored.append(pending.popleft().result())
                    self._done += 1
                    self._tell()
                self.stored += [future.result() for future in pending]
            finally:
                for future in pending:
                    future.cancel()

    def _cleaned(self, members: Sequence[Member]) -> Iterator[tuple[str, Clean | None]]:
        """Yield each file with its de-identified form, None where it was refused."""
        deidentifier = Deidentifier(self.remap)
        folders: dict[str, list[Loose]] = {}
        for member in members:
            try:
                if is_table(member):
                    self.tables.append(read_table(member))
                    yield member.name, None
                    continue
                kind = kind_of(member.head())
                if kind is not Kind.DICOM:
                    folders.setdefault(member.folder, []).append(Loose(member, kind))
                    continue
                yield member.name, self._dicom(member, deidentifier)
            except Refusal as refusal:
                self.refused.append((member.name, refusal))
                yield member.name, None
        for files in folders.values():
            yield from self._loose(files)

    def _dicom(self, member: Member, deidentifier: Deidentifier) -> Clean:
        source, clean = images.clean_dicom(
            member.content(), deidentifier, pixels_checked=self.pixels_checked, waiting=self._tell
        )
        self.notes.add(source.header, clean.identity)
        return clean

    def _loose(self, files: list[Loose]) -> Iterator[tuple[str, Clean | None]]:
        """Take the pictures and videos of one leaf folder."""
        made = wrapped(
            files,
            self.remap,
            pictures_are=self.pictures_are,
            pixels_checked=self.pixels_checked,
            waiting=self._tell,
        )
        for name, outcome in made:
            if isinstance(outcome, Refusal):
                self.refused.append((name, outcome))
                yield name, None
            else:
                yield name, outcome

    def _tell(self) -> None:
        self.progress(self._done, self._total)
