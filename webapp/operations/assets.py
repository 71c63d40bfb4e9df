"""Collect, bundle and compress the static files once for each state of the sources."""

import hashlib
from pathlib import Path

from django.conf import settings
from django.core.management import call_command


def prepare() -> bool:
    """Build what WhiteNoise serves, unless it is up to date already.

    Returns
    -------
    bool
        True when anything was built.
    """
    stamp = Path(settings.STATIC_ROOT) / ".built-from"
    state = _state_of_sources()
    if stamp.is_file() and stamp.read_text("ascii") == state:
        return False
    call_command("collectstatic", interactive=False, clear=True, verbosity=0)
    call_command("compress", force=True, verbosity=0)
    stamp.write_text(state, "ascii")
    return True


def _state_of_sources() -> str:
    """Hash names, sizes and times of everything that goes into the bundle."""
    folders = [*map(Path, settings.STATICFILES_DIRS), settings.BASE_DIR / "templates"]
    files = sorted(path for folder in folders for path in folder.rglob("*") if path.is_file())
    digest = hashlib.sha256(settings.VERSION.encode())
    for path in files:
        status = path.stat()
        digest.update(f"{path}\0{status.st_size}\0{status.st_mtime_ns}\n".encode())
    return digest.hexdigest()
