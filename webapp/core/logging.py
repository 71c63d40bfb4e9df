"""Logging that can't carry a person's data out of the building."""

import logging
import re

# E-mail addresses and anything shaped like a DICOM person name (PS3.5 section 6.2.1.1).
_PERSONAL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.]+|\b[^\W\d_]{2,}\^[^\s\"']+")


class NoPersonalData(logging.Filter):
    """Mask e-mail addresses and DICOM person names in what is about to be logged."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite the record's message in place; always lets it through."""
        message = record.getMessage()
        masked = _PERSONAL.sub("[removed]", message)
        if masked != message:
            record.msg, record.args = masked, ()
        if record.exc_info and record.exc_info[1] is not None:
            formatted = logging.Formatter().formatException(record.exc_info)
            record.exc_text = _PERSONAL.sub("[removed]", formatted)
        return True
