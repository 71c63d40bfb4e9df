"""Lossless JPEG-LS (ITU-T T.87) by GDCM, for frames that would be too large as plain pixels."""

import gdcm
import numpy as np
from numpy.typing import NDArray


def encode_frame(frame: NDArray[np.uint8] | NDArray[np.uint16], bits_stored: int = 8) -> bytes:
    """Compress one frame without loss.

    Parameters
    ----------
    frame
        (y, x) grey, or (y, x, 3) RGB; unsigned.
    bits_stored
        Of each sample; no value needs more.

    Returns
    -------
    bytes
        The stream, one fragment of Pixel Data.

    Raises
    ------
    ValueError
        If GDCM does not take the frame.
    """
    samples = 3 if frame.ndim == 3 else 1
    # GDCM destroys an image that is not its writer's own while others still count on it.
    writer = gdcm.ImageWriter()
    image = writer.GetImage()
    image.SetNumberOfDimensions(2)
    image.SetDimensions((frame.shape[1], frame.shape[0], 1))
    meaning = "RGB" if samples == 3 else "MONOCHROME2"
    kind = gdcm.PhotometricInterpretation.GetPIType(meaning)
    image.SetPhotometricInterpretation(gdcm.PhotometricInterpretation(kind))
    bits = frame.itemsize * 8
    image.SetPixelFormat(gdcm.PixelFormat(samples, bits, bits_stored, bits_stored - 1, 0))
    if samples == 3:
        image.SetPlanarConfiguration(0)
    element = gdcm.DataElement(gdcm.Tag(0x7FE0, 0x0010))
    element.SetByteStringValue(np.ascontiguousarray(frame).tobytes())
    image.SetDataElement(element)
    change = gdcm.ImageChangeTransferSyntax()
    change.SetTransferSyntax(gdcm.TransferSyntax(gdcm.TransferSyntax.JPEGLSLossless))
    change.SetInput(image)
    if not change.Change():
        raise ValueError("GDCM could not encode the frame")
    fragments = change.GetOutput().GetDataElement().GetSequenceOfFragments()
    stream: str = fragments.GetFragment(0).GetByteValue().GetBuffer()
    return stream.encode("utf-8", "surrogateescape")
