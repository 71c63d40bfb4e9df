"""Rows for stored images: cases, series and instances, in one transaction."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from inference.io.phases import PhaseGuess
from webapp.accounts.models import User
from webapp.core import audit
from webapp.core.clock import Clock
from webapp.core.errors import Conflict
from webapp.imaging import stored
from webapp.imaging.images import StoredImage
from webapp.imaging.models import Case, Instance, Project, Series
from webapp.imaging.phases import Notes
from webapp.imaging.rejection import Code, Refusal
from webapp.imaging.volumes import Arranged, arrange, viewing

ATTEMPTS = 3
GREY_VALUES_ARE_RELATIVE = {"MR", "US", "NM", "CR", "DX", "XA", "RF", "PT"}
Refused = tuple[str, Refusal]
Warnings = dict[Case, set[str]]


@dataclass
class Registered:
    """What became of stored images.

    Parameters
    ----------
    cases
        Cases that images were added to, or that already had them.
    refused
        File and reason of each image that was not added.
    notices
        What sorting found unusual, by case: codes of :data:`NOTICES`.
    """

    cases: list[Case] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    notices: list[tuple[Case, str]] = field(default_factory=list)


NOTICES = {
    "clinical_values_read": _("Clinical values were read from clinical.csv; look through them."),
    "missing_slices": _("Slices are missing in a series; the others stand where they belong."),
    "uneven_spacing": _("The slices of a series are not evenly spaced; distances are uncertain."),
    "uncalibrated": _("The grey values are not Hounsfield units."),
    "no_geometry": _("The images say nothing about size and place, so nothing can be measured."),
    "names_unchecked": _(
        "Pictures and videos without a DICOM header may show the patient's name, and nothing was "
        "blackened. Look through them, and confirm on the page of the case that no name shows."
    ),
    "ultrasound_masked": _(
        "What lies outside the marked regions of the ultrasound pictures was blackened, because "
        "names are often shown there."
    ),
}


def register(
    images: Iterable[StoredImage],
    notes: Notes,
    *,
    owner: User | None,
    project: Project | None,
    clock: Clock,
    details: Mapping[str, Any],
) -> Registered:
    """Make the rows for stored images; two people adding the same case at once both succeed.

    Parameters
    ----------
    notes
        What the original headers said about contrast phases.
    details
        Goes into the audit event.

    Raises
    ------
    Conflict
        If others kept adding to the same cases all the time.
    """
    images = list(images)
    for _attempt in range(ATTEMPTS):
        try:
            return _register(images, notes, owner, project, clock, details)
        except IntegrityError:
            continue  # somebody took the case code or added the same image: look again
    raise Conflict(gettext("Somebody else is adding to the same case. Try again in a minute."))


@transaction.atomic
def _register(
    images: list[StoredImage],
    notes: Notes,
    owner: User | None,
    project: Project | None,
    clock: Clock,
    details: Mapping[str, Any],
) -> Registered:
    result = Registered()
    by_study: dict[str, list[StoredImage]] = defaultdict(list)
    for image in images:
        by_study[image.identity.study_uid].append(image)
    added: dict[str, int] = {}
    for study_uid, members in by_study.items():
        case = _case(study_uid, members, owner, project, clock)
        fresh, refused = _fresh(case, members)
        result.refused += refused
        result.notices += [(case, code) for code in _add(case, fresh, notes)]
        result.cases.append(case)
        added[str(case.pk)] = len(fresh)
    audit.record(
        chain=audit.SITE,
        actor=owner,
        action="images.ingested",
        target=None,
        data={"added": added, **details},
        clock=clock,
    )
    return result


def _case(
    study_uid: str,
    members: list[StoredImage],
    owner: User | None,
    project: Project | None,
    clock: Clock,
) -> Case:
    """Find the case of a study, or make it."""
    scope = {"owner": owner, "project": project, "study_uid": study_uid}
    found = Case.objects.select_for_update().filter(**scope).first()
    if found is not None:
        return found
    last = Case.objects.aggregate(last=Max("code"))["last"] or "RR-000000"
    ages = [image.identity.age_years for image in members if image.identity.age_years is not None]
    return Case.objects.create(
        **scope,
        code=f"RR-{int(last[3:]) + 1:06d}",
        modality=members[0].identity.modality,
        age_years=ages[0] if ages else None,
        sex=next((image.identity.sex for image in members if image.identity.sex), ""),
        created_at=clock.now(),
    )


def _fresh(case: Case, members: list[StoredImage]) -> tuple[list[StoredImage], list[Refused]]:
    """Separate the images a case doesn't have from those it has or can't take."""
    rows = Instance.objects.filter(series__case=case).values_list("sop_uid", "sha256")
    known = dict(rows)
    fresh: list[StoredImage] = []
    refused: list[Refused] = []
    for image in members:
        sop_uid = image.identity.sop_uid
        if known.get(sop_uid) == image.sha256:
            code = Code.DUPLICATE
        elif sop_uid in known:
            code = Code.SAME_UID
        elif case.pinned:
            code = Code.CASE_PINNED
        else:
            known[sop_uid] = image.sha256
            fresh.append(image)
            continue
        refused.append((image.file, Refusal(code, case=case.code)))
    return fresh, refused


def _add(case: Case, fresh: list[StoredImage], notes: Notes) -> set[str]:
    """Add images to a case and arrange anew the series they belong to; return notices."""
    by_series: dict[str, list[StoredImage]] = defaultdict(list)
    for image in fresh:
        by_series[image.identity.series_uid].append(image)
    for uid in by_series:
        by_series[uid] += stored.images_of(case, uid)
    volumes = [each for members in by_series.values() for each in arrange(members)]
    volumes.sort(key=lambda each: (each.first.facts.series_number, each.key))
    guesses = notes.guesses(volumes)
    rows = {row.series_uid: row for row in case.series.all()}
    number = max((row.number for row in rows.values()), default=0)
    touched: list[tuple[Series, Arranged]] = []
    for volume in volumes:
        row = rows.get(volume.key)
        if row is None:
            number += 1
            row = Series(case=case, series_uid=volume.key, number=number)
        touched.append((_filled(row, volume, guesses.get(volume.key)), volume))
    gone = [
        row
        for key, row in rows.items()
        if key.partition("#")[0] in by_series and key not in {each.key for each in volumes}
    ]
    _write(touched, gone)
    summarise(case)
    return {code for volume in volumes for code in _notices(volume)}


def _filled(row: Series, volume: Arranged, guess: PhaseGuess | None) -> Series:
    plan = volume.first.layout
    row.modality = volume.first.identity.modality
    row.n_instances, row.n_frames = len(volume.images), len(volume.frames)
    row.rows, row.columns = plan.rows, plan.columns
    row.calibrated = volume.calibrated
    row.lossy = any(image.lossy for image in volume.images)
    row.names_unchecked = any(image.names_unchecked for image in volume.images)
    row.viewing = viewing(volume)
    if guess is not None and row.phase_corrected_by_id is None:
        row.phase = guess.phase and guess.phase.value
        row.phase_confidence = guess.confidence if guess.phase else None
        row.phase_reason = guess.reason.value
    return row


def _write(touched: list[tuple[Series, Arranged]], gone: list[Series]) -> None:
    for row in gone:
        row.delete()
    for row, _volume in touched:
        row.save()
    Instance.objects.filter(series__in=[row for row, _volume in touched]).delete()
    Instance.objects.bulk_create(
        Instance(
            series=row,
            position=position,
            sop_uid=image.identity.sop_uid,
            transfer_syntax=image.syntax,
            sha256=image.sha256,
            size=image.size,
            n_frames=len(image.frames),
            frames=image.frames,
        )
        for row, volume in touched
        for position, image in enumerate(volume.images)
    )


def summarise(case: Case) -> None:
    """Set what follows from a case's series: its modality, and whether values are physical."""
    listed = list(case.series.all())
    if not listed:
        return
    case.modality = max(listed, key=lambda series: (series.n_frames, -series.number)).modality
    case.calibrated = all(
        series.calibrated or series.modality in GREY_VALUES_ARE_RELATIVE for series in listed
    )
    case.save(update_fields=["modality", "calibrated"])


def _notices(volume: Arranged) -> set[str]:
    codes = {notice.code for notice in volume.notices if notice.code in NOTICES}
    modality = volume.first.identity.modality
    if not volume.calibrated and modality not in GREY_VALUES_ARE_RELATIVE:
        codes.add("uncalibrated")
    if volume.first.facts.spacing_mm is None:
        codes.add("no_geometry")
    if any(image.facts.pixels_cleaned for image in volume.images):
        codes.add("ultrasound_masked")
    if any(image.names_unchecked for image in volume.images):
        codes.add("names_unchecked")
    return codes
