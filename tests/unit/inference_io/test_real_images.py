"""Real and odd files that travel beside the checkout."""

import csv
from pathlib import Path

import numpy as np
import pytest
from pydicom import dcmread

from inference.errors import UnusableInput
from inference.io import read_exam
from inference.io.check import decodable
from inference.io.dicom import decode_frames, read_file
from inference.io.pixels import rescale_of


def manifest(data: Path, folder: str) -> list[dict[str, str]]:
    with (data / "MANIFEST.csv").open(encoding="utf-8", newline="") as stream:
        return [row for row in csv.DictReader(stream) if row["path"].startswith(folder)]


@pytest.mark.parametrize("folder", ["odd/", "ct/transfer-syntax/", "us/", "mr/enhanced/"])
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_files_open_as_the_manifest_says(shared_data: Path, folder: str) -> None:
    rows = [row for row in manifest(shared_data, folder) if "video" not in row["path"]]
    assert rows
    for row in rows:
        path = shared_data / row["path"]
        try:
            decodable(path)
            found = "ok"
        except UnusableInput as error:
            found = error.code
        assert (found == "ok") == (row["decode"] == "ok"), f"{row['path']}: {found}"


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_pixels_are_pydicoms(shared_data: Path) -> None:
    for row in manifest(shared_data, "odd/"):
        if row["decode"] == "ok":
            path = shared_data / row["path"]
            ours = np.squeeze(np.stack(list(decode_frames(read_file(path)))))
            assert np.array_equal(ours, np.squeeze(dcmread(path, force=True).pixel_array)), path


def test_twelve_bit_jpeg_is_close_to_the_uncompressed_slice(shared_data: Path) -> None:
    values = []
    for syntax in ("1.2.840.10008.1.2.1", "1.2.840.10008.1.2.4.51"):
        image = read_file(shared_data / f"ct/transfer-syntax/MISTER-CT_{syntax}.dcm")
        rescale = rescale_of(image)
        assert rescale is not None
        values.append(next(decode_frames(image)) * rescale[0] + rescale[1])
    assert np.abs(values[0] - values[1]).mean() < 5


def test_the_real_ct_is_one_calibrated_volume_of_unknown_phase(shared_data: Path) -> None:
    exam = read_exam(shared_data / "ct/crlm-ct-1004")
    (volume,) = exam.volumes
    assert (volume.phase, volume.calibrated, volume.shape_zyx) == (None, True, (41, 512, 512))
    assert volume.geometry is not None
    assert volume.geometry.spacing_mm[2] == pytest.approx(5)
    heights = volume.geometry.world_from_index([(0, 0, z) for z in range(41)])[:, 2]
    assert (np.diff(heights) > 0).all()
    assert -1024 <= volume.array_zyx.min() < -900
    assert not exam.notices


def test_a_dynamic_series_splits_into_its_time_points(shared_data: Path) -> None:
    exam = read_exam(shared_data / "mr/dce-ucsf-br-08/dynamic")
    key = exam.volumes[0].series_key
    assert [v.series_key for v in exam.volumes] == [key, f"{key}#2", f"{key}#3"]
    assert {v.shape_zyx for v in exam.volumes} == {(60, 256, 256)}
    assert {v.phase for v in exam.volumes} == {None}
    means = [float(v.array_zyx.mean()) for v in exam.volumes]
    assert means[0] < means[1]  # contrast has arrived


def test_jpeg_slices_come_in_natural_order(shared_data: Path) -> None:
    folder = shared_data / "jpeg-ct/case_1"
    exam = read_exam(folder)
    (volume,) = exam.volumes
    n = len(list(folder.glob("*.jpg")))
    assert volume.shape_zyx[0] == n
    steps = np.abs(np.diff(volume.array_zyx[:, ::8, ::8], axis=0)).mean(axis=(1, 2))
    volume.release()
    lexical = [volume.array_zyx[int(name)] for name in sorted(map(str, range(n)))]
    jumps = np.abs(np.diff(np.stack(lexical)[:, ::8, ::8], axis=0)).mean(axis=(1, 2))
    assert steps.max() < jumps.max()
    assert (volume.geometry, volume.calibrated) == (None, False)


def test_reformats_keep_their_plane(shared_data: Path) -> None:
    path = next((shared_data / "ct/reformats").glob("*coronal*"))
    (volume,) = read_exam(path).volumes
    assert volume.geometry is not None
    step = volume.geometry.affine[:3, 2]
    assert abs(step[1]) > 2 * max(abs(step[0]), abs(step[2]))
