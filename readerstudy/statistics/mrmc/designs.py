"""Which readings there are: cases and readers crossed with arms, or nested.

Hillis SL. A marginal-mean ANOVA approach for analyzing multireader multicase radiological
imaging data. Stat Med 2014;33:330-360. doi:10.1002/sim.5926
"""

from enum import StrEnum

from .auc import BoolArray


class Design(StrEnum):
    """How readers and cases are shared between arms, and cases between readers."""

    CROSSED = "crossed"
    CASES_NESTED_IN_READER = "cases_nested_in_reader"
    CASES_NESTED_IN_ARM = "cases_nested_in_arm"
    READERS_NESTED_IN_ARM = "readers_nested_in_arm"
    READERS_AND_CASES_NESTED_IN_ARM = "readers_and_cases_nested_in_arm"
    FULLY_NESTED = "fully_nested"

    @property
    def readers_nested(self) -> bool:
        """Whether every reader reads in one arm only."""
        return self in _READERS_NESTED

    @property
    def arms_share_cases(self) -> bool:
        """Whether a case is read in several arms."""
        return self not in _CASES_OF_ONE_ARM

    @property
    def readers_share_cases(self) -> bool:
        """Whether a case is read by several readers."""
        return self not in (Design.CASES_NESTED_IN_READER, Design.FULLY_NESTED)


_READERS_NESTED = (
    Design.READERS_NESTED_IN_ARM,
    Design.READERS_AND_CASES_NESTED_IN_ARM,
    Design.FULLY_NESTED,
)
_CASES_OF_ONE_ARM = (
    Design.CASES_NESTED_IN_ARM,
    Design.READERS_AND_CASES_NESTED_IN_ARM,
    Design.FULLY_NESTED,
)


def detect_design(seen: BoolArray) -> Design:
    """Design from what was read.

    Parameters
    ----------
    seen
        (n_arms, n_readers, n_cases) whether the reading has a usable value.

    Returns
    -------
    Design
        Cases are nested when every case belongs to exactly one reader (or one arm) and there are
        several, readers likewise in arms; crossed otherwise, complete or not.
    """
    n_arms, n_readers, _ = seen.shape
    one_reader = n_readers > 1 and bool((seen.any(axis=0).sum(axis=0) <= 1).all())
    one_arm = n_arms > 1 and bool((seen.any(axis=1).sum(axis=0) <= 1).all())
    if readers_nested(seen):
        if one_reader:
            return Design.FULLY_NESTED
        return Design.READERS_AND_CASES_NESTED_IN_ARM if one_arm else Design.READERS_NESTED_IN_ARM
    if one_reader:
        return Design.CASES_NESTED_IN_READER
    return Design.CASES_NESTED_IN_ARM if one_arm else Design.CROSSED


def readers_nested(seen: BoolArray) -> bool:
    """Whether there are several arms and no reader reads in two of them."""
    return seen.shape[0] > 1 and bool((seen.any(axis=2).sum(axis=0) <= 1).all())
