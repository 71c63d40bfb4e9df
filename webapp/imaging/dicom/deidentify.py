"""De-identification: a new header built from the whitelist, the pixels passed on as given.

Basic Application Level Confidentiality Profile with the Retain Patient Characteristics Option
(PS3.15 annex E), as recorded in (0012,0063) and (0012,0064). UIDs are replaced by keyed hashes:
the same image of the same owner always gets the same UID, and nobody without this
installation's secret can find out which original it stands for.
"""

import hmac
import uuid
from collections.abc import Callable, Mapping

from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from webapp.imaging.dicom import screening, writing
from webapp.imaging.dicom.cleaning import OLDEST, years
from webapp.imaging.dicom.objects import Clean, Identity, finished, joined
from webapp.imaging.dicom.parsing import Source, raw, text
from webapp.imaging.dicom.pixels import Layout, Pixels
from webapp.imaging.dicom.whitelist import SEQUENCES, Remap, rules

DEEPEST = 8
STUDY, SERIES, SOP, FRAME_OF_REFERENCE = 0x0020000D, 0x0020000E, 0x00080018, 0x00200052
_SIGNED_WITH_PIXELS = (0x00280120, 0x00280121)  # VR "US or SS"
_SEXES = ("M", "F", "O")


def keyed_remap(secret: str, scope: str) -> Remap:
    """Return a function that replaces UIDs by ``2.25.`` ones (PS3.5 annex B.2).

    Parameters
    ----------
    secret
        This installation's secret.
    scope
        Owner and project: two owners of the same image can't tell that the other has it.
    """
    key = hmac.digest(secret.encode(), f"uid:{scope}".encode(), "sha256")

    def remap(uid: str) -> str:
        drawn = hmac.digest(key, uid.encode("utf-8", "surrogateescape"), "sha256")[:16]
        return f"2.25.{uuid.UUID(bytes=drawn, version=5).int}"

    return remap


class Deidentifier:
    """Writes new headers for one owner's files."""

    def __init__(self, remap: Remap) -> None:
        self._remap = remap
        self._rules = rules(remap)

    def clean(
        self,
        source: Source,
        layout: Layout,
        pixels: Pixels,
        *,
        fingerprint: Callable[[], str],
        changed: Mapping[int, bytes] | None = None,
        pixels_checked: bool = False,
        pixels_cleaned: bool = False,
    ) -> Clean:
        """Build the stored file of an image.

        Parameters
        ----------
        source, layout, pixels
            The file as it came, how its pixels are laid out, and its pixels ready to be written.
        fingerprint
            Called where the file has no UIDs: a hash of its content.
        changed
            Encoded elements that say other than the header how the pixels are stored.
        pixels_checked
            Whether a person has confirmed that no name shows in the pixels.
        pixels_cleaned
            Whether parts of the picture were blackened.
        """
        elements = self._kept(source.header, layout.signed) | dict(changed or {})
        if pixels_checked or pixels_cleaned:
            elements[screening.BURNED_IN] = writing.element(screening.BURNED_IN, "CS", b"NO")
        identity = self._identity(source, fingerprint)
        return finished(elements, identity, layout, pixels, pixels_cleaned=pixels_cleaned)

    def _identity(self, source: Source, fingerprint: Callable[[], str]) -> Identity:
        """Remap study, series and instance; the nearest known UID stands in for a missing one."""
        header = source.header
        sop = text(header, SOP) or f"content {fingerprint()}"
        space = text(header, FRAME_OF_REFERENCE)
        series = text(header, SERIES) or f"series of {space or sop}"
        study = text(header, STUDY) or f"study of {space or series}"
        sop_class = screening.sop_class(source)
        sex = text(header, 0x00100040)
        return Identity(
            study_uid=self._remap(study),
            series_uid=self._remap(series),
            sop_uid=self._remap(sop),
            sop_class=sop_class,
            modality=screening.modality(header, sop_class),
            age_years=_age(header),
            sex=sex if sex in _SEXES else "",
        )

    def _kept(self, dataset: Dataset, signed: bool, depth: int = 0) -> dict[int, bytes]:
        """Encode the whitelisted elements of a data set or sequence item, by tag."""
        kept: dict[int, bytes] = {}
        tags = [int(tag) for tag in dataset.keys()]  # noqa: SIM118 - iterating would decode
        for tag in tags:
            rule, element = self._rules.get(tag), raw(dataset, tag)
            if rule is None or element is None or not element.value:
                continue
            value = rule.clean(bytes(element.value), element.is_little_endian)
            if value:
                vr = "SS" if signed and tag in _SIGNED_WITH_PIXELS else rule.vr
                kept[tag] = writing.element(tag, vr, value)
        # Sequences come last: opening one makes pydicom decode elements beside it.
        if depth < DEEPEST:
            for tag in SEQUENCES.intersection(tags):
                items = (self._kept(item, signed, depth + 1) for item in _items(dataset, tag))
                kept[tag] = writing.sequence(tag, (joined(item) for item in items))
        return kept


def _items(dataset: Dataset, tag: int) -> Sequence:
    """Return the items of a sequence, none where it is malformed."""
    try:
        value = dataset[tag].value
    except Exception:  # whatever pydicom makes of hostile bytes
        value = None
    return value if isinstance(value, Sequence) else Sequence()


def _age(header: Dataset) -> int | None:
    """Age at the examination in whole years, from Patient's Age or the date of birth."""
    written = years(text(header, 0x00101010))
    if written is not None:
        return written
    born, seen = text(header, 0x00100030)[:8], text(header, 0x00080020)[:8]
    if len(born) == len(seen) == 8 and born.isdecimal() and seen.isdecimal() and born <= seen:
        return min(OLDEST, (int(seen) - int(born)) // 10_000)
    return None
