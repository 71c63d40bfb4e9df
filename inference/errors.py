"""Errors of the inference side: every one carries a closed code and one plain sentence.

`exit_code` is what `python -m inference` ends with (0 done, 2 unusable input, 3 cannot run on it).
"""

from collections.abc import Iterable
from typing import ClassVar


class InferenceError(Exception):
    """Something a person can act on.

    Parameters
    ----------
    code
        Stable identifier in snake case, for programs.
    message
        One plain sentence for people: what, the value found, the remedy. No paths, no names.
    """

    exit_code: ClassVar[int] = 3

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message

    def to_json(self) -> dict[str, str]:
        """Return ``{"code", "message"}``."""
        return {"code": self.code, "message": str(self)}


class UnusableInput(InferenceError):
    """The input itself can't be used: broken files, bad arguments, a box outside the image."""

    exit_code = 2


class CannotRun(InferenceError):
    """The input is readable, but this system can't run on it, or its weights are missing."""


class BadCheckpoint(CannotRun):
    """A checkpoint doesn't fit the network.

    Parameters
    ----------
    message
        One plain sentence.
    missing, unexpected
        Keys the network has and the file lacks, and the other way round; both sorted.
    """

    def __init__(
        self, message: str, *, missing: Iterable[str] = (), unexpected: Iterable[str] = ()
    ) -> None:
        super().__init__("bad_checkpoint", message)
        self.missing = tuple(sorted(missing))
        self.unexpected = tuple(sorted(unexpected))

    def __str__(self) -> str:
        parts = [self.message]
        parts += [f"Missing: {', '.join(self.missing)}."] if self.missing else []
        parts += [f"Unexpected: {', '.join(self.unexpected)}."] if self.unexpected else []
        return " ".join(parts)
