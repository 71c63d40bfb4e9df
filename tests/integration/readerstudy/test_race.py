"""Two windows, or six, at the same moment: one comes through, the others are told."""

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.conftest import REPOSITORY
from tests.integration.readerstudy.race import WINDOWS


def test_of_many_windows_at_once_one_comes_through(tmp_path: Path) -> None:
    environment = {
        **{key: value for key, value in os.environ.items() if key != "DATABASE_URL"},
        "READING_ROOM_HOME": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "webapp.settings",
    }
    done = subprocess.run(
        [sys.executable, "-m", "tests.integration.readerstudy.race"],
        cwd=REPOSITORY, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr

    others = WINDOWS - 1
    assert json.loads(done.stdout) == {
        "freeze": {"done": 1, "study_frozen": others},
        "open": {"done": WINDOWS},
        "save": {"done": 1, "draft_changed": others},
        "commit": {"done": 1, "already_committed": others},
        "assignments": 4,
        "readings": 1,
        "answers": 4,
        "broken_at": None,
    }
