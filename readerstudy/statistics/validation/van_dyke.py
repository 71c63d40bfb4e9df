"""The Van Dyke data: the figures that every multi-reader program prints for them."""

from typing import Any

from readerstudy.statistics.validation.check import Check
from readerstudy.statistics.validation.data import van_dyke_rows
from readerstudy.statistics.validation.running import entries_of

TASK = {"kind": "binary", "categories": ["no", "yes"], "positive": ["yes"]}
IOWA = "Iowa OR-DBM MRMC 2.51, MRMCaov, RJafroc"
NAME = "Van Dyke 1993"
OR = {"type": "mrmc_or", "arms": ["1", "2"]}


def van_dyke_checks() -> list[Check]:
    """Areas, Obuchowski-Rockette in all its variants, cases crossed and nested."""
    figures = [*_crossed(), *_nested()]
    return [Check(NAME, quantity, text, value, IOWA) for quantity, text, value in figures]


def _crossed() -> list[tuple[str, str, float]]:
    readings, reference = van_dyke_rows()
    variants: list[dict[str, object]] = [
        {}, {"inference": "FRRC"}, {"inference": "RRFC"}, {"covariance": "delong"},
        {"covariance": "unbiased"}, {"metric": "sensitivity", "threshold": 3},
    ]  # fmt: skip
    analyses = [{**OR, **variant} for variant in variants]
    rrrc, frrc, rrfc, delong, unbiased, sensitivity = entries_of(
        readings, TASK, *analyses, reference=reference
    )
    means, difference = rrrc["arm_means"], rrrc["difference"]
    return [
        ("mean AUC, spin-echo", "0.89703704", means["1"]["estimate"]),
        ("mean AUC, cine", "0.94083736", means["2"]["estimate"]),
        *_test("RRRC, jackknife", rrrc, "4.456318693157", "15.259674589142", "0.051665685819"),
        ("RRRC, difference, low", "-0.087959498567", difference["ci_low"]),
        ("RRRC, difference, high", "0.000358854444", difference["ci_high"]),
        ("FRRC, chi-square", "5.475953242477", frrc["statistic"]),
        ("FRRC, p", "0.019279843071", frrc["p_value"]),
        ("RRFC, F", "8.704", rrfc["statistic"]),
        ("RRFC, p", "0.041958752495", rrfc["p_value"]),
        *_test("RRRC, DeLong", delong, "4.48485", "15.066", "0.05123"),
        *_test("RRRC, unbiased", unbiased, "4.48961", "15.034", "0.05116"),
        *_test("sensitivity at 3", sensitivity, "6.68949", "15.71732", "0.02008822"),
    ]


def _nested() -> list[tuple[str, str, float]]:
    in_reader, in_arm = (
        entries_of(rows, TASK, OR, reference=truth)[0]
        for rows, truth in (van_dyke_rows("reader"), van_dyke_rows("arm"))
    )
    return [
        ("cases nested in reader, F", "8.704", in_reader["statistic"]),
        ("cases nested in reader, p", "0.04196", in_reader["p_value"]),
        *_test("cases nested in arm", in_arm, "2.10449", "68.423", "0.15144"),
    ]


def _test(name: str, entry: Any, f: str, df: str, p: str) -> list[tuple[str, str, float]]:
    return [
        (f"{name}, F", f, entry["statistic"]),
        (f"{name}, denominator df", df, entry["df2"]),
        (f"{name}, p", p, entry["p_value"]),
    ]
