"""A state folder of its own for each test that writes."""

from pathlib import Path
from typing import Any

import pytest

from webapp.core.home import ensure_home


@pytest.fixture
def home(tmp_path: Path, settings: Any) -> Path:
    """An empty state folder."""
    settings.READING_ROOM_HOME = ensure_home(tmp_path / "home")
    return tmp_path / "home"
