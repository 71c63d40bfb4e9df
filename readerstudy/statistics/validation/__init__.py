"""Published data rerun: each printed figure beside ours.

``python -m readerstudy.statistics validate`` prints the table; the application shows the same rows.
"""

from readerstudy.statistics.validation.agreement import agreement_checks
from readerstudy.statistics.validation.areas import area_checks
from readerstudy.statistics.validation.check import Check
from readerstudy.statistics.validation.models import model_checks
from readerstudy.statistics.validation.proportions import proportion_checks
from readerstudy.statistics.validation.van_dyke import van_dyke_checks

__all__ = ["Check", "published_checks", "table"]


def published_checks() -> list[Check]:
    """All published figures with ours, computed now."""
    return [
        *van_dyke_checks(), *area_checks(), *agreement_checks(), *proportion_checks(),
        *model_checks(),
    ]  # fmt: skip


def table(checks: list[Check]) -> str:
    """The checks as lines of text: data, quantity, ours, published, difference, verdict."""
    lines = [
        (
            check.data,
            check.quantity,
            f"{check.value:.12g}",
            check.published,
            f"{check.difference:+.1e}",
            "agrees" if check.agrees else "DIFFERS",
            check.origin,
        )
        for check in checks
    ]
    head = ("data", "quantity", "ours", "published", "difference", "", "origin")
    widths = [max(len(row[column]) for row in [head, *lines]) for column in range(len(head))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in [head, *lines]
    )
