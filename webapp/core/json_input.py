"""JSON from outside: what can't be kept or computed with is refused here, once, in a sentence.

JSON allows more than databases and numbers do: NUL characters and halves of surrogate pairs in
text, numbers beyond 64 bits or without end, nesting that exhausts the stack (RFC 8259 section 9
leaves the limits to the parser).
"""

import json
import math
from collections.abc import Mapping
from typing import Any, NoReturn

from django.utils.translation import gettext as _
from rest_framework.parsers import BaseParser

from webapp.core.errors import InvalidInput, TooLarge

LARGEST_BYTES = 32 * 2**20
DEEPEST = 64
LARGEST_NUMBER = 2**63


def parse_json(content: bytes) -> Any:
    """Return the value of a JSON text in UTF-8, with or without a byte order mark.

    Raises
    ------
    InvalidInput
        If it is no JSON, or holds a value that nothing here could keep.
    """
    try:
        value = json.loads(content.decode("utf-8-sig"), parse_constant=_no_number)
    except UnicodeDecodeError as error:
        raise InvalidInput(_("This is not UTF-8 text. Save it as UTF-8 and try again.")) from error
    except json.JSONDecodeError as error:
        raise InvalidInput(
            _("This is not JSON: %(why)s in line %(line)s.")
            % {"why": error.msg, "line": error.lineno}
        ) from error
    except RecursionError:
        raise _too_deep() from None
    except ValueError:  # an integer of thousands of digits
        _no_number("")
    _check(value, DEEPEST)
    return value


class JsonInput(BaseParser):
    """Reads JSON bodies of the API."""

    media_type = "application/json"

    def parse(
        self,
        stream: Any,
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        """Return the body's value.

        Raises
        ------
        InvalidInput, TooLarge
            If it is no usable JSON, or larger than `LARGEST_BYTES`.
        """
        content = stream.read(LARGEST_BYTES + 1)
        if len(content) > LARGEST_BYTES:
            raise TooLarge(
                _("The request is larger than the %(limit)s MB that are taken.")
                % {"limit": LARGEST_BYTES >> 20}
            )
        return parse_json(content)


def _check(value: Any, depth: int) -> None:
    """Refuse text that can't be stored, numbers that can't be counted with, endless nesting."""
    if depth < 0:
        raise _too_deep()
    match value:
        case str():
            _check_text(value)
        case dict():
            for key, item in value.items():
                _check_text(key)
                _check(item, depth - 1)
        case list():
            for item in value:
                _check(item, depth - 1)
        case int() if abs(value) >= LARGEST_NUMBER:
            _no_number("")
        case float() if not math.isfinite(value):
            _no_number("")


def _check_text(text: str) -> None:
    if "\0" in text or not _encodes(text):
        raise InvalidInput(
            _("A text holds characters that can't be stored. Type it anew and try again.")
        )


def _encodes(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:  # half of a surrogate pair
        return False
    return True


def _too_deep() -> InvalidInput:
    return InvalidInput(
        _("The JSON is nested more than %(limit)s levels deep.") % {"limit": DEEPEST}
    )


def _no_number(_written: str) -> NoReturn:
    raise InvalidInput(_("A number is too large, or not a number."))
