"""Images of a case as they came out of ingest, read back from the store."""

import mmap

from django.db.models import Q

from webapp.imaging import store
from webapp.imaging.dicom import parsing, pixels
from webapp.imaging.dicom.describe import describe
from webapp.imaging.dicom.objects import Identity
from webapp.imaging.images import StoredImage
from webapp.imaging.models import Case, Instance


def images_of(case: Case, series_uid: str) -> list[StoredImage]:
    """Return the images of one DICOM series of a case, whatever volumes it was split into."""
    volumes = Q(series__series_uid=series_uid) | Q(series__series_uid__startswith=f"{series_uid}#")
    rows = Instance.objects.filter(volumes, series__case=case).select_related("series")
    found = {row.sha256: row for row in rows}
    return [_image(row, case, series_uid) for row in found.values()]


def _image(row: Instance, case: Case, series_uid: str) -> StoredImage:
    with store.path_of(row.sha256).open("rb") as file:
        content = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    source = parsing.parse(content)
    identity = Identity(
        study_uid=case.study_uid,
        series_uid=series_uid,
        sop_uid=row.sop_uid,
        sop_class=source.media_class,
        modality=row.series.modality,
        age_years=case.age_years,
        sex=case.sex,
    )
    return StoredImage(
        file="",
        sha256=row.sha256,
        size=row.size,
        identity=identity,
        layout=pixels.layout(source),
        syntax=row.transfer_syntax,
        frames=tuple((offset, length) for offset, length in row.frames),
        facts=describe(source.header, row.sha256),
        names_unchecked=row.series.names_unchecked,
    )
