"""Contrast phases of series, recognised from what their headers said before de-identification.

What is noted here lives as long as one ingest and is never stored: it holds times and free text.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from django.utils.translation import gettext_lazy as _
from pydicom.dataset import Dataset

from inference.io.headers import seconds
from inference.io.phases import PhaseGuess, Reason, SeriesHeaders, recognise_exam
from webapp.imaging.dicom.objects import Identity
from webapp.imaging.dicom.parsing import text
from webapp.imaging.volumes import Arranged

ACQUISITION_DATE_TIME, ACQUISITION_TIME = 0x0008002A, 0x00080032

REASONS = {
    Reason.SERIES_NAME: _("the series was named so"),
    Reason.PROTOCOL_NAME: _("the protocol was named so"),
    Reason.DELAY_IN_NAME: _("the delay stood in the series' name"),
    Reason.INJECTION_TIME: _("time since the injection"),
    Reason.BEFORE_INJECTION: _("acquired before the injection"),
    Reason.OTHER_SERIES: _("time between the series"),
    Reason.SEVERAL_PHASES_NAMED: _("the series' name fits several phases"),
    Reason.OTHER_MODALITY: _("only CT and MR have such phases"),
    Reason.NOTHING_TELLS: _("nothing tells"),
}


@dataclass
class Notes:
    """Header values of one upload's series, as they came."""

    _series: dict[str, SeriesHeaders] = field(default_factory=dict)
    _times: dict[str, float] = field(default_factory=dict)

    def add(self, header: Dataset, identity: Identity) -> None:
        """Note what one image's original header says; its series is read once."""
        if identity.series_uid not in self._series:
            self._series[identity.series_uid] = SeriesHeaders.from_dataset(header)
        for tag in (ACQUISITION_DATE_TIME, ACQUISITION_TIME):
            time_s = seconds(text(header, tag))
            if time_s is not None:
                self._times[identity.sop_uid] = time_s
                return

    def guesses(self, volumes: Sequence[Arranged]) -> dict[str, PhaseGuess]:
        """Return the phases of one case's volumes by key, without those nothing was noted of."""
        noted = [volume for volume in volumes if volume.first.identity.series_uid in self._series]
        found = recognise_exam([self._headers(volume) for volume in noted])
        return {volume.key: guess for volume, guess in zip(noted, found, strict=True)}

    def _headers(self, volume: Arranged) -> SeriesHeaders:
        first = volume.first.identity
        series = self._series[first.series_uid]
        time_s = self._times.get(first.sop_uid, series.acquisition_s)
        return replace(series, series_key=volume.key, acquisition_s=time_s)
