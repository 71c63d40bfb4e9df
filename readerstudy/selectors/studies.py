"""Which studies a person may see, and as what."""

from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from readerstudy.models import ReaderStudy, StudyRole
from webapp.accounts.models import Role, User
from webapp.core.errors import Forbidden, NotFound

WITH_CASES = (StudyRole.COORDINATOR, StudyRole.TRUTH_KEEPER)
"""Staff who may open the cases of their study."""


def studies_visible_to(user: User) -> QuerySet[ReaderStudy]:
    """Return the studies a person works on as staff; administrators see all. Readers see none."""
    if user.has_role(Role.ADMINISTRATOR):
        return ReaderStudy.objects.all()
    return ReaderStudy.objects.filter(memberships__user=user).distinct()


def roles_in(study: ReaderStudy, user: User) -> frozenset[str]:
    """Return what a person does on the staff of a study."""
    return frozenset(study.memberships.filter(user=user).values_list("role", flat=True))


def study_for(user: User, study_id: UUID, *roles: StudyRole) -> ReaderStudy:
    """Return a study for a person.

    Parameters
    ----------
    user, study_id
        Who asks for which.
    roles
        What the person has to be on its staff; none given: anybody who may see it.

    Raises
    ------
    NotFound
        If there is none, or it is not for them.
    Forbidden
        If they may see it, but not in that role.
    """
    study = studies_visible_to(user).filter(pk=study_id).first()
    if study is None:
        raise NotFound(_("There is no such study, or it is not for you."))
    if roles and not roles_in(study, user).intersection(roles):
        wanted = ", ".join(str(role.label) for role in roles)
        raise Forbidden(
            _("In this study only the following may do this: %(roles)s.") % {"roles": wanted}
        )
    return study


def study_named(text: str) -> ReaderStudy:
    """Return a study by its id as text, for the command line.

    Raises
    ------
    NotFound
        If there is none.
    """
    try:
        return ReaderStudy.objects.get(pk=UUID(text))
    except (ValueError, ReaderStudy.DoesNotExist) as error:
        raise NotFound(_("There is no study %(study)s.") % {"study": text}) from error


def case_rule(user: User) -> Q:
    """Return the condition on `Case` under which the staff of a study sees its cases."""
    return Q(
        study_cases__study__memberships__user=user,
        study_cases__study__memberships__role__in=WITH_CASES,
    )
