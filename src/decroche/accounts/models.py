"""People who sign in, and the log of what they saw of patients."""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _


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

    email = models.EmailField(_("adresse e-mail"), unique=True)
    civility = models.CharField(_("civilité"), max_length=3, choices=Civility.choices, blank=True, default="")
    first_name = models.CharField(_("prénom"), max_length=80)
    last_name = models.CharField(_("nom"), max_length=80)
    language = models.CharField(_("langue"), max_length=5, default="fr")
    timezone = models.CharField(_("fuseau horaire"), max_length=40, default="Europe/Paris")
    country = models.CharField(_("pays"), max_length=2, default="FR")
    is_active = models.BooleanField(_("compte ouvert"), default=True)
    is_administrator = models.BooleanField(_("administre l’installation"), default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    secrecy_signed_at = models.DateTimeField(_("engagement de confidentialité signé le"), null=True, blank=True)

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
