"""The small forms of the picture: each reads one station and says what to change."""

from typing import Any, ClassVar, Final, cast

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from decroche.calls.actions.keep_sound import KeptSound, NotASound, keep_sound, name_of, sound_of, stored_as
from decroche.calls.actions.save_plan import PlanChange
from decroche.calls.models import Forwarding, GreetingKind, LineKind, Operator, Waiting
from decroche.calls.web.lines.page import LinePage
from decroche.calls.web.lines.sound_words import flaw_sentence
from decroche.kernel import phone

REQUIRED: Final[dict[str, Any]] = {"required": gettext_lazy("Ce champ est nécessaire.")}
CHOOSE: Final[dict[str, Any]] = REQUIRED | {
    "invalid_choice": gettext_lazy("Choisissez dans la liste : ce que vous demandez n’y est pas, ou plus.")
}


def seconds(label: Any, *, least: int, most: int, **more: Any) -> forms.IntegerField:
    """Ask for a number of seconds within bounds."""
    said = gettext_lazy("Un nombre de secondes, de %(least)s à %(most)s.")
    wrong = {key: said % {"least": least, "most": most} for key in ("min_value", "max_value", "invalid")}
    return forms.IntegerField(
        label=label, min_value=least, max_value=most, error_messages=REQUIRED | wrong, **more
    )


class StationForm(forms.Form):
    """Read one station of a line's picture."""

    station: ClassVar[str] = ""
    title: ClassVar[Any] = ""
    icon: ClassVar[str] = ""
    done: ClassVar[Any] = gettext_lazy("C’est enregistré.")
    lead: ClassVar[Any] = ""
    use_required_attribute = False

    def __init__(self, data: Any = None, files: Any = None, *, page: LinePage) -> None:
        self.page = page
        self.drawn_for = page.row.version
        super().__init__(data, files, initial=self.read(page), auto_id=f"f-{self.station}-%s")
        for field in self.fields.values():
            field.widget.attrs.setdefault("autocomplete", "off")

    @property
    def template(self) -> str:
        return f"calls/lines/forms/{self.station.partition('-')[0]}.html"

    @property
    def version(self) -> int:
        """Return the version that this form was drawn for: what came back, else the line's."""
        said = self.data.get("version", "") if self.is_bound else ""
        return int(said) if said.isascii() and said.isdigit() and len(said) < 10 else self.drawn_for  # noqa: PLR2004

    def amend(self, **said: str) -> None:
        """Change what came back, for the form to show."""
        data = cast("QueryDict", self.data).copy()
        for name, value in said.items():
            data[name] = value
        self.data = data

    def assist(self) -> bool:
        """Do what a button of the form asks without saving; say whether one did."""
        return False

    def relaxed(self) -> "StationForm":
        """Return the same answers with nothing judged yet, to go on filling in."""
        fresh = type(self)(page=self.page)
        for name, field in self.fields.items():
            fresh.initial[name] = field.widget.value_from_datadict(self.data, self.files, name)
        fresh.drawn_for = self.version
        return fresh

    def read(self, page: LinePage) -> dict[str, Any]:
        """Return what the form shows at first."""
        return {name: getattr(page.row, name) for name in self.base_fields if hasattr(page.row, name)}

    def change(self) -> PlanChange:
        """Return what to write, once valid."""
        return PlanChange(dict(self.cleaned_data))


class SoundForm(StationForm):
    """Read words that callers hear: spoken by the machine, recorded here, or brought as a file."""

    text_needed: ClassVar[bool] = True
    most: ClassVar[int] = 300

    how = forms.ChoiceField(choices=GreetingKind.choices, required=False, initial=GreetingKind.SPOKEN)
    text = forms.CharField(required=False, widget=forms.Textarea(attrs={"rows": 3}))
    sound = forms.CharField(required=False, widget=forms.HiddenInput())
    file = forms.FileField(required=False)

    @property
    def kept(self) -> KeptSound | None:
        """Return the sound that is kept or was just brought."""
        name = str(self["sound"].value() or "")
        return sound_of(self.page.line, name) if name else None

    def clean_text(self) -> str:
        text = " ".join(str(self.cleaned_data["text"]).split())
        if len(text) > self.most:
            raise forms.ValidationError(
                _("%(most)s caractères au plus ; il y en a %(count)s.")
                % {"most": self.most, "count": len(text)}
            )
        return text

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        how = given.get("how") or GreetingKind.SPOKEN
        if how == GreetingKind.SPOKEN:
            given["sound"] = ""
            if self.text_needed and not given.get("text") and "text" not in self.errors:
                self.add_error("text", _("Écrivez ce que l’appelant entendra."))
            return given
        if given.get("file"):
            self._keep_file(given)
        elif sound_of(self.page.line, given.get("sound", "")) is None:
            words = (
                _("Déposez un fichier.")
                if how == GreetingKind.UPLOADED
                else _("Enregistrez d’abord le message.")
            )
            self.add_error("file", words)
        return given

    def _keep_file(self, given: dict[str, Any]) -> None:
        """Keep what was brought even when another answer is wrong, so that nobody records twice."""
        try:
            kept = keep_sound(line=self.page.line, data=given["file"].read(), now=self.page.now)
        except NotASound as refused:
            self.add_error("file", flaw_sentence(refused))
            return
        given["sound"] = kept.name
        self.amend(sound=kept.name)

    @property
    def stored(self) -> str:
        """Return what the plan keeps for the sound, or nothing."""
        name = self.cleaned_data.get("sound", "")
        return stored_as(self.page.line, name) if name else ""

    @staticmethod
    def shown(text: str, stored: str, kind: str = "") -> dict[str, Any]:
        """Return the first answers for words that are kept."""
        how = (kind if kind != GreetingKind.SPOKEN else "") or GreetingKind.RECORDED
        return {"how": how if stored else GreetingKind.SPOKEN, "text": text, "sound": name_of(stored)}


class NumberForm(StationForm):
    """Read whom the line is for, and how its calls come to us."""

    station = "number"
    title = gettext_lazy("Ligne et renvoi")
    icon = "phone-incoming"

    kind = forms.ChoiceField(label=gettext_lazy("Pour qui est cette ligne ?"), choices=LineKind.choices,
                             widget=forms.RadioSelect, error_messages=CHOOSE)  # fmt: skip
    forwarding = forms.ChoiceField(label=gettext_lazy("Le cabinet nous renvoie"), choices=Forwarding.choices,
                                   widget=forms.RadioSelect, error_messages=CHOOSE)  # fmt: skip
    operator = forms.ChoiceField(label=gettext_lazy("Opérateur du cabinet"), choices=Operator.choices,
                                 error_messages=CHOOSE)  # fmt: skip


class GreetingForm(SoundForm):
    """Read the greeting."""

    station = "greeting"
    title = gettext_lazy("Accueil")
    icon = "volume-2"
    lead = gettext_lazy("La première phrase que l’appelant entend, au nom du cabinet.")
    done = gettext_lazy("L’accueil est enregistré.")

    def read(self, page: LinePage) -> dict[str, Any]:
        return self.shown(page.line.greeting, page.row.greeting_sound, page.row.greeting_kind)

    def change(self) -> PlanChange:
        given = self.cleaned_data
        fields = {"greeting_sound": self.stored, "greeting_kind": given.get("how") or GreetingKind.SPOKEN}
        # What the secretary reads aloud when she answers stays, whatever the machine plays before.
        return PlanChange(fields | ({"greeting": given["text"]} if given["text"] else {}))


class WaitingForm(SoundForm):
    """Read what somebody who waits hears."""

    station = "waiting"
    title = gettext_lazy("Pendant l’attente")
    icon = "music"
    text_needed = False
    done = gettext_lazy("L’attente est enregistrée.")

    waiting = forms.ChoiceField(label=gettext_lazy("Fond sonore"), choices=Waiting.choices,
                                widget=forms.RadioSelect, error_messages=CHOOSE)  # fmt: skip
    tells_position = forms.BooleanField(
        label=gettext_lazy("Dire à l’appelant son rang et l’attente prévue"), required=False
    )

    def read(self, page: LinePage) -> dict[str, Any]:
        row = page.row
        own = {"waiting": row.waiting, "tells_position": row.tells_position}
        return own | self.shown(row.waiting_text, row.waiting_sound)

    def change(self) -> PlanChange:
        given = self.cleaned_data
        return PlanChange(
            {
                "waiting": given["waiting"],
                "tells_position": given["tells_position"],
                "waiting_text": given["text"],
                "waiting_sound": self.stored,
            }
        )


def telephone(form: StationForm, name: str) -> str:
    """Read a telephone number as it is written in the practice's country; empty stays empty."""
    typed = str(form.cleaned_data.get(name, "")).strip()
    if not typed:
        return ""
    number = phone.parse_or_none(typed, region=form.page.practice.country_code)
    if number is None:
        raise forms.ValidationError(_("Ce numéro n’est pas complet. Exemple : 06 12 34 56 78."))
    if number == form.page.line.number:
        raise forms.ValidationError(_("C’est le numéro de cette ligne : l’appel tournerait en rond."))
    return number


def shown_number(number: str) -> str:
    return phone.display(number) if number else ""


class FallbackForm(StationForm):
    """Read how long a caller waits, and the number that then rings."""

    station = "fallback"
    title = gettext_lazy("Numéro de secours")
    icon = "phone-forwarded"
    lead = gettext_lazy("Il sonne quand personne n’a pu répondre, ou quand la téléphonie est en panne.")
    done = gettext_lazy("Le secours est enregistré.")

    fallback_number = forms.CharField(label=gettext_lazy("Numéro de secours"), max_length=40, required=False,
                                      widget=forms.TextInput(attrs={"inputmode": "tel"}))  # fmt: skip
    wait_at_most_seconds = seconds(
        gettext_lazy("Attente avant de passer au secours (secondes)"), least=20, most=1800
    )

    def read(self, page: LinePage) -> dict[str, Any]:
        return {
            "fallback_number": shown_number(page.line.fallback_number),
            "wait_at_most_seconds": page.row.wait_at_most_seconds,
        }

    def clean_fallback_number(self) -> str:
        return telephone(self, "fallback_number")


class VoicemailForm(StationForm):
    """Read whether a caller may leave a message."""

    station = "voicemail"
    title = gettext_lazy("Messagerie")
    icon = "voicemail"
    done = gettext_lazy("La messagerie est enregistrée.")

    has_voicemail = forms.BooleanField(
        label=gettext_lazy("Proposer de laisser un message vocal"), required=False
    )


class ReplacementForm(StationForm):
    """Read which secretariat takes over; only those with a mandate can."""

    station = "replacement"
    title = gettext_lazy("Secrétariat de remplacement")
    icon = "arrow-right-left"
    done = gettext_lazy("Le remplacement est enregistré.")

    replacement = forms.ChoiceField(label=gettext_lazy("Secrétariat"), required=False, error_messages=CHOOSE)
    replacement_after_seconds = seconds(
        gettext_lazy("Après combien de secondes d’attente"), least=0, most=1800
    )

    def __init__(self, data: Any = None, files: Any = None, *, page: LinePage) -> None:
        super().__init__(data, files, page=page)
        names = [(str(one.secretariat_id), one.secretariat.name) for one in page.mandates]
        self.fields["replacement"].choices = [("", _("Aucun")), *names]  # type: ignore[attr-defined]

    def read(self, page: LinePage) -> dict[str, Any]:
        return {
            "replacement": str(page.row.replacement_id or ""),
            "replacement_after_seconds": page.row.replacement_after_seconds,
        }

    def change(self) -> PlanChange:
        given = self.cleaned_data
        return PlanChange(
            {
                "replacement_id": int(given["replacement"]) if given["replacement"] else None,
                "replacement_after_seconds": given["replacement_after_seconds"],
            }
        )
