"""Whether compressed frames really decode, so that a broken one is refused and not shown black."""

from pydicom.dataset import Dataset, FileMetaDataset

from inference.errors import UnusableInput
from inference.io.check import decodable
from webapp.imaging.dicom.describe import header_of
from webapp.imaging.dicom.objects import Clean
from webapp.imaging.dicom.pixels import COMPRESSED
from webapp.imaging.rejection import Code, Refusal

_VALUE = 12  # bytes of tag, VR and length before the value of Pixel Data


def dataset_of(image: Clean) -> Dataset:
    """Return a file that isn't stored yet as a data set whose pixels can be decoded."""
    dataset = header_of(image.header)
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = image.syntax
    _meta_and_header, element, *rest = image.parts
    dataset.PixelData = b"".join([element[_VALUE:], *rest])
    dataset["PixelData"].is_undefined_length = image.syntax in COMPRESSED
    return dataset


def check(image: Clean) -> None:
    """Decode the first, middle and last frame of compressed pixels.

    Raises
    ------
    Refusal
        ``undecodable`` if one of them doesn't decode.
    """
    if image.syntax not in COMPRESSED:
        return
    try:
        decodable(dataset_of(image))
    except UnusableInput:
        raise Refusal(Code.UNDECODABLE) from None
