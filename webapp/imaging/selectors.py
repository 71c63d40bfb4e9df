"""Reads about cases; every read for a person starts from what that person may see."""

from pathlib import Path
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from inference.registry.spec import ImageKind
from webapp.accounts.models import Role, User
from webapp.core.errors import NotFound
from webapp.imaging import access, store
from webapp.imaging.models import Case, Series


def _own(user: User) -> Q:
    """Condition on `Case`: owned by the person, or of a project they are a member of."""
    if user.has_role(Role.ADMINISTRATOR):
        return Q(pk__isnull=False)
    if not user.has_role(Role.CLINICIAN, Role.COORDINATOR):
        return Q(pk__in=[])  # a reader who once uploaded meets cases through readings only
    return Q(owner=user) | Q(project__in=user.projects.all())


def cases_visible_to(user: User) -> QuerySet[Case]:
    """Return the cases a person may open.

    Owners, members of the case's project and administrators; whoever the rules registered in
    :mod:`webapp.imaging.access` add. Readers meet cases only through their readings, never here.
    """
    return Case.objects.filter(_own(user) | access.also_visible(user)).distinct()


def cases_editable_by(user: User) -> QuerySet[Case]:
    """Return the cases whose series a person may correct."""
    return Case.objects.filter(_own(user)).distinct()


def case_for(user: User, case_id: UUID) -> Case:
    """Return one case with its series.

    Raises
    ------
    NotFound
        If there is none, or it is not for this person.
    """
    case = cases_visible_to(user).prefetch_related("series").filter(pk=case_id).first()
    if case is None:
        raise NotFound(_("There is no such case, or it is not for you."))
    return case


def editable_case_for(user: User, case_id: UUID) -> Case:
    """Return one case whose series and clinical values the person may correct.

    Raises
    ------
    NotFound
        If there is none, or it is not this person's to correct.
    """
    case = cases_editable_by(user).filter(pk=case_id).first()
    if case is None:
        raise NotFound(_("There is no such case, or it is not for you."))
    return case


def series_for(user: User, series_id: UUID) -> Series:
    """Return one series of a case the person may open.

    Raises
    ------
    NotFound
        If there is none, or it is not for this person.
    """
    return _series(cases_visible_to(user), series_id)


def editable_series_for(user: User, series_id: UUID) -> Series:
    """Return one series the person may correct.

    Raises
    ------
    NotFound
        If there is none, or it is not this person's to correct.
    """
    return _series(cases_editable_by(user), series_id)


def _series(cases: QuerySet[Case], series_id: UUID) -> Series:
    found = Series.objects.select_related("case").filter(pk=series_id, case__in=cases).first()
    if found is None:
        raise NotFound(_("There is no such series, or it is not for you."))
    return found


def image_kinds(case: Case) -> set[ImageKind]:
    """Return the kinds of images that a case has."""
    return {_kind(series) for series in case.series.all()}


def _kind(series: Series) -> ImageKind:
    if series.n_frames > 1 and series.viewing.get("frame_time_ms") is not None:
        return ImageKind.CINE
    return ImageKind.STILLS if series.modality == "US" else ImageKind.VOLUMES


def case_files(case: Case) -> list[tuple[Series, list[Path]]]:
    """Return each series of a case with its stored files, in order of position."""
    listed = case.series.prefetch_related("instances").order_by("number")
    return [
        (series, [store.path_of(instance.sha256) for instance in series.instances.all()])
        for series in listed
    ]
