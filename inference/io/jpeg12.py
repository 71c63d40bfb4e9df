"""A pydicom plug-in for 12-bit JPEG Extended (1.2.840.10008.1.2.4.51), decoded by GDCM.

pydicom's own GDCM plug-in refuses 12 bits, and the one that takes them is under the GPL. GDCM
reads baseline-like 12-bit streams right; others (scan parameters that sequential JPEG forbids,
ITU-T T.81 table B.3) are refused here rather than decoded on a guess.
"""

import gdcm
from pydicom.pixels.decoders.base import DecodeRunner, get_decoder
from pydicom.uid import JPEGExtended12Bit

LABEL = "gdcm-12bit"
DECODER_DEPENDENCIES = {JPEGExtended12Bit: ("gdcm>=3.0.10",)}

_WHOLE_SPECTRUM = b"\x00\x3f\x00"
_START_OF_SCAN = b"\xff\xda"


def register() -> None:
    """Add the plug-in to pydicom's decoder, once per process."""
    decoder = get_decoder(JPEGExtended12Bit)
    if LABEL not in decoder.available_plugins:
        decoder.add_plugin(LABEL, (__name__, "decode_frame"))


def is_available(uid: str) -> bool:
    """Return whether the plug-in decodes a transfer syntax (asked by pydicom)."""
    return uid in DECODER_DEPENDENCIES


def decode_frame(source: bytes, runner: DecodeRunner) -> bytes:
    """Decode one frame of grey 12-bit JPEG.

    Parameters
    ----------
    source
        The JPEG stream.
    runner
        pydicom's description of the frame.

    Returns
    -------
    bytes
        Samples as 16-bit little-endian integers.

    Raises
    ------
    ValueError
        If the stream isn't sequential grey JPEG, or GDCM can't decode it.
    """
    scan = source.find(_START_OF_SCAN)
    end = scan + 2 + int.from_bytes(source[scan + 2 : scan + 4], "big")
    if scan < 0 or runner.samples_per_pixel != 1 or source[end - 3 : end] != _WHOLE_SPECTRUM:
        raise ValueError("not a sequential grey 12-bit JPEG stream")
    fragment = gdcm.Fragment()
    fragment.SetByteStringValue(source)
    fragments = gdcm.SequenceOfFragments.New()
    fragments.AddFragment(fragment)
    element = gdcm.DataElement(gdcm.Tag(0x7FE0, 0x0010))
    element.SetValue(fragments.__ref__())
    image = gdcm.Image()
    image.SetNumberOfDimensions(2)
    image.SetDimensions((runner.columns, runner.rows, 1))
    image.SetDataElement(element)
    kind = gdcm.PhotometricInterpretation.GetPIType(str(runner.photometric_interpretation))
    image.SetPhotometricInterpretation(gdcm.PhotometricInterpretation(kind))
    syntax = gdcm.TransferSyntax.GetTSType(str(JPEGExtended12Bit))
    image.SetTransferSyntax(gdcm.TransferSyntax(syntax))
    image.SetPixelFormat(
        gdcm.PixelFormat(
            1, 16, runner.bits_stored, runner.bits_stored - 1, runner.pixel_representation
        )
    )
    frame: bytes = image.GetBuffer().encode("utf-8", "surrogateescape")
    if len(frame) != runner.rows * runner.columns * 2:
        raise ValueError("GDCM could not decode the stream")
    runner.set_option("bits_allocated", 16)
    return frame
