"""Orthanc's side of the ingest benchmark: a server of its own, fed by STOW-RS (PS3.18, 10.5).

Runs where the packages ``orthanc`` and ``orthanc-dicomweb`` are installed. Orthanc stores what it
is given; it neither de-identifies nor explains what it refuses.
"""

import hashlib
import io
import json
import shutil
import subprocess
import time
import urllib.request
import uuid
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pydicom

from tests.servers import free_port, wait_for_port

PLUGIN = Path("/usr/share/orthanc/plugins/libOrthancDicomWeb.so")
INSTANCES_PER_REQUEST = 50


def available() -> bool:
    """Say whether Orthanc and its DICOMweb plugin are installed."""
    return shutil.which("Orthanc") is not None and PLUGIN.exists()


def stow(path: Path, folder: Path) -> dict[str, Any]:
    """Send the files of a ZIP to an empty Orthanc; seconds and the hashes of all stored pixels."""
    with _server(folder) as address:
        start = time.perf_counter()
        for body, boundary in _requests(path):
            kind = f'multipart/related; type="application/dicom"; boundary={boundary}'
            _fetch(f"{address}/dicom-web/studies", body, kind)
        seconds = time.perf_counter() - start
        identifiers = json.loads(_fetch(f"{address}/instances"))
        files = [_fetch(f"{address}/instances/{name}/file") for name in identifiers]
    pixels = [pydicom.dcmread(io.BytesIO(file)).PixelData for file in files]
    return {
        "seconds": seconds,
        "pixels": sorted(hashlib.sha256(values).hexdigest() for values in pixels),
    }


@contextmanager
def _server(folder: Path) -> Iterator[str]:
    port = free_port()
    settings = {
        "StorageDirectory": str(folder / "orthanc"),
        "IndexDirectory": str(folder / "orthanc"),
        "HttpPort": port,
        "DicomServerEnabled": False,
        "AuthenticationEnabled": False,
        "Plugins": [str(PLUGIN)],
    }
    configuration = folder / "orthanc.json"
    configuration.write_text(json.dumps(settings), "utf-8")
    process = subprocess.Popen(
        ["Orthanc", str(configuration)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        wait_for_port(port)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(60)
        shutil.rmtree(folder / "orthanc", ignore_errors=True)


def _requests(path: Path) -> Iterator[tuple[bytes, str]]:
    boundary = uuid.uuid4().hex
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        for first in range(0, len(names), INSTANCES_PER_REQUEST):
            parts = [archive.read(name) for name in names[first : first + INSTANCES_PER_REQUEST]]
            head = f"--{boundary}\r\nContent-Type: application/dicom\r\n\r\n".encode()
            body = b"".join(head + part + b"\r\n" for part in parts)
            yield body + f"--{boundary}--\r\n".encode(), boundary


def _fetch(address: str, body: bytes | None = None, kind: str = "") -> bytes:
    headers = {"Content-Type": kind, "Accept": "application/dicom+json"} if body else {}
    request = urllib.request.Request(address, data=body, headers=headers)
    with urllib.request.urlopen(request, timeout=120) as answer:
        content: bytes = answer.read()
    return content
