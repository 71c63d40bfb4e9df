"""Who works on a study besides its readers."""

from django.db import transaction
from django.utils.translation import gettext as _

from readerstudy.models import ReaderStudy, StudyMembership, StudyRole
from readerstudy.services.common import locked_study, record
from webapp.accounts.models import Role, User
from webapp.core.clock import Clock
from webapp.core.errors import Conflict


@transaction.atomic
def add_member(
    *, study: ReaderStudy, user: User, role: StudyRole, actor: User | None, clock: Clock
) -> StudyMembership:
    """Give a person a part in running a study; giving it again changes nothing.

    Raises
    ------
    Conflict
        If the person reads in the study, or doesn't hold the role in this installation.
    """
    present = locked_study(study)
    if present.readers.filter(user=user).exists():
        raise Conflict(
            _("%(person)s reads in this study and can't work on it.") % {"person": user},
            code="is_reader",
        )
    if not user.has_role(Role(role.value)):
        raise Conflict(
            _("%(person)s does not hold the role %(role)s; ask an administrator.")
            % {"person": user, "role": role.label},
            code="role_missing",
        )
    member, created = StudyMembership.objects.get_or_create(study=present, user=user, role=role)
    if created:
        data = {"user": str(user.pk), "role": role.value}
        record(present, "member.added", actor=actor, clock=clock, target=member, data=data)
    return member


@transaction.atomic
def remove_member(*, member: StudyMembership, actor: User, clock: Clock) -> None:
    """Take a person off the staff; a study always keeps a coordinator.

    Raises
    ------
    Conflict
        If it is the last coordinator.
    """
    study = locked_study(member.study)
    coordinators = study.memberships.filter(role=StudyRole.COORDINATOR)
    if member.role == StudyRole.COORDINATOR and coordinators.count() == 1:
        raise Conflict(_("A study needs a coordinator; add another one first."))
    data = {"user": str(member.user_id), "role": member.role}
    record(study, "member.removed", actor=actor, clock=clock, target=member, data=data)
    member.delete()
