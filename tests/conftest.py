"""Fixtures every kind of test may use."""

import os
from pathlib import Path

import pytest

# Two threads that fight for a busy core make torch fifty times slower; one never does.
os.environ.setdefault("OMP_NUM_THREADS", "1")

REPOSITORY = Path(__file__).resolve().parent.parent
SHARED = REPOSITORY.parent / "shared"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder of real images and readers' answers that travels beside the checkout."""
    data = SHARED / "data"
    if not SHARED.is_dir():
        pytest.skip("../shared is not beside this checkout")
    assert data.is_dir(), "../shared is here but its data folder is missing"
    return data
