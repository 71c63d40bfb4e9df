"""What imaging adds to the stage of the permission matrix."""

import tempfile
from pathlib import Path

from tests.integration.cast import Cast
from tests.unit.inference_io.factories import write
from webapp.imaging.ingest import ingest
from webapp.imaging.uploads import begin


def add_images(cast: Cast) -> None:
    """Store a case with one image and an open upload: ``series_id`` and ``upload_id``."""
    owner = cast["clinician"]
    with tempfile.TemporaryDirectory() as folder:
        path = write(Path(folder) / "slice.dcm")
        report = ingest(path=path, owner=owner, project=None, clock=cast.clock)
    upload = begin(owner=owner, length=10, fingerprint="", filename="", clock=cast.clock)
    cast.things |= {"series_id": report.cases[0].series.get().pk, "upload_id": upload.pk}
