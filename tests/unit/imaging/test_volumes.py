"""Images of one DICOM series become volumes and clips, ordered and named as in inference."""

import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from inference.io.reading import read_exam
from tests.unit.imaging.made import cleaned, encoded
from tests.unit.inference_io.factories import dataset
from webapp.imaging import images, store
from webapp.imaging.images import StoredImage
from webapp.imaging.volumes import arrange, viewing

pytestmark = pytest.mark.usefixtures("home")
SLICE = np.zeros((4, 5), np.int16)


def put(pixels: np.ndarray = SLICE, **elements: Any) -> StoredImage:
    uid = f"1.2.3.{random.getrandbits(60)}"
    made = dataset(pixels, SOPInstanceUID=uid, **elements)
    return images.put("file", cleaned(encoded(made), pixels_checked=True))


def at(z: float, **elements: Any) -> StoredImage:
    return put(ImagePositionPatient=[0, 0, z], **elements)


def test_slices_are_ordered_from_foot_to_head() -> None:
    heights = [15.0, 0.0, 10.0, 5.0]
    (found,) = arrange(at(z, InstanceNumber=n) for n, z in enumerate(heights))
    shown = viewing(found)
    assert [frame["position_mm"][2] for frame in shown["frames"]] == [0, 5, 10, 15]
    assert shown["order"] == [[n, 0] for n in range(4)]
    assert shown["spacing_mm"] == (0.8, 0.7)
    assert found.calibrated


def test_time_points_of_one_series_are_volumes_of_their_own() -> None:
    slices = [
        at(z, Modality="MR", SOPClassUID="1.2.840.10008.5.1.4.1.1.4", InstanceNumber=10 * t + n)
        for t in range(3)
        for n, z in enumerate([0.0, 5.0])
    ]
    random.shuffle(slices)
    found = arrange(slices)
    uid = found[0].key
    assert [each.key for each in found] == [uid, f"{uid}#2", f"{uid}#3"]
    assert all(len(each.frames) == 2 for each in found)
    files = [store.path_of(image.sha256) for image in slices]
    assert [volume.series_key for volume in read_exam(files).volumes] == [e.key for e in found]


def test_frames_of_one_series_have_one_pixel_format() -> None:
    deep, flat = at(0.0), put(SLICE.astype(np.uint8), ImagePositionPatient=[0, 0, 5])
    found = arrange([deep, flat])
    assert [each.first.layout.bits_allocated for each in found] == [16, 8]


def test_a_clip_stands_for_itself() -> None:
    ultrasound = {"Modality": "US", "SOPClassUID": "1.2.840.10008.5.1.4.1.1.3.1", "FrameTime": 40}
    bare: dict[str, Any] = dict.fromkeys(("ImagePositionPatient", "ImageOrientationPatient"))
    clips = [
        put(
            PixelData=bytes(4 * 5 * 2 * 3), NumberOfFrames=3, **ultrasound, **bare, InstanceNumber=n
        )
        for n in range(2)
    ]
    found = arrange(clips)
    assert len(found) == 2
    assert viewing(found[0])["frame_time_ms"] == 40
    assert viewing(found[0])["order"] == [[0, 0], [0, 1], [0, 2]]


def test_localizers_come_last_and_leave_the_keys_alone() -> None:
    scout = at(0.0, ImageType=["ORIGINAL", "PRIMARY", "LOCALIZER"], InstanceNumber=0)
    found = arrange([scout, at(0.0, InstanceNumber=1), at(5.0, InstanceNumber=2)])
    assert [len(each.frames) for each in found] == [2, 1]


def test_rescale_of_single_frames_and_zero_windows() -> None:
    first = at(0.0, WindowCenter=[40, 50], WindowWidth=[400, 500])
    (found,) = arrange([first, at(5.0, RescaleSlope=2), at(10.0)])
    shown = viewing(found)
    assert shown["window"] == {"center": 40.0, "width": 400.0}
    assert [frame.get("rescale") for frame in shown["frames"]] == [
        None,
        {"slope": 2.0, "intercept": -1024.0},
        None,
    ]
    (flat,) = arrange([at(0.0, WindowCenter=40, WindowWidth=0)])
    assert viewing(flat)["window"] is None


def test_without_geometry_nothing_is_calibrated() -> None:
    bare = put(ImagePositionPatient=None, ImageOrientationPatient=None, PixelSpacing=None)
    (found,) = arrange([bare])
    shown = viewing(found)
    assert not found.calibrated
    assert shown["spacing_mm"] is None and shown["frames"] == [{"position_mm": None}]


def test_colour_tables_have_a_byte_an_entry() -> None:
    deep = (np.arange(256, dtype="<u2") << 8).tobytes()
    palette: dict[str, Any] = {"PhotometricInterpretation": "PALETTE COLOR", "Modality": "OT"}
    for colour in ("Red", "Green", "Blue"):
        palette[f"{colour}PaletteColorLookupTableDescriptor"] = [256, 0, 16]
        palette[f"{colour}PaletteColorLookupTableData"] = deep
    (found,) = arrange([put(SLICE.astype(np.uint8), **palette)])
    table = viewing(found)["pixel"]["palette"]
    assert table["first"] == 0
    assert table["red"].startswith("AAEC"), "0, 1, 2 in base64"


def test_real_dynamic_series_splits_as_inference_reads_it(shared_data: Path) -> None:
    paths = sorted((shared_data / "mr/dce-ucsf-br-08/dynamic").glob("*.dcm"))[::4]
    stored = [images.put(path.name, cleaned(path.read_bytes())) for path in paths]
    found = arrange(stored)
    exam = read_exam([store.path_of(image.sha256) for image in stored])
    assert [each.key for each in found] == [volume.series_key for volume in exam.volumes]
    assert [len(each.frames) for each in found] == [v.shape_zyx[0] for v in exam.volumes]
