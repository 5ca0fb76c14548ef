"""Ask for what opens the door: allauth's forms in our words, ours beside them."""

from typing import Any

from allauth.account.forms import (
    AddEmailForm,
    ChangePasswordForm,
    LoginForm,
    ReauthenticateForm,
    ResetPasswordForm,
    ResetPasswordKeyForm,
    SetPasswordForm,
)
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.base.forms import ReauthenticateForm as ReauthenticateByCodeForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm, EditWebAuthnForm
from babel import Locale
from django import forms
from django.contrib.auth import password_validation
from django.utils.functional import lazy
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from decroche.accounts.domain.countries import offered
from decroche.accounts.domain.permissions import Role
from decroche.accounts.models import User
from decroche.accounts.words import role_name

LANGUAGES = [("fr", "Français"), ("en", "English")]
# Where Décroche's people live; a zone that is not here can still be kept by an administrator.
TIMEZONES = [
    ("Europe/Paris", _("Paris")),
    ("America/Martinique", _("Fort-de-France")),
    ("America/Guadeloupe", _("Pointe-à-Pitre")),
    ("America/Cayenne", _("Cayenne")),
    ("Indian/Reunion", _("Saint-Denis de La Réunion")),
    ("Indian/Mayotte", _("Mamoudzou")),
    ("America/Miquelon", _("Saint-Pierre")),
    ("Pacific/Noumea", _("Nouméa")),
    ("Pacific/Tahiti", _("Papeete")),
    ("Africa/Casablanca", _("Casablanca")),
    ("Africa/Tunis", _("Tunis")),
    ("Indian/Antananarivo", _("Antananarivo")),
    ("Indian/Mauritius", _("Maurice")),
]
NEW_PASSWORD_HELP = _("Douze caractères au moins. Trois ou quatre mots font très bien l’affaire.")


def countries() -> list[tuple[str, str]]:
    """Return (code, name in the active language) of the countries that forms offer."""
    names = Locale(get_language() or "fr").territories
    return [(code, names[code]) for code in offered()]


def _reword(form: forms.BaseForm, words: dict[str, Any], helps: dict[str, Any] | None = None) -> None:
    for name, field in form.fields.items():
        field.widget.attrs.pop("placeholder", None)
        if name in words:
            field.label = words[name]
        field.help_text = (helps or {}).get(name, "")


class SignInForm(LoginForm):  # type: ignore[misc]
    """Ask for the address and the password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _reword(self, {"login": _("Adresse e-mail"), "password": _("Mot de passe")})


class ForgottenPasswordForm(ResetPasswordForm):  # type: ignore[misc]
    """Ask where to send the link."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _reword(self, {"email": _("Adresse e-mail")})


class _NewPasswordWords:
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _reword(
            self,  # type: ignore[arg-type]
            {
                "oldpassword": _("Mot de passe actuel"),
                "password1": _("Nouveau mot de passe"),
                "password2": _("Le même, une deuxième fois"),
            },
            {"password1": NEW_PASSWORD_HELP},
        )


class NewPasswordFromLinkForm(_NewPasswordWords, ResetPasswordKeyForm):  # type: ignore[misc]
    """Choose a password from the link received."""


class ChangeOwnPasswordForm(_NewPasswordWords, ChangePasswordForm):  # type: ignore[misc]
    """Change one's password."""


class SetOwnPasswordForm(_NewPasswordWords, SetPasswordForm):  # type: ignore[misc]
    """Choose a first password."""


class ConfirmPasswordForm(ReauthenticateForm):  # type: ignore[misc]
    """Ask for the password again before touching the account's safety."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _reword(self, {"password": _("Mot de passe")})


class ChangeAddressForm(AddEmailForm):  # type: ignore[misc]
    """Ask for the new address."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _reword(self, {"email": _("Nouvelle adresse e-mail")})


class _CodeWords:
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _reword(self, {"code": _("Code")})  # type: ignore[arg-type]
        attrs = self.fields["code"].widget.attrs  # type: ignore[attr-defined]
        attrs.update({"inputmode": "numeric", "autocomplete": "one-time-code", "spellcheck": "false"})


class CodeForm(_CodeWords, AuthenticateForm):  # type: ignore[misc]
    """Ask for the second factor's code."""


class ConfirmCodeForm(_CodeWords, ReauthenticateByCodeForm):  # type: ignore[misc]
    """Ask for a code again before touching the account's safety."""


class FirstCodeForm(_CodeWords, ActivateTOTPForm):  # type: ignore[misc]
    """Ask for the first code of a new application."""


class AddKeyForm(AddWebAuthnForm):  # type: ignore[misc]
    """Name a new key."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["passwordless"].initial = True
        _reword(
            self,
            {"name": _("Nom de la clé"), "passwordless": _("Entrer sans mot de passe avec cette clé")},
            {
                "passwordless": _(
                    "Demande une empreinte, un visage ou un code\u202f; le plus rapide le matin."
                )
            },
        )


class RenameKeyForm(EditWebAuthnForm):  # type: ignore[misc]
    """Give a key another name."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _reword(self, {"name": _("Nom de la clé")})


class PreferencesForm(forms.ModelForm):  # type: ignore[type-arg]
    """Say who one is and how one likes one's screen."""

    country = forms.ChoiceField(
        label=_("Pays d’où vous travaillez"),
        choices=lazy(countries, list),
        help_text=_(
            "La loi le demande\u202f: hors d’Europe, un cabinet doit donner son accord avant que vous voyiez ses patients."
        ),
    )
    language = forms.ChoiceField(label=_("Langue"), choices=LANGUAGES)
    timezone = forms.ChoiceField(
        label=_("Heure de"), choices=TIMEZONES, help_text=_("Les heures des cabinets restent les leurs.")
    )

    class Meta:
        model = User
        fields = ["civility", "first_name", "last_name", "country", "language", "timezone", "theme"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zone = self.fields["timezone"]
        assert isinstance(zone, forms.ChoiceField)
        if self.instance.pk and self.instance.timezone not in dict(TIMEZONES):
            zone.choices = [*TIMEZONES, (self.instance.timezone, self.instance.timezone)]


class InviteForm(forms.Form):
    """Say whom to invite, and as what."""

    email = forms.EmailField(
        label=_("Adresse e-mail"), widget=forms.EmailInput(attrs={"autocomplete": "off"})
    )
    role = forms.ChoiceField(label=_("Rôle"))

    def __init__(self, *args: Any, roles: tuple[Role, ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        role = self.fields["role"]
        assert isinstance(role, forms.ChoiceField)
        role.choices = [(each.value, role_name(each).capitalize()) for each in roles]

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).strip().lower()


class JoinForm(forms.ModelForm):  # type: ignore[type-arg]
    """Make one's account from an invitation."""

    country = forms.ChoiceField(
        label=_("Pays d’où vous travaillez"), choices=lazy(countries, list), initial="FR"
    )
    timezone = forms.ChoiceField(label=_("Heure de"), choices=TIMEZONES, initial="Europe/Paris")
    password = forms.CharField(
        label=_("Mot de passe"),
        strip=False,
        help_text=NEW_PASSWORD_HELP,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    secrecy = forms.BooleanField(
        label=_("Je m’engage au secret professionnel sur tout ce que j’apprends des patients."),
        help_text=_("Article L1110-4 du code de la santé publique, article 226-13 du code pénal."),
    )

    class Meta:
        model = User
        fields = ["civility", "first_name", "last_name", "country", "timezone"]

    def clean_password(self) -> str:
        password = str(self.cleaned_data["password"])
        self.instance.first_name = self.cleaned_data.get("first_name", "")
        self.instance.last_name = self.cleaned_data.get("last_name", "")
        password_validation.validate_password(password, self.instance)
        return password
