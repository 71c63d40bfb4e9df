"""No file crashes, hangs or fools the reader: it decodes, or a code says why not."""

import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydicom.uid import DeflatedExplicitVRLittleEndian

from inference.errors import UnusableInput
from inference.io.check import decodable
from inference.io.headers import frame_headers, n_frames
from inference.io.phases import SeriesHeaders
from inference.io.problems import SENTENCES, Problem
from tests.unit.inference_io.factories import dataset, write

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning:pydicom")


def problem(path: Path) -> Problem:
    with pytest.raises(UnusableInput) as caught:
        decodable(path)
    assert str(path) not in str(caught.value)
    return Problem(caught.value.code)


def test_every_problem_has_a_sentence() -> None:
    assert set(SENTENCES) == set(Problem)


def test_a_sound_file_passes(tmp_path: Path) -> None:
    decodable(write(tmp_path / "a.dcm"))
    decodable(dataset())


@pytest.mark.parametrize(
    ("elements", "expected"),
    [
        ({"Rows": 46341, "Columns": 46341}, Problem.IMPLAUSIBLE_SIZE),
        ({"NumberOfFrames": 2_000_000_000}, Problem.IMPLAUSIBLE_SIZE),
        ({"NumberOfFrames": 19_000, "Rows": 60_000, "Columns": 1000}, Problem.IMPLAUSIBLE_SIZE),
        ({"Rows": 0}, Problem.BROKEN_HEADER),
        ({"Rows": 40}, Problem.TRUNCATED),
        ({"NumberOfFrames": 3}, Problem.TRUNCATED),
        ({"PixelData": None}, Problem.NO_PIXELS),
        ({"PhotometricInterpretation": None}, Problem.BROKEN_HEADER),
    ],
)
def test_headers_that_lie(tmp_path: Path, elements: dict[str, object], expected: Problem) -> None:
    assert problem(write(tmp_path / "a.dcm", **elements)) is expected


def test_other_files(tmp_path: Path) -> None:
    empty, text = tmp_path / "empty", tmp_path / "text"
    empty.touch()
    text.write_text("hello " * 100)
    assert problem(empty) is Problem.EMPTY
    assert problem(text) is Problem.NOT_DICOM


def test_a_deflated_bomb_is_not_inflated(tmp_path: Path) -> None:
    path = write(tmp_path / "a.dcm")
    data = path.read_bytes()
    length = int.from_bytes(data[140:144], "little")
    meta = data[: 144 + length]
    uid = DeflatedExplicitVRLittleEndian.encode()
    old = b"1.2.840.10008.1.2.1\0"
    assert old in meta
    grown = meta.replace(b"\x14\0" + old, len(uid + b"\0" * (len(uid) % 2)).to_bytes(2, "little")
                         + uid + b"\0" * (len(uid) % 2))  # fmt: skip
    grown = grown[:140] + (len(grown) - 144).to_bytes(4, "little") + grown[144:]
    squeezer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    bomb = b"".join(squeezer.compress(bytes(1 << 24)) for _ in range(20)) + squeezer.flush()
    path.write_bytes(grown + bomb)
    assert path.stat().st_size < 1 << 20
    assert problem(path) is Problem.IMPLAUSIBLE_SIZE


SOUND = np.arange(20, dtype=np.int16).reshape(4, 5)


@settings(max_examples=50, deadline=None)
@given(
    st.lists(st.tuples(st.floats(0, 1), st.binary(min_size=1, max_size=4)), max_size=4),
    st.floats(0, 1),
)
def test_damaged_bytes_never_escape_as_something_else(
    tmp_path_factory: pytest.TempPathFactory, edits: list[tuple[float, bytes]], keep: float
) -> None:
    path = write(tmp_path_factory.mktemp("damaged") / "a.dcm", SOUND)
    data = bytearray(path.read_bytes())
    for place, value in edits:
        start = int(place * (len(data) - 1))
        data[start : start + len(value)] = value
    path.write_bytes(bytes(data[: max(1, int(keep * len(data)))]))
    try:
        decodable(path)
    except UnusableInput as error:
        assert error.code in set(Problem)


@settings(max_examples=50, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(
            [
                "ImagePositionPatient",
                "ImageOrientationPatient",
                "PixelSpacing",
                "NumberOfFrames",
                "InstanceNumber",
                "AcquisitionTime",
                "ContrastBolusStartTime",
                "SliceThickness",
            ]
        ),
        st.text("0123456789.\\-eE:XnaN", max_size=16),
    )
)
def test_nonsense_in_headers_counts_as_missing(elements: dict[str, str]) -> None:
    image = dataset(Rows=4, Columns=5)
    for keyword, value in elements.items():
        image[keyword] = type(image["Rows"])(keyword, "LO", value)
    if n_frames(image) < 100:
        for plane in frame_headers(image, "a"):
            assert plane.shape_yx == (4, 5)
    SeriesHeaders.from_dataset(image)
