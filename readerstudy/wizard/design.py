"""Arms, periods, washout and seed; shows what they mean for each reader."""

from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from readerstudy.models import ReaderStudy
from webapp.accounts.models import User
from webapp.core.errors import InvalidInput
from webapp.core.form_input import whole_number


def context(study: ReaderStudy, user: User) -> dict[str, Any]:
    """Return the arms to choose from; the rest is in the study itself."""
    return {"arms": list(study.arms.all())}


def pieces(study: ReaderStudy, user: User, data: QueryDict) -> dict[str, Any]:
    """Read title, design, washout and seed.

    Raises
    ------
    InvalidInput
        If a number is not one.
    """
    return {
        "title": data.get("title", ""),
        "pilot": "pilot" in data,
        "seed": _whole(data, "seed", _("The seed")),
        "washout_days": _whole(data, "washout_days", _("The washout in days")),
        "design": {"kind": data.get("kind", ""), "periods": data.getlist("period")},
    }


def _whole(data: QueryDict, name: str, what: str) -> int:
    text = data.get(name, "")
    number = whole_number(text)
    if number is None:
        raise InvalidInput(
            _("%(what)s must be a whole number, found “%(text)s”.")
            % {"what": what, "text": text[:20]},
            fields={name: _("A whole number")},
        )
    return number
