"""Whether two folders hold the same files."""

import hashlib
from pathlib import Path


def digest(folder: Path) -> str:
    """Return a hash of all files' names and bytes."""
    total = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            total.update(path.relative_to(folder).as_posix().encode() + path.read_bytes())
    return total.hexdigest()
