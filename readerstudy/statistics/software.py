"""What computed a result: versions for the session record."""

import platform
import tomllib
from functools import cache
from pathlib import Path

import numpy
import scipy


@cache
def versions() -> dict[str, str]:
    """Versions of this product, Python, numpy and scipy."""
    project = Path(__file__).resolve().parents[2] / "pyproject.toml"
    own = tomllib.loads(project.read_text(encoding="utf-8"))["project"]["version"]
    return {
        "reading-room": str(own),
        "python": platform.python_version(),
        "numpy": numpy.__version__,
        "scipy": scipy.__version__,
    }
