"""Blacken by hand: what a person has drawn over is gone from every frame of a series, for good."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

import numpy as np
from django.db import transaction
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from webapp.accounts.models import User
from webapp.core import audit
from webapp.core.clock import Clock
from webapp.core.errors import Conflict, InvalidInput
from webapp.imaging import images, store, thumbnails
from webapp.imaging.dicom import masking, parsing, pixels
from webapp.imaging.dicom.deidentify import Deidentifier
from webapp.imaging.dicom.objects import described
from webapp.imaging.images import StoredImage
from webapp.imaging.models import Case, Instance, Series
from webapp.imaging.rejection import Refusal
from webapp.imaging.volumes import pixel_format

Rectangle = tuple[int, int, int, int]
"""x0, y0, x1, y1 in pixels, half-open."""
MOST_RECTANGLES = 50


@dataclass(frozen=True)
class _Replaced:
    """A stored file of a series, and the blackened one that takes its place."""

    instance: Instance
    image: StoredImage


def blacken(
    *,
    case: Case,
    rectangles: Mapping[UUID, Sequence[Rectangle]],
    actor: User,
    clock: Clock,
) -> Case:
    """Blacken rectangles in all frames of series; the files that showed them are destroyed.

    Images are never blackened in part: files are made first and put in place in one transaction.

    Parameters
    ----------
    rectangles
        By series; what lies outside of its frames doesn't count.

    Raises
    ------
    InvalidInput
        If there is nothing to blacken, a series is not of this case, or its pixels don't decode.
    Conflict
        ``case_pinned`` if the case is part of a frozen study, ``changed`` if its images have
        changed meanwhile.
    """
    _insist_on_open(case)
    made = [
        replaced
        for series, drawn in _chosen(case, rectangles)
        for replaced in _blackened(series, drawn)
    ]
    store.settle(each.image.sha256 for each in made)
    gone = {each.instance.sha256 for each in made}
    with transaction.atomic():
        _insist_on_open(Case.objects.select_for_update().get(pk=case.pk))
        for each in made:
            _put_in_place(each)
        touched = list(Series.objects.filter(pk__in=rectangles))
        for series in touched:
            thumbnails.forget(series)
            series.blackened += 1
            series.save(update_fields=["blackened"])
        audit.record(
            chain=audit.SITE,
            actor=actor,
            action="case.blackened",
            target=case,
            data={str(pk): len(drawn) for pk, drawn in rectangles.items()},
            clock=clock,
        )
    for sha256 in gone.difference(Instance.objects.values_list("sha256", flat=True)):
        store.remove(sha256)
    return case


def _insist_on_open(case: Case) -> None:
    if case.pinned:
        raise Conflict(
            _("This case is part of a frozen study, so its images can't change any more."),
            code="case_pinned",
        )


def _chosen(
    case: Case, rectangles: Mapping[UUID, Sequence[Rectangle]]
) -> list[tuple[Series, Sequence[Rectangle]]]:
    own = {series.pk: series for series in case.series.all()}
    drawn = sum(map(len, rectangles.values()))
    if not 0 < drawn <= MOST_RECTANGLES or not all(rectangles.values()):
        raise InvalidInput(
            _("Draw over what is to be blackened first, at most %(most)s places.")
            % {"most": MOST_RECTANGLES}
        )
    if not own.keys() >= rectangles.keys():
        raise InvalidInput(_("This case has no such series. Reload the page."))
    return [(own[pk], found) for pk, found in rectangles.items()]


def _blackened(series: Series, drawn: Sequence[Rectangle]) -> list[_Replaced]:
    hidden = np.zeros((series.rows, series.columns), np.bool_)
    for x0, y0, x1, y1 in drawn:
        hidden[max(0, y0) : max(0, y1), max(0, x0) : max(0, x1)] = True
    if not hidden.any():
        raise InvalidInput(_("What you drew lies outside the images. Draw it again."))
    try:
        return [_Replaced(file, _stored(file, hidden)) for file in series.instances.all()]
    except Refusal as refusal:
        raise InvalidInput(refusal.sentence) from None


def _stored(instance: Instance, hidden: NDArray[np.bool_]) -> StoredImage:
    """Store an image again without what is hidden; its UIDs stay, they are remapped already."""
    content = store.path_of(instance.sha256).read_bytes()
    source = parsing.parse(content)
    deidentifier, layout = Deidentifier(str), pixels.layout(source)
    as_it_is = deidentifier.clean(
        source,
        layout,
        pixels.arrange(source, layout),
        fingerprint=hashlib.sha256(content).hexdigest,
    )
    plan, covered = masking.covered(as_it_is, hidden)
    clean = deidentifier.clean(
        source,
        plan,
        covered,
        fingerprint=hashlib.sha256(content).hexdigest,
        changed=described(plan),
        pixels_cleaned=True,
    )
    return images.put("", clean)


def _put_in_place(each: _Replaced) -> None:
    """Let the rows of a file point to its blackened one."""
    image = each.image
    changed = Instance.objects.filter(pk=each.instance.pk, sha256=each.instance.sha256).update(
        sha256=image.sha256,
        size=image.size,
        transfer_syntax=image.syntax,
        frames=image.frames,
    )
    if not changed:
        raise Conflict(_("The images have changed meanwhile. Reload the page."), code="changed")
    series = Series.objects.get(pk=each.instance.series_id)
    series.viewing |= {
        "content_type": pixels.content_type(image.syntax),
        "pixel": pixel_format(image),
    }
    series.save(update_fields=["viewing"])
