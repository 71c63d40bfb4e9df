"""Who reads, and with how much experience."""

from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from readerstudy.models import ReaderStudy
from webapp.accounts import selectors as accounts
from webapp.accounts.models import Role, User
from webapp.core.errors import InvalidInput
from webapp.core.form_input import whole_number

LEVELS = [
    ("junior", gettext_lazy("Junior")),
    ("middle", gettext_lazy("Middle")),
    ("senior", gettext_lazy("Senior")),
]


def context(study: ReaderStudy, user: User) -> dict[str, Any]:
    """Return everybody with the role of reader, and their part in this study."""
    held = {reader.user_id: reader for reader in study.readers.all()}
    people = accounts.with_role(Role.READER)
    return {"rows": [(one, held.get(one.pk)) for one in people], "levels": LEVELS}


def pieces(study: ReaderStudy, user: User, data: QueryDict) -> dict[str, Any]:
    """Read the chosen people with level and years of experience.

    Raises
    ------
    InvalidInput
        If years are not a whole number.
    """
    readers = []
    for email in data.getlist("reader"):
        years = data.get(f"years-{email}", "").strip()
        if years and whole_number(years) is None:
            raise InvalidInput(
                _("Years of experience must be a whole number, found “%(years)s” for %(email)s.")
                % {"years": years[:20], "email": email}
            )
        entry: dict[str, Any] = {"user": email, "level": data.get(f"level-{email}", "")}
        readers.append(entry | ({"years": whole_number(years)} if years else {}))
    return {"readers": readers}
