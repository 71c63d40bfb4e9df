"""Invented identifiers and dates: all follow from the seed, so that the same seed gives the same
bytes. Unique identifiers are UUID-derived (PS3.5 B.2).
"""

import uuid
from datetime import UTC, datetime, timedelta

_SPACE = uuid.UUID("6f1d3c0e-2f7a-4b7c-9d0f-3f1f5f0f6a11")


def unique_id(*parts: object) -> str:
    """Return the DICOM identifier of what the parts name: seed, case, size, series, image ..."""
    name = "/".join(str(part) for part in parts)
    return f"2.25.{uuid.uuid5(_SPACE, name).int}"


def study_start(seed: int, index: int) -> datetime:
    """Return an invented moment in office hours for case `index` of cohort `seed`."""
    day = datetime(2024, 1, 8, 8, 0, tzinfo=UTC) + timedelta(days=(seed * 7 + index) % 600)
    return day + timedelta(minutes=(seed * 13 + index * 37) % 480)
