"""What an upload holds is listed in natural order, within limits, and never unpacked to names."""

import io
import stat
import tarfile
import zipfile
from pathlib import Path

import pytest

from webapp.imaging.archives import Limits, Member, listing
from webapp.imaging.kinds import Kind, kind_of
from webapp.imaging.rejection import Code, Refusal

pytestmark = pytest.mark.usefixtures("home")
FILES = {"b/slice10": b"ten", "b/slice9": b"nine", "a/slice1": b"one", "slice2": b"two"}
IN_ORDER = ["a/slice1", "b/slice9", "b/slice10", "slice2"]


def zipped(path: Path, files: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def tarred(path: Path, files: dict[str, bytes]) -> Path:
    with tarfile.open(path, "w") as archive:
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return path


def folder(path: Path, files: dict[str, bytes]) -> Path:
    for name, content in files.items():
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_bytes(content)
    return path


@pytest.mark.parametrize("pack", [zipped, tarred, folder])
def test_members_come_in_natural_order(tmp_path: Path, pack: object) -> None:
    with listing(pack(tmp_path / "upload", FILES), Limits()) as members:  # type: ignore[operator]
        assert [member.name for member in members] == IN_ORDER
        assert [member.content() for member in members] == [FILES[name] for name in IN_ORDER]
        assert members[0].head() == b"one"


def test_a_large_member_is_mapped_not_loaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("webapp.imaging.archives.IN_MEMORY", 4)
    with listing(zipped(tmp_path / "upload", {"x": b"12345678"}), Limits()) as members:
        content = members[0].content()
    assert not isinstance(content, bytes)
    assert content[:] == b"12345678"


def codes(path: Path, limits: Limits | None = None) -> dict[str, Code | None]:
    """Return what the listing refuses, by name; refusals on reading included."""
    found: dict[str, Code | None] = {}
    with listing(path, limits or Limits()) as members:
        for member in members:
            found[member.name] = code_of(member)
    return found


def code_of(member: Member) -> Code | None:
    try:
        member.content()
    except Refusal as refusal:
        return refusal.code
    return None


def test_paths_that_lead_outside_are_refused(tmp_path: Path) -> None:
    bad = ["../up", "/root/x", "a/../../x", "C:\\x", "C:/x"]
    found = codes(zipped(tmp_path / "upload.zip", dict.fromkeys([*bad, "good"], b"x")))
    assert found.pop("good") is None
    assert set(found.values()) == {Code.UNSAFE_PATH} and len(found) == 4  # C:\x and C:/x are one


def test_files_of_the_system_and_empty_ones(tmp_path: Path) -> None:
    names = ["__MACOSX/a", "x/.DS_Store", "x/Thumbs.db", "x/._1.dcm"]
    found = codes(zipped(tmp_path / "upload.zip", {**dict.fromkeys(names, b"x"), "e": b""}))
    assert found.pop("e") is Code.EMPTY
    assert set(found.values()) == {Code.SYSTEM_FILE}


def test_links_are_not_followed(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_bytes(b"secret")
    (tmp_path / "upload").mkdir()
    (tmp_path / "upload/link").symlink_to(secret)
    assert codes(tmp_path / "upload") == {"link": Code.LINK}
    with tarfile.open(tmp_path / "upload.tar", "w") as archive:
        archive.add(tmp_path / "upload/link", "link")
    assert codes(tmp_path / "upload.tar") == {"link": Code.LINK}
    info = zipfile.ZipInfo("link")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(tmp_path / "upload.zip", "w") as zip_archive:
        zip_archive.writestr(info, str(secret))
    assert codes(tmp_path / "upload.zip") == {"link": Code.LINK}


def refused(path: Path, limits: Limits) -> Code:
    with pytest.raises(Refusal) as caught, listing(path, limits):
        pass
    return caught.value.code


def test_a_bomb_is_refused_before_anything_is_unpacked(tmp_path: Path) -> None:
    bomb = zipped(tmp_path / "bomb.zip", {f"{n}": bytes(1 << 20) for n in range(8)})
    assert bomb.stat().st_size < 20_000
    assert refused(bomb, Limits(total_bytes=4 << 20)) is Code.BOMB
    assert refused(bomb, Limits(files=7)) is Code.TOO_MANY_FILES
    assert set(codes(bomb, Limits(file_bytes=1 << 10)).values()) == {Code.TOO_LARGE}


def test_a_size_that_lies_does_not_unpack_more(tmp_path: Path) -> None:
    path = zipped(tmp_path / "upload.zip", {"x": bytes(1 << 20)})
    content = path.read_bytes()
    true, lie = (1 << 20).to_bytes(4, "little"), (1 << 10).to_bytes(4, "little")
    path.write_bytes(content.replace(true, lie))
    with listing(path, Limits()) as members:
        assert code_of(members[0]) is Code.BROKEN_ARCHIVE


def test_damaged_archives(tmp_path: Path) -> None:
    path = zipped(tmp_path / "upload.zip", FILES)
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    assert refused(path, Limits()) is Code.BROKEN_ARCHIVE
    stored = tmp_path / "other.zip"
    with zipfile.ZipFile(stored, "w") as archive:
        archive.writestr("x", b"0123456789")
    stored.write_bytes(stored.read_bytes().replace(b"0123456789", b"0123456780"))
    assert codes(stored) == {"x": Code.BROKEN_ARCHIVE}
    tar = tarred(tmp_path / "upload.tar", {"x": b"1" * 2000})
    tar.write_bytes(tar.read_bytes()[:1500])
    assert refused(tar, Limits()) is Code.BROKEN_ARCHIVE


def test_encrypted_members(tmp_path: Path) -> None:
    path = zipped(tmp_path / "upload.zip", {"x": b"secret"})
    content = bytearray(path.read_bytes())
    content[content.index(b"PK\1\2") + 8] |= 1
    path.write_bytes(bytes(content))
    assert codes(path) == {"x": Code.ENCRYPTED}


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (bytes(128) + b"DICM", Kind.DICOM),
        (b"\x08\0\5\0CS\x0a\0ISO_IR 100", Kind.DICOM),
        (b"\x02\0\0\0UL\4\0", Kind.DICOM),
        (b"\xff\xd8\xff\xe0", Kind.PICTURE),
        (b"\x89PNG\r\n\x1a\n", Kind.PICTURE),
        (b"BM" + bytes(12) + b"\x28\0\0\0", Kind.PICTURE),
        (b"\0\0\0\x20ftypisom", Kind.VIDEO),
        (b"\0\0\1\xba", Kind.VIDEO),
    ],
)
def test_kinds_by_their_first_bytes(head: bytes, kind: Kind) -> None:
    assert kind_of(head) is kind


@pytest.mark.parametrize(
    ("head", "code"),
    [
        (b"", Code.EMPTY),
        (b"PK\3\4....", Code.NESTED_ARCHIVE),
        (b"\x1f\x8b....", Code.NESTED_ARCHIVE),
        (bytes(257) + b"ustar", Code.NESTED_ARCHIVE),
        (b"\x1aE\xdf\xa3", Code.VIDEO_FILE),
        (b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", Code.VIDEO_FILE),
        (b"\0\0\0\x20ftypheic", Code.NOT_AN_IMAGE_FILE),
        (b"BM wordsandmore", Code.NOT_AN_IMAGE_FILE),
        (b"# A text", Code.NOT_AN_IMAGE_FILE),
        (b"\x08\0\xff\xffZZ\xff\xff", Code.NOT_AN_IMAGE_FILE),
    ],
)
def test_other_files_are_refused(head: bytes, code: Code) -> None:
    with pytest.raises(Refusal) as caught:
        kind_of(head)
    assert caught.value.code is code
