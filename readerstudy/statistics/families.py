"""Multiplicity: adjusted p values of a declared family of tests, as R's ``p.adjust``."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
Method = Literal["holm", "hochberg", "bh", "bonferroni", "gatekeeping"]
METHODS: tuple[Method, ...] = get_args(Method)


@dataclass(frozen=True)
class Member:
    """One test of a family after adjustment."""

    id: str
    p_value: float | None
    p_adjusted: float | None
    reject: bool


def holm(p: FloatArray) -> FloatArray:
    """Step-down Bonferroni. Holm, Scand J Stat 1979;6:65."""
    order = np.argsort(p, kind="stable")
    factors = np.arange(p.size, 0, -1)
    return _unsort(np.maximum.accumulate(factors * p[order]), order)


def hochberg(p: FloatArray) -> FloatArray:
    """Step-up. Hochberg, Biometrika 1988;75:800. doi:10.1093/biomet/75.4.800"""
    order = np.argsort(-p, kind="stable")
    return _unsort(np.minimum.accumulate(np.arange(1, p.size + 1) * p[order]), order)


def benjamini_hochberg(p: FloatArray) -> FloatArray:
    """False discovery rate. Benjamini & Hochberg, J R Stat Soc B 1995;57:289."""
    order = np.argsort(-p, kind="stable")
    factors = p.size / np.arange(p.size, 0, -1)
    return _unsort(np.minimum.accumulate(factors * p[order]), order)


def bonferroni(p: FloatArray) -> FloatArray:
    """Each p value times the number of tests."""
    return p * p.size


def gatekeeping(p: FloatArray) -> FloatArray:
    """Fixed sequence: a test counts only after every earlier one has been rejected.

    Maurer, Hothorn & Lehmacher 1995; the adjusted value is the running maximum.
    """
    return np.maximum.accumulate(p)


_ADJUST: dict[Method, Callable[[FloatArray], FloatArray]] = {
    "holm": holm,
    "hochberg": hochberg,
    "bh": benjamini_hochberg,
    "bonferroni": bonferroni,
    "gatekeeping": gatekeeping,
}


def adjust(p_values: Sequence[float | None], method: Method) -> list[float | None]:
    """Adjusted p values in the order given.

    An undefined p value stays undefined and does not count as a test (as ``NA`` in ``p.adjust``);
    in gatekeeping it closes the gate: every later value becomes 1.
    """
    defined = np.array([p is not None for p in p_values], dtype=bool)
    p = np.array([1.0 if value is None else value for value in p_values], dtype=np.float64)
    result = np.ones(p.size)
    if method == "gatekeeping":
        result = gatekeeping(p)
    elif defined.any():
        result[defined] = np.minimum(_ADJUST[method](p[defined]), 1.0)
    return [float(value) if known else None for value, known in zip(result, defined, strict=True)]


def members(
    ids: Sequence[str], p_values: Sequence[float | None], method: Method, alpha: float
) -> list[Member]:
    """The family's table; rejected are the tests with an adjusted p value of at most alpha."""
    adjusted = adjust(p_values, method)
    return [
        Member(identifier, p, q, q is not None and q <= alpha)
        for identifier, p, q in zip(ids, p_values, adjusted, strict=True)
    ]


def _unsort(values: FloatArray, order: NDArray[np.intp]) -> FloatArray:
    result = np.empty_like(values)
    result[order] = values
    return result
