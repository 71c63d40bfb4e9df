"""Between the keys that inference uses for images and the series and frames that viewers know.

A volume is a series of its own. A clip may share one with others, as the stills of an examination
do; its key then says at which frame of the series it begins.
"""

from typing import NamedTuple

from inference.contracts import ContrastPhase
from webapp.core.errors import NotFound
from webapp.imaging.models import Case, Series

AT = "@"


def clip_key(series: Series, first_frame: int) -> str:
    """Return the key of the clip that begins at a frame (from 0) of a series."""
    return f"{series.series_uid}{AT}{first_frame}"


class Place(NamedTuple):
    """Where a volume or clip lies: its series, and the frame there that is its own first one."""

    series: Series
    first_frame: int


class SeriesIndex:
    """The series of one case by `Volume.series_key` or `Clip.series_key`."""

    def __init__(self, case: Case) -> None:
        self._by_key = {series.series_uid: series for series in case.series.all()}

    def place(self, key: str) -> Place:
        """Return where a volume or clip lies.

        Raises
        ------
        NotFound
            If the case has no such series.
        """
        uid, _at, frame = key.partition(AT)
        return Place(self.find(uid), int(frame or 0))

    def find(self, series_key: str) -> Series:
        """Return the series of a key; ``uid#2`` is the second volume of the series ``uid``.

        Raises
        ------
        NotFound
            If the case has no such series.
        """
        series = self._by_key.get(series_key) or self._by_key.get(series_key.partition("#")[0])
        if series is None:
            raise NotFound("The result names a series that this case does not have.")
        return series

    def phases(self) -> dict[str, ContrastPhase]:
        """Return the contrast phase of each series that has one, as corrected by people."""
        return {
            key: ContrastPhase(series.phase)
            for key, series in self._by_key.items()
            if series.phase is not None
        }
