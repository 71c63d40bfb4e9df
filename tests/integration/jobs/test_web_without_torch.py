"""The web process answers without torch: only workers load it."""

import os
import subprocess
import sys
from pathlib import Path

SERVE_EVERYTHING = """
import sys
import webapp.wsgi
from django.urls import get_resolver

def load(resolver):
    for entry in resolver.url_patterns:
        if hasattr(entry, "url_patterns"):
            load(entry)

load(get_resolver())
loaded = sorted(name for name in ("torch", "matplotlib", "reportlab") if name in sys.modules)
print("slow modules in the web process:", loaded)
"""


def test_loading_every_address_imports_nothing_slow(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", SERVE_EVERYTHING],
        env={**os.environ, "READING_ROOM_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "slow modules in the web process: []"
