"""The product's version, read from pyproject.toml so that it is written once."""

import tomllib
from functools import cache
from pathlib import Path


@cache
def version() -> str:
    """Return the version, e.g. ``0.1.0``."""
    pyproject = Path(__file__).resolve().parents[2] / "pyproject.toml"
    return str(tomllib.loads(pyproject.read_text("utf-8"))["project"]["version"])
