"""Every file of an upload, one after another: stored, refused or held back, never all in memory.

Hashing and the disk run in threads behind the parsing, at most `IN_FLIGHT` images ahead, so that
memory stays flat however many files there are.
"""

import hashlib
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field

from webapp.imaging import images
from webapp.imaging.archives import Member
from webapp.imaging.dicom import pictures
from webapp.imaging.dicom.deidentify import Deidentifier
from webapp.imaging.dicom.objects import Clean
from webapp.imaging.dicom.whitelist import Remap
from webapp.imaging.images import StoredImage
from webapp.imaging.kinds import Kind, kind_of
from webapp.imaging.phases import Notes
from webapp.imaging.rejection import Code, Refusal
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
        Called with the number of files done and in all.
    """

    remap: Remap
    pixels_checked: bool
    progress: Progress
    stored: list[StoredImage] = field(default_factory=list)
    refused: list[tuple[str, Refusal]] = field(default_factory=list)
    notes: Notes = field(default_factory=Notes)
    tables: list[Table] = field(default_factory=list)

    def take(self, members: Sequence[Member]) -> None:
        """Check, de-identify and store all files.

        Raises
        ------
        Unavailable
            If the disk is full; what was stored before stays without harm, found again next time.
        """
        done = 0
        with ThreadPoolExecutor(WRITERS, thread_name_prefix="store") as pool:
            pending: deque[Future[StoredImage]] = deque()
            try:
                for file, clean in self._cleaned(members):
                    if clean is not None:
                        pending.append(pool.submit(images.put, file, clean))
                    while len(pending) > IN_FLIGHT:
                        self.stored.append(pending.popleft().result())
                    done += 1
                    self.progress(done, len(members))
                self.stored += [future.result() for future in pending]
            finally:
                for future in pending:
                    future.cancel()

    def _cleaned(self, members: Sequence[Member]) -> Iterator[tuple[str, Clean | None]]:
        """Yield each file with its de-identified form, None where it was refused."""
        deidentifier = Deidentifier(self.remap)
        folders: dict[str, list[Member]] = {}
        for member in members:
            try:
                if is_table(member):
                    self.tables.append(read_table(member))
                    yield member.name, None
                    continue
                kind = kind_of(member.head())
                if kind is not Kind.DICOM:
                    folders.setdefault(member.folder, []).append(member)
                    continue
                yield member.name, self._dicom(member, deidentifier)
            except Refusal as refusal:
                self.refused.append((member.name, refusal))
                yield member.name, None
        for pictures_of_folder in folders.values():
            yield from self._pictures(pictures_of_folder)

    def _dicom(self, member: Member, deidentifier: Deidentifier) -> Clean:
        source, clean = images.clean_dicom(
            member.content(), deidentifier, pixels_checked=self.pixels_checked
        )
        self.notes.add(source.header, clean.identity)
        return clean

    def _pictures(self, members: list[Member]) -> Iterator[tuple[str, Clean | None]]:
        """Wrap the pictures of one leaf folder: one case with one series, in natural order."""
        folder = self._folder_digest(members)
        study, series = self.remap(f"study of {folder}"), self.remap(f"series of {folder}")
        first: Clean | None = None
        for number, member in enumerate(members, start=1):
            sop = self.remap(f"picture {number} of {folder}")
            try:
                content = bytes(member.content())
                clean = pictures.wrap(content, pictures.Place(study, series, sop, number))
                first = first or clean
                _same_size(clean, first)
            except Refusal as refusal:
                self.refused.append((member.name, refusal))
                yield member.name, None
            else:
                yield member.name, clean

    def _folder_digest(self, members: list[Member]) -> str:
        """Hash the content of a folder's pictures, so that the same folder is found again."""
        digest = hashlib.sha256()
        for member in members:
            try:
                digest.update(hashlib.sha256(member.content()).digest())
            except Refusal:
                continue  # it is refused with its reason in its turn
        return digest.hexdigest()


def _same_size(clean: Clean, first: Clean) -> None:
    found, expected = (f"{c.layout.columns} x {c.layout.rows}" for c in (clean, first))
    if found != expected:
        raise Refusal(Code.OTHER_SIZE, found=found, expected=expected)
