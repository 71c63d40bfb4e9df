"""Which cases are read, under which codes."""

from typing import Any

from django.http import QueryDict

from readerstudy.models import ReaderStudy
from readerstudy.selectors.protocols import protocol_of
from webapp.accounts.models import User
from webapp.imaging import selectors as imaging


def context(study: ReaderStudy, user: User) -> dict[str, Any]:
    """Return the cases to choose from, each with its place in the study if it has one."""
    chosen = {str(row.case_id): row for row in study.cases.all()}
    candidates = imaging.cases_visible_to(user).prefetch_related("series")
    return {
        "rows": [(case, chosen.get(str(case.pk))) for case in candidates],
        "chosen": len(chosen),
    }


def pieces(study: ReaderStudy, user: User, data: QueryDict) -> dict[str, Any]:
    """Keep the codes of cases that stay; number the added ones on from the highest code."""
    protocol = protocol_of(study)
    wanted = data.getlist("case")
    kept = [entry for entry in protocol["cases"] if entry["case"] in wanted]
    known = {entry["case"] for entry in kept}
    number = max((_number(entry["code"]) for entry in protocol["cases"]), default=0)
    for case_id in wanted:
        if case_id not in known:
            number += 1
            kept.append({"code": f"C{number:03d}", "case": case_id})
    codes = {entry["code"] for entry in kept}
    reference = [entry for entry in protocol["reference"] if entry["case"] in codes]
    return {"cases": kept, "reference": reference}


def with_lesion(
    study: ReaderStudy, code: str, centre_mm: list[float], size_mm: list[float]
) -> dict[str, Any]:
    """Return the protocol's cases with one index lesion marked."""
    entries = protocol_of(study)["cases"]
    for entry in entries:
        if entry["code"] == code:
            entry["index_lesion"] = {"centre_mm": centre_mm, "size_mm": size_mm}
    return {"cases": entries}


def _number(code: str) -> int:
    digits = "".join(letter for letter in code if letter.isdigit())
    return int(digits or 0)
