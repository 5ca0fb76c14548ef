"""People who sign in, how they were invited, and the log of what they saw of patients."""

from datetime import datetime
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from decroche.accounts.domain.permissions import Role
from decroche.accounts.domain.team import TeamKind


class UserManager(BaseUserManager["User"]):
    """Create people."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Create a person who signs in by e-mail; without a password, only an invitation link opens the door."""
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Create an administrator of the installation."""
        return self.create_user(email, password, is_administrator=True, **fields)

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)


class User(AbstractBaseUser, PermissionsMixin):
    """A person who works with Décroche: secretary, practitioner, on-site staff, administrator.

    What they may do comes from their memberships and mandates (``practices``), never from Django's groups.
    """

    class Civility(models.TextChoices):
        MADAME = "mme", _("Mme")
        MONSIEUR = "m", _("M.")
        NONE = "", _("sans civilité")

    class Theme(models.TextChoices):
        AUTO = "auto", _("comme l’ordinateur")
        LIGHT = "light", _("clair")
        DARK = "dark", _("sombre")

    email = models.EmailField(_("adresse e-mail"), unique=True)
    civility = models.CharField(_("civilité"), max_length=3, choices=Civility.choices, blank=True, default="")
    first_name = models.CharField(_("prénom"), max_length=80)
    last_name = models.CharField(pgettext_lazy("person", "nom"), max_length=80)
    language = models.CharField(_("langue"), max_length=5, default="fr")
    timezone = models.CharField(_("fuseau horaire"), max_length=40, default="Europe/Paris")
    country = models.CharField(_("pays"), max_length=2, default="FR")
    theme = models.CharField(_("apparence"), max_length=5, choices=Theme.choices, default=Theme.AUTO)
    is_active = models.BooleanField(_("compte ouvert"), default=True)
    is_administrator = models.BooleanField(_("administre l’installation"), default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    secrecy_signed_at = models.DateTimeField(
        _("engagement de confidentialité signé le"), null=True, blank=True
    )
    # What the demo's entrance says under the name; empty for real people, and read in demo mode only.
    demo_caption = models.CharField(max_length=120, blank=True, default="")

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["first_name", "last_name"]

    objects = UserManager()

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="user_email_any_case")]

    def __str__(self) -> str:
        return self.display_name

    @property
    def display_name(self) -> str:
        """Return how colleagues name her: "Mme Diallo", or first and last name where no civility is kept."""
        if self.civility:
            return f"{self.get_civility_display()} {self.last_name}"
        return f"{self.first_name} {self.last_name}"

    def get_short_name(self) -> str:
        return self.first_name

    def get_full_name(self) -> str:
        return f"{self.first_name} {self.last_name}"


class Invitation(models.Model):
    """A link sent by e-mail that lets one person join one team, once, within a few days.

    The team is a bare reference: teams live in a room above (see ``ports.Teams``). Only a digest
    of the link's secret is kept, so reading this table opens no door.
    """

    email = models.EmailField(_("adresse e-mail"))
    team_kind = models.CharField(max_length=12, choices=[(kind.value, kind.value) for kind in TeamKind])
    team_id = models.BigIntegerField()
    role = models.CharField(_("rôle"), max_length=20, choices=[(role.value, role.value) for role in Role])
    digest = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(User, models.PROTECT, related_name="invitations_sent")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="invitations_accepted"
    )
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]
        indexes = [models.Index(fields=["team_kind", "team_id"])]
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                "team_kind",
                "team_id",
                condition=models.Q(accepted_at__isnull=True, withdrawn_at__isnull=True),
                name="invitation_pending_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.role} {self.team_kind} {self.team_id}"

    def is_open(self, *, now: datetime) -> bool:
        """Tell whether the link still opens the door."""
        return self.accepted_at is None and self.withdrawn_at is None and now < self.expires_at


class AccessLogEntry(models.Model):
    """One line of who saw or changed what of patients' data: written once, never changed.

    The table is cut in months by hand-written SQL (see the migrations) and only ever loses whole
    months; triggers refuse UPDATE, DELETE and TRUNCATE. It carries bare ids, so that no deletion
    elsewhere can touch it.
    """

    class Action(models.TextChoices):
        READ = "read", _("a vu")
        WRITE = "write", _("a modifié")

    at = models.DateTimeField()
    user_id = models.BigIntegerField()
    action = models.CharField(max_length=5, choices=Action.choices)
    kind = models.CharField(max_length=30)  # patient, appointment, message, instruction, call…
    object_ids = ArrayField(models.CharField(max_length=36))
    practice_id = models.BigIntegerField(null=True)
    view_name = models.CharField(max_length=80)
    address = models.GenericIPAddressField(null=True)

    class Meta:
        managed = False
        db_table = "accounts_accesslog"
        ordering = ["-at", "-id"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.user_id} {self.action} {self.kind}"
