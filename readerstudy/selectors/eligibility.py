"""Who may not read a case because they know too much about it."""

from collections.abc import Collection
from uuid import UUID

from readerstudy.models import ReferenceStandard, StudyMembership
from readerstudy.selectors.studies import WITH_CASES
from webapp.accounts.models import User
from webapp.imaging import selectors as imaging
from webapp.imaging.models import Case


def uploaded(user: User, case_ids: Collection[UUID]) -> set[UUID]:
    """Return the cases a person has uploaded."""
    return set(Case.objects.filter(owner=user, pk__in=case_ids).values_list("pk", flat=True))


def truth_known(user: User, case_ids: Collection[UUID]) -> set[UUID]:
    """Return the cases whose reference standard a person has recorded or may look at."""
    recorded = ReferenceStandard.objects.filter(
        recorded_by=user, study_case__case__in=case_ids
    ).values_list("study_case__case", flat=True)
    staff = StudyMembership.objects.filter(
        user=user, role__in=WITH_CASES, study__cases__case__in=case_ids
    ).values_list("study__cases__case", flat=True)
    return set(recorded) | (set(staff) & set(case_ids))


def seen_outside(user: User, case_ids: Collection[UUID]) -> set[UUID]:
    """Return the cases a person may open outside of readings, with their AI output."""
    visible = imaging.cases_visible_to(user).filter(pk__in=case_ids)
    return set(visible.values_list("pk", flat=True))


def barred(user: User, case_ids: Collection[UUID]) -> set[UUID]:
    """Return the cases a person must not read, for any of these reasons."""
    return uploaded(user, case_ids) | truth_known(user, case_ids) | seen_outside(user, case_ids)


def is_staff(user: User, study_id: UUID) -> bool:
    """Say whether a person works on a study, so that they can't read in it."""
    return StudyMembership.objects.filter(user=user, study=study_id).exists()
