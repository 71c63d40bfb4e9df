"""Options of evaluations, which arrive as words."""

from inference.errors import UnusableInput


def whole_number(name: str, words: str) -> int:
    """Return an option's number.

    Raises
    ------
    UnusableInput
        ``bad_option``.
    """
    if not (words.isascii() and words.isdecimal()):
        raise UnusableInput("bad_option", f"{name} is a whole number, found {words!r}.")
    return int(words)
