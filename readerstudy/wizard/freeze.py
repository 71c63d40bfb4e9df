"""The last look before the protocol is fixed; freezing itself is a service."""

from typing import Any

from django.http import QueryDict

from readerstudy.models import ReaderStudy
from readerstudy.selectors.protocols import protocol_of
from webapp.accounts.models import User


def context(study: ReaderStudy, user: User) -> dict[str, Any]:
    """Return the protocol in numbers."""
    protocol = protocol_of(study)
    readings = len(protocol["cases"]) * len(protocol["readers"]) * len(study.design["periods"])
    return {"protocol": protocol, "n_readings": readings}


def pieces(study: ReaderStudy, user: User, data: QueryDict) -> dict[str, Any]:
    """Change nothing."""
    return {}
