"""Whether compressed frames really decode, so that a broken one is refused and not shown black."""

from pydicom.encaps import encapsulate
from pydicom.pixels import get_decoder

from webapp.imaging.dicom.pixels import COMPRESSED, Layout, Pixels
from webapp.imaging.rejection import Code, Refusal


def check(layout: Layout, pixels: Pixels) -> None:
    """Decode the first, middle and last frame of compressed pixels.

    Raises
    ------
    Refusal
        ``undecodable`` if one of them doesn't decode.
    """
    if pixels.syntax not in COMPRESSED:
        return
    # parts: element head, then item head and frame in turn, then the end of the sequence
    frames = pixels.parts[2:-1:2]
    chosen = {0, len(frames) // 2, len(frames) - 1}
    try:
        for index in sorted(chosen):
            _decode(layout, pixels.syntax, bytes(frames[index]))
    except Exception:  # each plug-in has its own errors
        raise Refusal(Code.UNDECODABLE) from None


def _decode(layout: Layout, syntax: str, frame: bytes) -> None:
    get_decoder(syntax).as_array(
        encapsulate([frame], has_bot=False),
        index=0,
        raw=True,
        rows=layout.rows,
        columns=layout.columns,
        number_of_frames=1,
        samples_per_pixel=layout.samples,
        photometric_interpretation=layout.photometric,
        planar_configuration=0,
        pixel_representation=int(layout.signed),
        bits_allocated=layout.bits_allocated,
        bits_stored=layout.bits_stored,
        pixel_keyword="PixelData",
    )
