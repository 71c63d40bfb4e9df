"""Nothing that identifies is left, everything an image needs is."""

from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.uid import CTImageStorage, ExplicitVRBigEndian, ImplicitVRLittleEndian

from tests.unit.imaging.made import REMAP, cleaned, encoded, read, stored_bytes
from tests.unit.inference_io.factories import dataset
from webapp.imaging.dicom.deidentify import keyed_remap

CANARY = "Zxqv^Wbkj"
TEXT_PLACES = (
    "PatientName", "PatientID", "PatientComments", "InstitutionName", "StudyDescription",
    "SeriesDescription", "ProtocolName", "ReferringPhysicianName", "OperatorsName", "StationName",
    "ImageComments", "AccessionNumber", "StudyID", "DeviceSerialNumber", "PerformedLocation",
    "Manufacturer", "RescaleType", "ImageType", "PatientSex", "BurnedInAnnotation", "StackID",
    "ContrastBolusAgent", "AdditionalPatientHistory", "PatientAddress", "DerivationDescription",
    "WindowCenterWidthExplanation", "ConvolutionKernel", "BodyPartExamined",
)  # fmt: skip
SEQUENCE_PLACES = (
    "SharedFunctionalGroupsSequence", "PixelMeasuresSequence", "PlanePositionSequence",
    "SequenceOfUltrasoundRegions", "ReferencedImageSequence", "RequestAttributesSequence",
    "ModalityLUTSequence", "FrameContentSequence", "DimensionIndexSequence", "IconImageSequence",
    "OriginalAttributesSequence",
)  # fmt: skip


@st.composite
def identifying(draw: st.DrawFn, depth: int = 3) -> Dataset:
    """Data sets with the canary in text, private and unknown elements, to some depth."""
    made = Dataset()
    for keyword in draw(st.lists(st.sampled_from(TEXT_PLACES), unique=True, max_size=6)):
        made.add_new(pydicom.datadict.tag_for_keyword(keyword), "LO", CANARY)
    if draw(st.booleans()):
        block = made.private_block(0x0009, CANARY, create=True)
        block.add_new(draw(st.integers(0, 0xFF)), draw(st.sampled_from(["LO", "UT"])), CANARY)
    if draw(st.booleans()):
        made.add_new(draw(st.integers(0x00110011, 0x001100FF)), "UN", CANARY.encode())
    if depth:
        for keyword in draw(st.lists(st.sampled_from(SEQUENCE_PLACES), unique=True, max_size=2)):
            items = draw(st.lists(identifying(depth - 1), min_size=1, max_size=2))
            setattr(made, keyword, Sequence(items))
    return made


@settings(max_examples=50, deadline=None)
@given(extra=identifying(), implicit=st.booleans())
def test_planted_names_are_gone_at_every_depth(extra: Dataset, implicit: bool) -> None:
    made = dataset(SOPInstanceUID="1.2.3")
    made.update(extra)
    if implicit:
        made.file_meta.TransferSyntaxUID = ImplicitVRLittleEndian
    for keyword in ("ImageType", "BurnedInAnnotation"):
        if keyword in made:
            made[keyword].VR = "CS"
    found = stored_bytes(cleaned(encoded(made)))
    assert CANARY.encode() not in found
    assert CANARY.upper().encode() not in found


def test_the_identifiable_file_keeps_nothing_that_identifies(shared_data: Path) -> None:
    path = shared_data / "odd/derived/ct_identifiable_dummy.dcm"
    content = path.read_bytes()
    original, found = pydicom.dcmread(path), stored_bytes(cleaned(content))
    for keyword in ("PatientID", "InstitutionName", "PatientBirthDate", "StudyInstanceUID"):
        value = str(original[keyword].value).encode()
        assert value in content
        assert value not in found
    for part in ("Müller", "山田", "花子"):
        assert part.encode("utf-8") in content
        assert part.encode("utf-8") not in found
    assert b"1994" not in found, "no date stays"


def test_preamble_and_file_meta_are_ours() -> None:
    content = bytearray(encoded())
    content[:128] = (CANARY * 20).encode()[:128]
    found = stored_bytes(cleaned(bytes(content)))
    assert found[:128] == bytes(128)
    assert b"PYDICOM" not in found


def test_curves_overlays_and_icons_are_gone() -> None:
    made = dataset()
    made.add_new(0x60000010, "US", 4)
    made.add_new(0x60003000, "OW", CANARY.encode() + b" ")
    made.add_new(0x50000010, "US", 1)
    made.IconImageSequence = Sequence([dataset()])
    found = read(cleaned(encoded(made)))
    assert not [element.tag for element in found if element.tag.group in (0x5000, 0x6000)]
    assert "IconImageSequence" not in found


def test_what_an_image_needs_stays() -> None:
    found = read(
        cleaned(encoded(RescaleType="HU", PatientPosition="HFS", Manufacturer="Siemens AG"))
    )
    assert found.ImagePositionPatient == [0, 0, 0]
    assert found.PixelSpacing == [0.8, 0.7]
    assert (found.RescaleSlope, found.RescaleIntercept, found.RescaleType) == (1, -1024, "HU")
    assert found.PatientPosition == "HFS"
    assert found.Manufacturer == "SIEMENS", "our spelling of a known word, not theirs"


def test_it_says_what_was_done() -> None:
    found = read(cleaned(encoded()))
    assert found.PatientIdentityRemoved == "YES"
    codes = [item.CodeValue for item in found.DeidentificationMethodCodeSequence]
    assert codes == ["113100", "113108"]
    assert found.LongitudinalTemporalInformationModified == "REMOVED"
    assert found.PatientName == ""


def test_uids_are_replaced_alike_for_one_owner_and_differently_for_two() -> None:
    content = encoded(StudyInstanceUID="1.2.840.99999.1")
    one, again = cleaned(content).identity, cleaned(content).identity
    assert one == again
    assert one.study_uid == REMAP("1.2.840.99999.1")
    assert one.study_uid.startswith("2.25.") and len(one.study_uid) <= 64
    assert keyed_remap("a secret", "other")("1.2.840.99999.1") != one.study_uid
    assert keyed_remap("other", "owner/project")("1.2.840.99999.1") != one.study_uid


def test_sop_class_and_unknown_code_strings() -> None:
    found = read(cleaned(encoded(ImageType=["ORIGINAL", "PRIMARY", "SMITH", "AXIAL"])))
    assert found.SOPClassUID == CTImageStorage
    assert found.ImageType == ["ORIGINAL", "PRIMARY", "OTHER", "AXIAL"]


@pytest.mark.parametrize(
    ("elements", "age"),
    [
        ({"PatientAge": "038Y"}, 38),
        ({"PatientAge": "094Y"}, 90),
        ({"PatientAge": "018M"}, 1),
        ({"PatientAge": "old"}, None),
        ({"PatientBirthDate": "19501224", "StudyDate": "20200101"}, 69),
        ({"PatientBirthDate": "19001224", "StudyDate": "20200101"}, 90),
        ({"PatientBirthDate": "1950", "StudyDate": "20200101"}, None),
        ({}, None),
    ],
)
def test_age_in_years_up_to_ninety(elements: dict[str, str], age: int | None) -> None:
    clean = cleaned(encoded(**elements))
    assert clean.identity.age_years == age
    assert read(clean).PatientAge == ("" if age is None else f"{age:03d}Y")


@pytest.mark.parametrize(("sex", "kept"), [("F", "F"), ("M", "M"), ("X SMITH", ""), (None, "")])
def test_sex_from_the_closed_list(sex: str | None, kept: str) -> None:
    assert cleaned(encoded(PatientSex=sex)).identity.sex == kept


def test_missing_uids_are_made_from_the_content() -> None:
    bare: dict[str, Any] = dict.fromkeys(
        ("SOPInstanceUID", "SeriesInstanceUID", "StudyInstanceUID")
    )
    made = dataset(**bare)
    content = encoded(made)
    one, other = cleaned(content).identity, cleaned(encoded(made) + b"\0\0").identity
    assert len({one.study_uid, one.series_uid, one.sop_uid}) == 3
    assert one.sop_uid != other.sop_uid


def test_a_missing_modality_follows_from_the_sop_class() -> None:
    assert cleaned(encoded(Modality=None)).identity.modality == "CT"


def test_big_endian_is_turned_round() -> None:
    made = dataset(np.arange(20, dtype=np.int16).reshape(4, 5))
    made.file_meta.TransferSyntaxUID = ExplicitVRBigEndian
    made.PixelData = np.arange(20, dtype=">i2").tobytes()
    made["PixelData"].VR = "OW"
    found = read(cleaned(encoded(made)))
    assert found.file_meta.TransferSyntaxUID.is_little_endian
    np.testing.assert_array_equal(found.pixel_array, np.arange(20).reshape(4, 5))
    assert found.Rows == 4


def test_text_hidden_in_numbers_is_dropped() -> None:
    made = dataset()
    made.add_new("DiffusionBValue", "FD", 0.0)
    made["DiffusionBValue"].value = np.frombuffer(b"DOE^JOHN", "<f8")[0].item()
    made.add_new("KVP", "LO", "DOE^JOHN")
    found = stored_bytes(cleaned(encoded(made)))
    assert b"DOE^JOHN" not in found
