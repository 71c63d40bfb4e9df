"""The shape of the tree: short modules, import directions, no machine's traces."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY

CODE = {".py", ".ts", ".mjs", ".html", ".css"}
LONGEST = 400
MOST_UNDER = 250


def tracked(*suffixes: str) -> list[Path]:
    """Return the files git knows, new ones included, without generated ones."""
    listing = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=REPOSITORY, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    paths = [REPOSITORY / line for line in listing.splitlines()]
    return [path for path in paths if path.suffix in suffixes and path.is_file()]


def code_files() -> list[Path]:
    return [path for path in tracked(*CODE) if "migrations" not in path.parts]


def lines_of(path: Path) -> int:
    return len(path.read_text("utf-8").splitlines())


def test_no_module_is_longer_than_400_lines() -> None:
    too_long = {
        str(p.relative_to(REPOSITORY)): n for p in code_files() if (n := lines_of(p)) > LONGEST
    }
    assert not too_long


def test_most_modules_are_under_250_lines() -> None:
    lengths = [lines_of(path) for path in code_files()]
    assert sum(n < MOST_UNDER for n in lengths) > 0.9 * len(lengths)


def test_import_directions() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([linter], cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-3000:]


def test_top_level_holds_only_what_convention_expects() -> None:
    allowed = {
        "manage.py", "requirements.txt", "requirements-dev.txt", "webapp", "inference",
        "readerstudy", "static", "templates", "tests", "docs", "README.md", "Makefile",
        "pyproject.toml", "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", ".ci", ".gitignore",
    }  # fmt: skip
    every = subprocess.run(
        ["git", "ls-files"], cwd=REPOSITORY, capture_output=True, text=True, check=True
    ).stdout
    assert {line.split("/")[0] for line in every.splitlines()} <= allowed


MACHINE = re.compile(r"(?<![\w.])/(?:work|farm)/\w+|https?://[\w.]*(?:pypi|npmjs)\.\w+")


def test_no_machine_paths_or_registry_hosts() -> None:
    found = []
    for path in tracked(".py", ".ts", ".mjs", ".json", ".md", ".toml", ".txt", ".html", ".css", ""):
        text = path.read_text("utf-8", errors="ignore")
        found += [
            f"{path.relative_to(REPOSITORY)}: {hit.group()}" for hit in MACHINE.finditer(text)
        ]
    assert not found


@pytest.mark.parametrize(
    "tool", [["ruff", "check", "."], ["ruff", "format", "--check", "."], ["mypy"]]
)
def test_linters_are_silent(tool: list[str]) -> None:
    executable = Path(sys.executable).with_name(tool[0])
    done = subprocess.run(
        [executable, *tool[1:]], cwd=REPOSITORY, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, (done.stdout + done.stderr)[-6000:]
