"""One spelling per JSON value, so that its hash can be compared."""

import hashlib
import json
from typing import Any


def canonical(value: Any) -> bytes:
    """Return canonical JSON: sorted keys, no blanks, UTF-8, no NaN or infinity."""
    text = json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )
    return text.encode()


def sha256_of(value: Any) -> str:
    """Return the SHA-256 of a value's canonical JSON in hexadecimal."""
    return hashlib.sha256(canonical(value)).hexdigest()
