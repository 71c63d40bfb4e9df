"""``--outline FILE``: lesions drawn on ultrasound frames, as JSON.

One object or a list of them: ``{"frame": n, "polygon": [[x, y], ...]}`` or
``{"lesion": polygon, "background": polygon}``; ``"image"`` (from 0) names the clip where the
examination has several.
"""

import json
from pathlib import Path
from typing import Any

from inference.contracts import Outline, Polygon
from inference.errors import UnusableInput

NAME = "outline.json"
"""Where a labelled cohort keeps the outlines of a case."""

MOST_BYTES = 1 << 22


def read_outlines(path: Path) -> tuple[Outline, ...]:
    """Read the outlines of one examination.

    Raises
    ------
    UnusableInput
        ``no_outline`` if there is no such file, ``bad_outline`` if it can't be understood.
    """
    if not path.is_file():
        raise UnusableInput("no_outline", "The outline file doesn't exist; check its name.")
    if path.stat().st_size > MOST_BYTES:
        raise UnusableInput("bad_outline", "The outline file is larger than 4 MB.")
    try:
        content = json.loads(path.read_text("utf-8"))
    except ValueError as error:
        raise UnusableInput(
            "bad_outline", "The outline file isn't JSON; see the documentation of --outline."
        ) from error
    entries = content if isinstance(content, list) else [content]
    if not entries:
        raise UnusableInput("bad_outline", "The outline file holds no outline.")
    return tuple(parse_outline(entry) for entry in entries)


def parse_outline(entry: Any) -> Outline:
    """Turn one JSON object into an outline.

    Raises
    ------
    UnusableInput
        ``bad_outline`` if something is missing or of another kind.
    """
    if not isinstance(entry, dict):
        raise UnusableInput("bad_outline", "An outline is a JSON object with a polygon.")
    lesion = entry.get("lesion", entry.get("polygon"))
    if lesion is None:
        raise UnusableInput("bad_outline", "An outline lacks its polygon; give [[x, y], ...].")
    background = entry.get("background")
    return Outline(
        lesion=_polygon(lesion),
        background=None if background is None else _polygon(background),
        image=_whole(entry, "image"),
        frame=_whole(entry, "frame"),
    )


def _polygon(corners: Any) -> Polygon:
    try:
        return tuple((float(x), float(y)) for x, y in corners)
    except (TypeError, ValueError) as error:
        raise UnusableInput("bad_outline", "A polygon is a list of pairs [x, y].") from error


def _whole(entry: dict[str, Any], name: str) -> int:
    value = entry.get(name, 0)
    if not isinstance(value, int) or isinstance(value, bool):
        raise UnusableInput("bad_outline", f"The {name} of an outline is a whole number from 0.")
    return value
