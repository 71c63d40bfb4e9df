"""Published figures of agreement."""

import numpy as np

from readerstudy.statistics.agreement.cohen import cohen_kappa
from readerstudy.statistics.agreement.icc import MeanSquares, Model, icc
from readerstudy.statistics.validation.check import Check
from readerstudy.statistics.validation.data import (
    ABSTRACTORS,
    COHEN_1968,
    COHEN_1968_DISAGREEMENT,
    FLEISS_1971,
    FLEISS_CATEGORIES,
    KRIPPENDORFF,
    SHROUT_FLEISS,
    codes_of_counts,
    rows_of_codes,
)
from readerstudy.statistics.validation.running import entries_of

FLEISS_PAPER = "Fleiss, Psychol Bull 1971;76:378, with the standard error of Fleiss et al 1979"
HAYES = "Hayes & Krippendorff, Commun Methods Meas 2007;1:77"
COHEN = "Cohen, Psychol Bull 1968;70:213"
GWET = "R package irrCAC 1.0"
SHROUT = "Shrout & Fleiss, Psychol Bull 1979;86:420, table 4"


def agreement_checks() -> list[Check]:
    """Fleiss 1971, Krippendorff's example, Cohen 1968, Gwet's abstractors, Shrout & Fleiss 1979."""
    return _fleiss() + _krippendorff() + _cohen() + _abstractors() + _intraclass()


def _fleiss() -> list[Check]:
    rows = rows_of_codes(codes_of_counts(FLEISS_1971), FLEISS_CATEGORIES)
    task = {"kind": "nominal", "categories": list(FLEISS_CATEGORIES)}
    found = entries_of(rows, task, {"type": "fleiss_kappa"})[0]
    printed = {"Depression": "0.244755", "Personality Disorder": "0.244755",
               "Schizophrenia": "0.520", "Neurosis": "0.471127", "Other": "0.566118"}  # fmt: skip
    figures = [
        ("kappa", "0.4302445", found["kappa"]["estimate"]),
        ("standard error under H0", "0.024374", found["se0"]),
        ("z", "17.652", found["z"]),
        *((f"kappa, {name}", text, found["per_category"][name]["kappa"])
          for name, text in printed.items()),
    ]  # fmt: skip
    return [Check("Fleiss 1971", name, text, value, FLEISS_PAPER) for name, text, value in figures]


def _krippendorff() -> list[Check]:
    task = {"kind": "ordinal", "categories": ["1", "2", "3", "4", "5"]}
    rows = rows_of_codes(KRIPPENDORFF - 1, ("1", "2", "3", "4", "5"))
    printed = {"nominal": "0.743", "ordinal": "0.815", "interval": "0.849", "ratio": "0.797"}
    alphas = [{"type": "krippendorff_alpha", "level": level} for level in printed]
    *found, gwet = entries_of(rows, task, *alphas, {"type": "gwet_ac1"})
    checks = [
        Check("Krippendorff", f"alpha, {level}", text, entry["alpha"]["estimate"], HAYES)
        for (level, text), entry in zip(printed.items(), found, strict=True)
    ]
    return [
        *checks,
        Check("Krippendorff", "AC1", "0.77544", gwet["ac1"]["estimate"], GWET),
        Check("Krippendorff", "standard error of AC1", "0.14295", gwet["se"], GWET),
    ]


def _cohen() -> list[Check]:
    weights = 1 - COHEN_1968_DISAGREEMENT / COHEN_1968_DISAGREEMENT.max()
    figures = [
        ("Cohen's kappa", "0.492", cohen_kappa(COHEN_1968, np.eye(3)).kappa),
        ("weighted kappa", "0.348", cohen_kappa(COHEN_1968, weights).kappa),
    ]
    return [Check("Cohen 1968", name, text, value, COHEN) for name, text, value in figures]


def _abstractors() -> list[Check]:
    found = cohen_kappa(ABSTRACTORS, np.eye(3))
    return [
        Check("Abstractors", "Cohen's kappa", "0.7964094", found.kappa, GWET),
        Check("Abstractors", "standard error", "0.05891072", found.se, GWET),
    ]


def _intraclass() -> list[Check]:
    squares = MeanSquares.of(SHROUT_FLEISS)
    printed: dict[tuple[Model, bool], str] = {
        ("1", False): "0.17", ("2", False): "0.29", ("3", False): "0.71",
        ("1", True): "0.44", ("2", True): "0.62", ("3", True): "0.91",
    }  # fmt: skip
    return [
        Check("Shrout & Fleiss 1979", f"ICC({model},{'k' if average else '1'})", text,
              icc(squares, model, average, 0.05).icc, SHROUT)
        for (model, average), text in printed.items()
    ]  # fmt: skip
