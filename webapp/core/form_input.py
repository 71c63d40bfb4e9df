"""What people type into forms and headers."""

import re


def whole_number(text: str) -> int | None:
    """Return the number of 0 or more that a text spells, None when it spells none.

    At most 15 digits, all of them ASCII: ``str.isdigit`` also takes superscripts, which ``int``
    refuses, and numbers of thousands of digits, which no column holds.
    """
    return int(text) if re.fullmatch(r"[0-9]{1,15}", text.strip()) else None
