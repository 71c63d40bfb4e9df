"""The one folder that holds all state: database, stored images, uploads, broker, secrets."""

import secrets
from pathlib import Path

FOLDERS = ("store", "uploads", "broker", "broker/control", "overlays")


def ensure_home(home: Path) -> Path:
    """Create the state folder and its parts, readable by the owner only.

    Parameters
    ----------
    home : Path
        Folder named by ``READING_ROOM_HOME``; created when missing.

    Returns
    -------
    Path
        The same folder, absolute.
    """
    home = home.expanduser().resolve()
    for folder in (home, *(home / name for name in FOLDERS)):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return home


def secret_key(home: Path) -> str:
    """Return this installation's secret, made on first use and kept in the state folder."""
    path = home / "secret-key"
    try:
        with path.open("x", encoding="ascii") as file:
            path.chmod(0o600)
            file.write(secrets.token_urlsafe(50))
    except FileExistsError:
        pass
    return path.read_text("ascii").strip()


def home_path(*parts: str) -> Path:
    """Return a path below the state folder, e.g. ``home_path("store", "ab")``."""
    from django.conf import settings

    return Path(settings.READING_ROOM_HOME).joinpath(*parts)
