"""Bend django-allauth to the house: nobody signs up alone, nobody drops their second factor, and it speaks our French."""

from typing import Any

from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from decroche.foundation.clock import now


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Close sign-up, feed the lock on repeated failures, and word every refusal."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "account_inactive": _("Ce compte est désactivé. Votre responsable peut le réactiver."),
        "cannot_remove_primary_email": _("On ne peut pas retirer l’adresse avec laquelle vous entrez."),
        "duplicate_email": _("C’est déjà votre adresse."),
        "email_password_mismatch": _(
            "L’adresse et le mot de passe ne vont pas ensemble. Vérifiez les majuscules."
        ),
        "email_taken": _("Un autre compte utilise déjà cette adresse."),
        "enter_current_password": _("Ce n’est pas votre mot de passe actuel."),
        "incorrect_code": _("Ce code n’est pas le bon, ou il a expiré. Attendez le suivant."),
        "incorrect_password": _("Ce n’est pas votre mot de passe."),
        "invalid_or_expired_key": _("Cette clé n’est pas reconnue."),
        "invalid_login": _("Cette adresse n’est pas reconnue."),
        "invalid_password_reset": _("Ce lien a déjà servi ou n’est plus valable."),
        "max_email_addresses": _("Pas plus de %d adresses."),
        "same_as_current": _("C’est déjà votre adresse."),
        "too_many_login_attempts": _(
            "Beaucoup d’essais d’affilée\u202f: attendez quelques minutes, puis recommencez."
        ),
        "rate_limited": _("Doucement\u202f: attendez quelques instants, puis recommencez."),
        "unknown_email": _("Cette adresse n’est pas reconnue."),
        "unverified_primary_email": _("Confirmez d’abord cette adresse."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002
        """Return False, always: people come in by invitation."""
        return False

    def authenticate(self, request: HttpRequest, **credentials: Any) -> AbstractBaseUser | None:
        """Name the account under the field that the lock on failures (axes) counts by."""
        credentials.setdefault("login", credentials.get("email", ""))
        user: AbstractBaseUser | None = super().authenticate(request, **credentials)
        return user

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        """Return allauth's ways to prove oneself again, in our words."""
        words = {
            "reauthenticate": _("mon mot de passe"),
            "mfa_reauthenticate": _("un code de mon application"),
            "mfa_reauthenticate:webauthn": _("ma clé d’accès"),
        }
        methods: list[dict[str, Any]] = super().get_reauthentication_methods(user)
        return [
            {**method, "description": words.get(method["id"], method["description"])} for method in methods
        ]

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Spare the password to someone who has just typed it and is adding a first second factor."""
        person = self.request.user
        if app == "allauth.mfa" and person.is_authenticated and person.last_login is not None:
            just_came = (now() - person.last_login).total_seconds() < app_settings.REAUTHENTICATION_TIMEOUT
            older = Authenticator.objects.filter(user_id=person.pk, created_at__lt=person.last_login)
            if just_came and not older.exists():
                return False
        return bool(super().is_reauthentication_required(app=app, **kwargs))

    def send_notification_mail(
        self,
        template_prefix: str,
        user: Any,
        context: dict[str, Any] | None = None,
        email: str | None = None,
    ) -> None:
        """Tell the person at the address she signs in with; accounts made by invitation keep no other."""
        super().send_notification_mail(template_prefix, user, context, email or user.email)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:  # noqa: ARG002
        """Return to the person's own page."""
        return reverse("accounts:profile")


class MfaAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Keep at least one second factor on every account where the house demands it."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "add_email_blocked": _("Retirez d’abord la double vérification pour ajouter une adresse."),
        "cannot_delete_authenticator": _("C’est votre seul moyen\u202f: ajoutez-en d’abord un autre."),
        "cannot_generate_recovery_codes": _("Ajoutez d’abord une clé ou une application de codes."),
        "incorrect_code": _("Ce code n’est pas le bon, ou il a expiré. Attendez le suivant."),
        "unverified_email": _("Confirmez d’abord votre adresse e-mail."),
        "rate_limited": _("Doucement\u202f: attendez quelques instants, puis recommencez."),
    }

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Refuse to remove the last real factor (recovery codes are none) where two factors are required."""
        if not settings.MFA_REQUIRED or authenticator.type == Authenticator.Type.RECOVERY_CODES:
            return True
        others = Authenticator.objects.filter(user_id=authenticator.user_id).exclude(pk=authenticator.pk)
        return bool(others.exclude(type=Authenticator.Type.RECOVERY_CODES).exists())

    def generate_authenticator_name(self, user: AbstractBaseUser, type: Authenticator.Type) -> str:  # noqa: A002
        """Propose a name for a new key."""
        number = Authenticator.objects.filter(user_id=user.pk, type=type).count() + 1
        return str(_("Ma clé")) if number == 1 else str(_("Ma clé n° %(number)s") % {"number": number})

    def _get_site_name(self) -> str:
        return "Décroche"
