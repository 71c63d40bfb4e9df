"""Which cases are read by whom: crossed and nested MRMC designs.

Hillis SL. A marginal-mean ANOVA approach for analyzing multireader multicase radiological
imaging data. Stat Med 2014;33:330-360. doi:10.1002/sim.5926
"""

from enum import StrEnum

from .auc import BoolArray


class Design(StrEnum):
    """How cases are shared between readers and arms."""

    CROSSED = "crossed"
    CASES_NESTED_IN_READER = "cases_nested_in_reader"
    CASES_NESTED_IN_ARM = "cases_nested_in_arm"


def detect_design(seen: BoolArray) -> Design:
    """Design from what was read.

    Parameters
    ----------
    seen
        (n_arms, n_readers, n_cases) whether the reading has a usable value.

    Returns
    -------
    Design
        Nested when every case belongs to exactly one reader (or one arm) and there are several;
        crossed otherwise, complete or not.
    """
    n_arms, n_readers, _ = seen.shape
    if n_readers > 1 and bool((seen.any(axis=0).sum(axis=0) <= 1).all()):
        return Design.CASES_NESTED_IN_READER
    if n_arms > 1 and bool((seen.any(axis=1).sum(axis=0) <= 1).all()):
        return Design.CASES_NESTED_IN_ARM
    return Design.CROSSED
