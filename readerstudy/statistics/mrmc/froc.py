"""Free-response (FROC) figures of merit from marks and lesions.

References
----------
.. [1] Chakraborty DP, Berbaum KS. Observer studies involving detection and localization.
   Med Phys 2004;31:2313-2330. doi:10.1118/1.1769352 (AFROC, jackknife over cases)
.. [2] Chakraborty DP, Zhai X. On the meaning of the weighted alternative free-response operating
   characteristic figure of merit. Med Phys 2016;43:2548-2557. doi:10.1118/1.4947125 (wAFROC)
.. [3] Swensson RG. Unified measurement of observer performance in detecting and localizing target
   objects on images. Med Phys 1996;23:1709-1725. doi:10.1118/1.597758 (LROC)
.. [4] Wunderlich A, Noo F. A nonparametric procedure for comparing the areas under correlated LROC
   curves. IEEE Trans Med Imaging 2012;31:2050-2061. doi:10.1109/TMI.2012.2205015
"""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from .auc import BoolArray, FloatArray, IntArray
from .two_sample import TwoSampleMetric, auc_metric

FALSE_POSITIVE = -1
UNMARKED_NEGATIVE = np.finfo(np.float64).min
"""Below every rating, above a lesion that was not found, which wins nothing in an LROC study."""


class FigureOfMerit(StrEnum):
    """What the marks are compared by; all are areas between 0 and 1."""

    AFROC = "AFROC"
    WAFROC = "wAFROC"
    HRAUC = "HrAUC"
    LROC = "LROC"


@dataclass(frozen=True)
class Marks:
    """All marks of a study, one entry per mark.

    Attributes
    ----------
    arm, reader, case
        (n_marks,) positions in the study's arms, readers and cases.
    lesion
        (n_marks,) position in `Lesions`, or `FALSE_POSITIVE`.
    rating
        (n_marks,) larger = more suspicious.
    """

    arm: IntArray
    reader: IntArray
    case: IntArray
    lesion: IntArray
    rating: FloatArray


@dataclass(frozen=True)
class Lesions:
    """All true lesions: (n_lesions,) case position and weight (positive, any scale)."""

    case: IntArray
    weight: FloatArray


def froc_metric(
    marks: Marks, lesions: Lesions, *, read: BoolArray, positive: BoolArray, figure: FigureOfMerit
) -> TwoSampleMetric:
    """The figure of merit of every cell, ready for the Obuchowski-Rockette analysis.

    AFROC and wAFROC compare each lesion's rating with the highest false positive of each negative
    case, HrAUC the highest mark of positive and negative cases. What was not marked is -infinity;
    of several marks on one lesion the highest counts. LROC compares each case's highest mark, which
    in a positive case wins only if it is on a lesion and no false positive is as high [3]_ [4]_.

    Parameters
    ----------
    read
        (n_arms, n_readers, n_cases) whether the case was read, marked or not.
    positive
        (n_cases,) truth. A positive case without a listed lesion counts for HrAUC only.

    Raises
    ------
    ValueError
        If a lesion lies in a negative case.
    """
    if not positive[lesions.case].all():
        raise ValueError("a lesion lies in a case whose truth is negative")
    if figure is FigureOfMerit.HRAUC:
        highest = _highest(marks, np.full(len(marks.case), True), marks.case, read)
        return auc_metric(highest, positive)
    false = marks.lesion == FALSE_POSITIVE
    if figure is FigureOfMerit.LROC:
        return _localisation_metric(marks, lesions, read, positive)
    negatives = _highest(marks, false, marks.case, read)[..., ~positive]
    found = _highest(marks, ~false, marks.lesion, read[..., lesions.case])
    by_case = np.argsort(lesions.case, kind="stable")
    with_lesions, owner = np.unique(lesions.case[by_case], return_inverse=True)
    weight = np.ones(len(owner))
    if figure is FigureOfMerit.WAFROC:
        own = lesions.weight[by_case]
        weight = own / np.bincount(owner, own)[owner]
    return TwoSampleMetric(
        positive=found[..., by_case],
        negative=negatives,
        owner=owner,
        weight=weight,
        positive_case=with_lesions,
        negative_case=np.flatnonzero(~positive),
    )


def _localisation_metric(
    marks: Marks, lesions: Lesions, read: BoolArray, positive: BoolArray
) -> TwoSampleMetric:
    false = marks.lesion == FALSE_POSITIVE
    wrong = _highest(marks, false, marks.case, read)
    right = _highest(marks, ~false, marks.case, read)
    found = np.where(np.isnan(right) | (right > wrong), right, -np.inf)
    opponents = np.where(wrong == -np.inf, UNMARKED_NEGATIVE, wrong)
    with_lesions = np.unique(lesions.case)
    return TwoSampleMetric(
        positive=found[..., with_lesions],
        negative=opponents[..., ~positive],
        owner=np.arange(len(with_lesions)),
        weight=np.ones(len(with_lesions)),
        positive_case=with_lesions,
        negative_case=np.flatnonzero(~positive),
    )


def _highest(marks: Marks, chosen: BoolArray, place: IntArray, read: BoolArray) -> FloatArray:
    """Highest chosen mark at each place: -infinity where there is none, NaN where not read."""
    highest = np.where(read, -np.inf, np.nan)
    index = (marks.arm[chosen], marks.reader[chosen], place[chosen])
    np.maximum.at(highest, index, marks.rating[chosen])
    return highest
