"""What can go wrong in an analysis, and where the person has to look."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Problem:
    """One fault of the input: a place a person can find, and one plain sentence.

    ``place`` is ``file:row:column`` (the header is row 1) or ``plan:/json/path``.
    """

    place: str
    sentence: str

    def __str__(self) -> str:
        return f"{self.place}: {self.sentence}"


class StatisticsError(Exception):
    """Root of everything this package raises on purpose."""


class InputError(StatisticsError):
    """The tables or the plan cannot be used at all; nothing was computed."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class AnalysisError(StatisticsError):
    """One analysis cannot run on otherwise good input; the others go on.

    Parameters
    ----------
    code : str
        Short stable name of the fault, such as ``no_readings``.
    message : str
        One plain sentence: what was found, what would be needed.
    at : str
        Key inside the analysis that is to blame (``select``, ``a``, ``b/reader``); empty for the
        analysis as a whole.
    n, n_missing : int
        Counts for the error entry, as in the entry of a successful run.
    """

    def __init__(
        self, code: str, message: str, at: str = "", *, n: int = 0, n_missing: int = 0
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.at = at
        self.n = n
        self.n_missing = n_missing
