"""Projects: who shares a set of cases."""

from django.db import transaction
from django.utils.translation import gettext as _

from webapp.accounts.models import User
from webapp.core import audit
from webapp.core.clock import Clock
from webapp.core.errors import InvalidInput
from webapp.imaging.models import Project

LONGEST_NAME = 120


@transaction.atomic
def project_named(*, name: str, owner: User | None, clock: Clock) -> Project:
    """Return the project of a name, made when missing; its first member is the owner.

    Raises
    ------
    InvalidInput
        If the name is empty or too long.
    """
    name = name.strip()
    if not 0 < len(name) <= LONGEST_NAME:
        raise InvalidInput(
            _("A project's name has 1 to %(limit)s letters.") % {"limit": LONGEST_NAME}
        )
    project, created = Project.objects.get_or_create(name=name)
    if created:
        if owner is not None:
            project.members.add(owner)
        audit.record(
            chain=audit.SITE,
            actor=owner,
            action="project.created",
            target=project,
            data={},
            clock=clock,
        )
    return project
