"""The cast, a state folder of its own, and a folder of CT slices to ingest."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.integration.cast import Cast, build_people
from tests.unit.inference_io.factories import write
from webapp.core.home import ensure_home
from webapp.imaging.ingest import Report, ingest
from webapp.imaging.models import Case

MakeSlices = Callable[..., Path]


@pytest.fixture
def home(tmp_path: Path, settings: Any) -> Path:
    """An empty state folder."""
    settings.READING_ROOM_HOME = ensure_home(tmp_path / "home")
    return tmp_path / "home"


@pytest.fixture
def cast(db: None, home: Path) -> Cast:
    """Everybody, at the cast's own time."""
    return build_people()


@pytest.fixture
def slices(tmp_path: Path) -> MakeSlices:
    """Return a maker of folders with CT slices of one series."""

    def make(name: str = "ct", count: int = 3, series: str = "1.2.2", **elements: Any) -> Path:
        for n in range(count):
            pixels = np.full((8, 8), n, np.int16)
            values = {
                "SOPInstanceUID": f"{series}.{n}",
                "SeriesInstanceUID": series,
                "ImagePositionPatient": [0, 0, 5 * n],
                "InstanceNumber": n + 1,
                **elements,
            }
            write(tmp_path / name / f"{n}.dcm", pixels, **values)
        return tmp_path / name

    return make


@pytest.fixture
def taken_in(cast: Cast) -> Callable[..., Report]:
    """Return ingest as the clinician."""

    def take(path: Path, owner: str = "clinician", **options: Any) -> Report:
        values = {"owner": cast[owner], "project": None, "clock": cast.clock, **options}
        return ingest(path=path, **values)

    return take


@pytest.fixture
def case(slices: MakeSlices, taken_in: Callable[..., Report]) -> Case:
    """A CT case of the clinician's with three slices."""
    return taken_in(slices()).cases[0]
