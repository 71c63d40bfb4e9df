"""Domain errors: what can go wrong, in the words of the people it happens to.

Services raise these; only :mod:`webapp.core.problems` knows about HTTP.
"""

from collections.abc import Mapping


class DomainError(Exception):
    """Something a person can understand and act on.

    Parameters
    ----------
    message : str
        One sentence: what is wrong, the value found, the remedy. Shown as it is.
    code : str, optional
        Stable machine-readable word; defaults to the class's own.
    fields : mapping of str to str, optional
        Messages for single fields of a form or keys of a JSON body.
    """

    code = "error"

    def __init__(
        self, message: str, *, code: str | None = None, fields: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or self.code
        self.fields = dict(fields or {})


class InvalidInput(DomainError):
    """The request can't be understood or breaks a rule that another value would satisfy."""

    code = "invalid"


class Forbidden(DomainError):
    """The person is known and may not do this."""

    code = "forbidden"


class NotFound(DomainError):
    """There is no such thing, or it is not for this person; both read the same."""

    code = "not_found"


class Conflict(DomainError):
    """The request is right but not in the present state, e.g. results before unblinding."""

    code = "conflict"


class TooLarge(DomainError):
    """The input is larger than this installation takes."""

    code = "too_large"


class Unavailable(DomainError):
    """A part of the installation is down or full; nothing is wrong with the request."""

    code = "unavailable"
