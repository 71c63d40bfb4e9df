"""Fixtures every kind of test may use."""

from pathlib import Path

import pytest

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
