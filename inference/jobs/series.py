"""From the series keys that inference uses to the series rows that viewers know."""

from inference.contracts import ContrastPhase
from webapp.core.errors import NotFound
from webapp.imaging.models import Case, Series


class SeriesIndex:
    """The series of one case by `inference.contracts.Volume.series_key`."""

    def __init__(self, case: Case) -> None:
        self._by_key = {series.series_uid: series for series in case.series.all()}

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
