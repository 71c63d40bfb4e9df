"""A stored file is there whole or not at all."""

import errno
import hashlib
import os
from pathlib import Path

import pytest

from webapp.core.errors import Unavailable
from webapp.imaging import store


def stored_files(home: Path) -> list[Path]:
    return [path for path in (home / "store").rglob("*") if path.is_file()]


def test_a_file_lies_under_the_hash_of_its_content(home: Path) -> None:
    sha256, size = store.put([b"head", memoryview(b"pixels")])
    assert sha256 == hashlib.sha256(b"headpixels").hexdigest()
    assert size == 10
    assert store.path_of(sha256).read_bytes() == b"headpixels"
    assert stored_files(home) == [store.path_of(sha256)]


def test_the_same_content_is_stored_once(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = store.put([b"same"])
    written: list[int] = []
    monkeypatch.setattr(os, "fsync", written.append)
    assert store.put([b"sa", b"me"]) == first
    assert not written


def test_a_full_disk_leaves_nothing_behind(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_descriptor: int, _data: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "write", full)
    with pytest.raises(Unavailable) as caught:
        store.put([b"x" * 100])
    assert caught.value.code == "disk_full"
    assert stored_files(home) == []


def test_data_reach_the_disk_before_the_name(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    order: list[str] = []
    fsync, replace = os.fsync, Path.replace
    monkeypatch.setattr(os, "fsync", lambda fd: (order.append("fsync"), fsync(fd))[1])
    monkeypatch.setattr(
        Path, "replace", lambda self, to: (order.append("rename"), replace(self, to))[1]
    )
    sha256, _size = store.put([b"x"])
    store.settle([sha256])
    assert order == ["fsync", "rename", "fsync", "fsync"], "file, name, its folder, the store"


def test_drafts_of_killed_processes_are_swept_after_a_while(home: Path) -> None:
    sha256, _size = store.put([b"good"])
    draft = store.path_of(sha256).with_name(".half")
    draft.write_bytes(b"half")
    written = draft.stat().st_mtime
    assert store.sweep(before=written - 1) == 0
    assert store.sweep(before=written + 1) == 1
    assert stored_files(home) == [store.path_of(sha256)]


def test_damage_is_found(home: Path) -> None:
    good, bad, gone = (store.put([name])[0] for name in (b"good", b"bad", b"gone"))
    store.path_of(bad).write_bytes(b"rotten")
    store.path_of(gone).unlink()
    assert list(store.damaged([good, bad, gone])) == [bad, gone]
