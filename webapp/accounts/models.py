"""People and the roles they hold."""

import uuid
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from webapp.core.models import UUIDModel


class Role(models.TextChoices):
    """What a person may come for; one person may hold several."""

    READER = "reader", _("Reader")
    COORDINATOR = "coordinator", _("Coordinator")
    TRUTH_KEEPER = "truth_keeper", _("Truth keeper")
    STATISTICIAN = "statistician", _("Statistician")
    CLINICIAN = "clinician", _("Clinician")
    RADIOLOGIST = "radiologist", _("Radiologist (second opinions)")
    ADMINISTRATOR = "administrator", _("Administrator")


class UserManager(BaseUserManager["User"]):
    """Looks people up by e-mail address, whatever its case."""

    def get_by_natural_key(self, username: str | None) -> "User":
        """Find a person by address, ignoring case."""
        return self.get(email__iexact=username)

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Store a person; without a password they can only come in by a one-time link."""
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """A person who signs in with an e-mail address."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField(_("e-mail address"), unique=True)
    display_name = models.CharField(_("name"), max_length=120)
    is_active = models.BooleanField(default=True)
    date_joined = models.DateTimeField(default=timezone.now)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["display_name"]

    def __str__(self) -> str:
        return self.display_name

    @cached_property
    def role_names(self) -> frozenset[str]:
        """The roles this person holds, read once per request."""
        return frozenset(self.roles.values_list("role", flat=True))

    def has_role(self, *wanted: Role) -> bool:
        """Say whether this person holds any of the roles."""
        return bool(self.role_names.intersection(wanted))


class RoleMembership(UUIDModel):
    """One role of one person."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="roles")
    role = models.CharField(max_length=20, choices=Role.choices)
    since = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "role"], name="role_once")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.role}"
