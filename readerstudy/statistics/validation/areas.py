"""Published figures of areas under ROC curves."""

import math

from readerstudy.statistics.estimates import normal
from readerstudy.statistics.mrmc.auc import delong_covariance, placements
from readerstudy.statistics.validation.check import Check
from readerstudy.statistics.validation.data import OVARIAN

SAS_ROC = "SAS/STAT User's Guide, LOGISTIC procedure, comparing ROC curves"
NAME = "DeLong 1988"


def area_checks() -> list[Check]:
    """DeLong's own data: screening tests of patients with ovarian cancer."""
    _albumin, protein, score, outcome = OVARIAN.T
    good = outcome == 1
    curves = [placements(rating[good], rating[~good]) for rating in (protein, -score)]
    covariance = delong_covariance(curves)
    assert covariance is not None
    se = math.sqrt(covariance[0, 0])
    spread = math.sqrt(covariance[0, 0] + covariance[1, 1] - 2 * covariance[0, 1])
    interval = normal(curves[0].auc, se, 0.05)
    assert interval.ci_low is not None
    assert interval.ci_high is not None
    figures = [
        ("AUC, K-G score", "0.7258", curves[1].auc),
        ("AUC, total protein", "0.6478", curves[0].auc),
        ("standard error, total protein", "0.1000", se),
        ("AUC, total protein, low", "0.4518", interval.ci_low),
        ("AUC, total protein, high", "0.8439", interval.ci_high),
        ("total protein minus K-G score", "-0.0780", curves[0].auc - curves[1].auc),
        ("standard error of the difference", "0.1046", spread),
    ]
    return [Check(NAME, name, text, value, SAS_ROC) for name, text, value in figures]
