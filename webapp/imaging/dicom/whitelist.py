"""The attributes that stay: what is needed to show, sort, measure and classify an image.

Everything else goes, known or not, at any depth: PS3.15 annex E Basic Application Level
Confidentiality Profile, done as a whitelist, with the Retain Patient Characteristics Option for
sex and age. No attribute that may hold free text, a date, a time or a name is in these tables.
"""

from collections.abc import Callable
from dataclasses import dataclass

from webapp.imaging.dicom.cleaning import (
    Cleaner,
    binary,
    codes,
    decimals,
    floats,
    integers,
    standard_uid,
    tag_pointers,
    uids,
    words,
)

LUT_MOST = 1 << 16  # entries of a lookup table, PS3.3 C.7.6.3.1.5

IMAGE_TYPES = (
    "ORIGINAL", "DERIVED", "PRIMARY", "SECONDARY", "AXIAL", "LOCALIZER", "MPR", "OTHER", "NONE",
    "NORM", "ND", "M", "P", "R", "I", "ADC", "DIFFUSION", "TRACEW", "T1", "T2", "T2_STAR",
    "PROJECTION IMAGE", "MIN IP", "MAX IP", "MIP", "VOLUME", "RESAMPLED", "MOTION", "PERFUSION",
    "DYNAMIC", "WATER", "FAT", "IN_PHASE", "OUT_PHASE", "OPP_PHASE", "MAGNITUDE", "PHASE",
    "MIXED", "REAL", "IMAGINARY", "ABDOMINAL", "SMALL PARTS", "CT_SOM5 SPI", "CT_SOM7 SPI",
    "SUBTRACTION", "ADDITION", "AVERAGE", "FILTERED", "SCREEN SAVE",
)  # fmt: skip
MANUFACTURERS = {
    "SIEMENS": "SIEMENS", "GE MEDICAL": "GE MEDICAL SYSTEMS", "GE HEALTHCARE": "GE HEALTHCARE",
    "PHILIPS": "PHILIPS", "TOSHIBA": "TOSHIBA", "CANON": "CANON", "HITACHI": "HITACHI",
    "FUJIFILM": "FUJIFILM", "SAMSUNG": "SAMSUNG", "MINDRAY": "MINDRAY", "ESAOTE": "ESAOTE",
    "SUPERSONIC": "SUPERSONIC IMAGINE", "UNITED IMAGING": "UNITED IMAGING", "UIH": "UNITED IMAGING",
    "NEUSOFT": "NEUSOFT", "READING ROOM": "READING ROOM",
}  # fmt: skip
MODALITIES = ("CT", "MR", "US", "CR", "DX", "PT", "NM", "XA", "RF", "OT")
RESCALE_UNITS = {"HU": "HU", "US": "US", "OD": "OD", "PCT": "PCT"}

Remap = Callable[[str], str]


@dataclass(frozen=True)
class Rule:
    """How one attribute is written: its VR, and what its value must pass."""

    vr: str
    clean: Cleaner


def rules(remap: Remap) -> dict[int, Rule]:
    """Return the rule of each attribute that stays; `remap` replaces UIDs."""
    table = {tag: Rule(vr, clean) for vr, clean, tags in _values() for tag in tags}
    new_uid = Rule("UI", uids(remap))
    table.update(dict.fromkeys(REMAPPED_UIDS, new_uid))
    return table


def _values() -> tuple[tuple[str, Cleaner, tuple[int, ...]], ...]:
    return (
        ("DS", decimals(6), DECIMALS),
        ("DS", decimals(1 << 10), (0x00181065, 0x00281050, 0x00281051)),
        ("IS", integers(4), INTEGERS),
        ("US", binary(2, 4), SHORTS),
        ("UL", binary(4, 8), LONGS),
        ("SL", binary(4, 1), (0x00186020, 0x00186022)),
        ("FD", floats(8, 8), DOUBLES),
        ("FL", floats(4, 8), FLOATS),
        ("OW", binary(2, LUT_MOST), LOOKUP_TABLES),
        ("AT", tag_pointers(2), (0x00280009, 0x00209165, 0x00209167)),
        ("UI", standard_uid, (0x00080016,)),
        ("CS", codes(IMAGE_TYPES, "OTHER"), (0x00080008, 0x00089007)),
        ("LO", words(MANUFACTURERS), (0x00080070,)),
        ("LO", words(RESCALE_UNITS), (0x00281054, 0x00283004)),
        *((("CS", codes(terms), (tag,))) for tag, terms in CODES.items()),
    )


REMAPPED_UIDS = (
    0x00200052,  # Frame of Reference
    0x00209161,  # Concatenation
    0x00209164,  # Dimension Organization
)
DECIMALS = (
    0x00180050,  # Slice Thickness
    0x00180060,  # KVP
    0x00180080, 0x00180081, 0x00180082, 0x00180084, 0x00180087,  # MR timing, field
    0x00180088,  # Spacing Between Slices
    0x00181060,  # Trigger Time
    0x00181063,  # Frame Time
    0x00181066,  # Frame Delay
    0x00181088,  # Heart Rate
    0x00181100, 0x00181110, 0x00181111, 0x00181120,  # CT reconstruction, gantry tilt
    0x00181164,  # Imager Pixel Spacing
    0x00181314,  # Flip Angle
    0x00182010,  # Nominal Scanned Pixel Spacing
    0x00200032, 0x00200037,  # Image Position, Image Orientation (Patient)
    0x00201041,  # Slice Location
    0x00280030,  # Pixel Spacing
    0x00281052, 0x00281053,  # Rescale Intercept, Slope
    0x00282112,  # Lossy Image Compression Ratio
)  # fmt: skip
INTEGERS = (
    0x00180086,  # Echo Number
    0x00180040, 0x00082144,  # Cine Rate, Recommended Display Frame Rate
    0x00082142, 0x00082143,  # Start, Stop Trim
    0x00200011, 0x00200012, 0x00200013,  # Series, Acquisition, Instance Number
    0x00200100, 0x00200105,  # Temporal Position, how many
    0x00201002,  # Images in Acquisition
    0x00280008,  # Number of Frames
    0x00280034,  # Pixel Aspect Ratio
)  # fmt: skip
SHORTS = (
    0x00280002, 0x00280006, 0x00280010, 0x00280011,  # samples, planes, rows, columns
    0x00280100, 0x00280101, 0x00280102, 0x00280103,  # bits, sign
    0x00280120, 0x00280121,  # Pixel Padding Value and Range Limit
    0x00281101, 0x00281102, 0x00281103, 0x00283002,  # descriptors of lookup tables
    0x00186012, 0x00186014, 0x00186024, 0x00186026,  # ultrasound regions: format, type, units
    0x00209156, 0x00209162, 0x00209163,  # frame acquisition number, concatenation
)  # fmt: skip
LONGS = (
    0x00186016, 0x00186018, 0x0018601A, 0x0018601C, 0x0018601E,  # ultrasound regions: corners
    0x00209057, 0x00209128, 0x00209157,  # stack, temporal and dimension positions
)  # fmt: skip
DOUBLES = (
    0x00186028, 0x0018602A, 0x0018602C, 0x0018602E,  # ultrasound regions: scale
    0x00189073, 0x00189220,  # acquisition, frame duration
    0x00189082, 0x00189087, 0x00189079,  # echo time, b-value, inversion times
)  # fmt: skip
FLOATS = (0x00189098,)
LOOKUP_TABLES = (
    0x00281201, 0x00281202, 0x00281203, 0x00281221, 0x00281222, 0x00281223,  # palettes
    0x00283006,
)  # fmt: skip
_COLOURS = (
    "MONOCHROME1", "MONOCHROME2", "PALETTE COLOR", "RGB", "YBR_FULL", "YBR_FULL_422", "YBR_RCT",
    "YBR_ICT",
)  # fmt: skip
_LOSSY_METHODS = (
    "ISO_10918_1", "ISO_14495_1", "ISO_15444_1", "ISO_15444_15", "ISO_13818_2",
    "ISO_14496_10", "ISO_23008_2",
)  # fmt: skip
CODES: dict[int, tuple[str, ...]] = {
    0x00080060: MODALITIES,
    0x00180020: ("SE", "IR", "GR", "EP", "RM"),  # Scanning Sequence
    0x00180021: ("SK", "MTC", "SS", "TRSS", "SP", "MP", "OSP", "NONE"),  # Sequence Variant
    0x00180023: ("2D", "3D"),  # MR Acquisition Type
    0x00185100: ("HFS", "HFP", "HFDR", "HFDL", "FFS", "FFP", "FFDR", "FFDL"),  # Patient Position
    0x00189075: ("DIRECTIONAL", "BMATRIX", "ISOTROPIC", "NONE"),  # Diffusion Directionality
    0x00280004: _COLOURS,  # Photometric Interpretation
    0x00280301: ("NO",),  # Burned In Annotation
    0x00281056: ("LINEAR", "LINEAR_EXACT", "SIGMOID"),  # VOI LUT Function
    0x00282110: ("00", "01"),  # Lossy Image Compression
    0x00282114: _LOSSY_METHODS,
    0x20500020: ("IDENTITY", "INVERSE"),  # Presentation LUT Shape
}
SEQUENCES = frozenset({
    0x00186011,  # Sequence of Ultrasound Regions
    0x52009229, 0x52009230,  # shared and per-frame functional groups
    0x00189114, 0x00189112, 0x00189117,  # MR echo, timing, diffusion
    0x00189226, 0x00189329,  # MR and CT image frame type
    0x00209111, 0x00209113, 0x00209116,  # frame content, plane position, plane orientation
    0x00209221, 0x00209222,  # dimensions
    0x00289110,  # Pixel Measures
    0x00289132, 0x00289145,  # frame VOI LUT, pixel value transformation
    0x00283000,  # Modality LUT
})  # fmt: skip
