"""Errors of frameworks, database and disk, translated into ours."""

import errno
import logging
import re

from django.core.exceptions import (
    BadRequest,
    PermissionDenied,
    RequestDataTooBig,
    SuspiciousOperation,
)
from django.db import DataError, OperationalError
from django.http import Http404, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.utils.translation import gettext as _

from inference.errors import InferenceError
from webapp.core import errors

logger = logging.getLogger("reading_room.problems")
FULL = (errno.ENOSPC, errno.EDQUOT)
NUL = "NUL (0x00)"
FULL_DATABASE = re.compile(r"disk is full|no space", re.IGNORECASE)
"""SQLite: "database or disk is full"; PostgreSQL: "could not extend file: No space left"."""


def as_domain_error(error: Exception) -> errors.DomainError | None:
    """Translate the frameworks' own errors into ours; None for what nobody foresaw."""
    match error:
        case errors.DomainError():
            return error
        case InferenceError():
            return errors.InvalidInput(str(error), code=error.code)
        case Http404():
            return errors.NotFound(_("There is nothing at this address, or it is not for you."))
        case PermissionDenied():
            return errors.Forbidden(_("Your role does not allow this."))
        case RequestDataTooBig():
            return errors.TooLarge(_("The request is larger than this page takes."))
        case SuspiciousOperation() | BadRequest() | MultiPartParserError():
            return errors.InvalidInput(_("The request could not be understood. Send it again."))
        case UnreadablePostError():
            return errors.InvalidInput(_("The line broke before all had arrived. Send it again."))
        case DataError() | ValueError() if isinstance(error, DataError) or NUL in str(error):
            # PostgreSQL is stricter than SQLite about lengths and NUL characters.
            return errors.InvalidInput(
                _("A value is too long or has a character that can't be kept. Type it again.")
            )
        case OSError() if error.errno in FULL:
            return _disk_full()
        case OperationalError():
            logger.error("the database failed", exc_info=error)
            if FULL_DATABASE.search(str(error)):
                return _disk_full()
            return errors.Unavailable(
                _("The database doesn't answer. Try again in a minute; what was saved is kept."),
                code="database_down",
            )
    return None


def _disk_full() -> errors.Unavailable:
    return errors.Unavailable(
        _("The disk is full. Nothing was lost; ask an administrator for room, then retry."),
        code="disk_full",
    )
