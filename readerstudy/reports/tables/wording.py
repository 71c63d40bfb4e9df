"""How numbers are written for people."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

Entry = Mapping[str, Any]
DASH = "–"


def number(value: float | None, digits: int = 3) -> str:
    """Write a number with fixed digits; a dash for what is undefined."""
    return DASH if value is None else f"{value:.{digits}f}".replace("-", "\N{MINUS SIGN}")


def count(value: int | None) -> str:
    """Write a count."""
    return DASH if value is None else str(value)


def p_value(value: float | None) -> str:
    """Write a p value the way journals do."""
    if value is None:
        return DASH
    return "< 0.001" if value < 0.001 else f"{value:.3f}"


def p_with_sign(value: float | None) -> str:
    """Write a p value so that it can follow the letter p."""
    if value is None:
        return _("undefined")
    text = p_value(value)
    return text if text.startswith("<") else f"= {text}"


def interval(low: float | None, high: float | None, digits: int = 3) -> str:
    """Write an interval in parentheses; nothing where there is none."""
    if low is None or high is None:
        return ""
    return f"({number(low, digits)} to {number(high, digits)})"


def estimate(entry: Entry | None, digits: int = 3) -> str:
    """Write an estimate with its interval."""
    if entry is None or entry["estimate"] is None:
        return DASH
    limits = interval(entry["ci_low"], entry["ci_high"], digits)
    return f"{number(entry['estimate'], digits)} {limits}".rstrip()


def share(entry: Entry | None, part: int, whole: int) -> str:
    """Write a proportion with its interval and what it is made of."""
    return f"{estimate(entry)} {part}/{whole}"


def adjustment(method: str) -> str:
    """Write a way to adjust p values as people call it."""
    names = {
        "holm": "Holm", "hochberg": "Hochberg", "bonferroni": "Bonferroni",
        "bh": "Benjamini-Hochberg", "gatekeeping": _("gatekeeping"),
    }  # fmt: skip
    return names[method]


def words(name: str) -> str:
    """Write a name of a plan as words."""
    return name.replace("_", " ")


def metric_name(name: str) -> str:
    """Write a metric of a plan as words."""
    return "AUC" if name == "auc" else words(name)
