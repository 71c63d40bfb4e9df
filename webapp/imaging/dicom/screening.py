"""Which DICOM objects are images to read, and which may show a name in their pixels."""

from pydicom.dataset import Dataset
from pydicom.uid import UID, UID_dictionary

from webapp.imaging.dicom.parsing import Source, text
from webapp.imaging.dicom.whitelist import MODALITIES
from webapp.imaging.rejection import Code, Refusal

_STORAGE = "1.2.840.10008.5.1.4.1.1."
# Storage SOP classes (PS3.4 annex B.5) of images, with the modality they imply. Segmentations,
# dose, reports and maps are left out on purpose: they say what somebody found in the images.
IMAGE_CLASSES = {
    f"{_STORAGE}{suffix}": modality
    for modality, suffixes in {
        "CT": ("2", "2.1", "2.2"),
        "MR": ("4", "4.1", "4.3", "4.4"),
        "US": ("3", "3.1", "6", "6.1"),
        "CR": ("1",),
        "DX": ("1.1",),
        "XA": ("12.1", "12.1.1"),
        "RF": ("12.2",),
        "NM": ("20",),
        "PT": ("128", "130"),
        "OT": ("7", "7.1", "7.2", "7.3", "7.4"),
    }.items()
    for suffix in suffixes
}
SECONDARY_CAPTURE = f"{_STORAGE}7"
_DEFAULT_CLASSES = {
    modality: f"{_STORAGE}{suffix}"
    for modality, suffix in {"CT": "2", "MR": "4", "US": "6.1", "CR": "1", "PT": "128"}.items()
}
SOP_CLASS, IMAGE_TYPE, MODALITY = 0x00080016, 0x00080008, 0x00080060
REGIONS, BURNED_IN = 0x00186011, 0x00280301


def sop_class(source: Source) -> str:
    """Return the SOP class of an image; a missing one follows from the modality.

    Raises
    ------
    Refusal
        ``not_an_image`` for segmentations, reports, plans and whatever else isn't an image.
    """
    header = source.header
    by_modality = _DEFAULT_CLASSES.get(text(header, MODALITY), SECONDARY_CAPTURE)
    declared = text(header, SOP_CLASS) or source.media_class or by_modality
    if declared not in IMAGE_CLASSES:
        kind = UID(declared).name if declared in UID_dictionary else "?"
        raise Refusal(Code.NOT_AN_IMAGE, kind=kind)
    return declared


def modality(header: Dataset, sop_class_uid: str) -> str:
    """Return the modality as written, or as the SOP class implies."""
    written = text(header, MODALITY)
    return written if written in MODALITIES else IMAGE_CLASSES[sop_class_uid]


def screen(header: Dataset, sop_class_uid: str) -> Refusal | None:
    """Say why a picture is to be held back until a person has looked at it; None if it isn't.

    Its pixels may show a name (PS3.15 annex E.3.1, Clean Pixel Data Option).
    """
    burned_in = text(header, BURNED_IN)
    if burned_in == "YES":
        return Refusal(Code.BURNED_IN_TEXT)
    captured = sop_class_uid.startswith(SECONDARY_CAPTURE) and IMAGE_CLASSES[sop_class_uid] == "OT"
    if captured or "SCREEN SAVE" in text(header, IMAGE_TYPE):
        return Refusal(Code.SECONDARY_CAPTURE)
    if shows_text_outside(header, sop_class_uid) and REGIONS not in header:
        return Refusal(Code.ULTRASOUND_WITHOUT_REGIONS)
    return None


def shows_text_outside(header: Dataset, sop_class_uid: str) -> bool:
    """Say whether names may stand beside the regions of an ultrasound picture."""
    ultrasound = IMAGE_CLASSES[sop_class_uid] == "US" or modality(header, sop_class_uid) == "US"
    return ultrasound and text(header, BURNED_IN) != "NO"
