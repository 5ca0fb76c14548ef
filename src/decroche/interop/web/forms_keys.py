"""What a person chooses for a program's key."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from decroche.accounts.domain.access import Access
from decroche.accounts.permissions import Permission
from decroche.practices.models import Practice

#: What a key may carry, in the order of the screen, each as a person would say it.
OFFERED = {
    Permission.SEE_PRACTICE: _("voir les cabinets, lieux et praticiens"),
    Permission.SEE_AGENDA: _("voir les créneaux et les rendez-vous, sans les noms"),
    Permission.BOOK_APPOINTMENT: _("donner, déplacer et annuler des rendez-vous"),
    Permission.FORCE_APPOINTMENT: _("forcer un rendez-vous, avec une raison et dans la limite du jour"),
    Permission.SEE_PATIENT: _("voir les noms des patients"),
    Permission.EDIT_PATIENT: _("ouvrir une fiche de patient"),
    Permission.BLOCK_PATIENT: _("décider, pour un praticien, de ne plus recevoir un patient"),
    Permission.WISH: _("changer les souhaits des praticiens"),
    Permission.EDIT_AGENDA_RULES: _("régler l’agenda : plages, motifs, absences"),
}
USUAL = (Permission.SEE_PRACTICE, Permission.SEE_AGENDA)
DURATIONS = [(30, _("un mois")), (90, _("trois mois")), (180, _("six mois")), (365, _("un an"))]


class KeyForm(forms.Form):
    """A new key."""

    label = forms.CharField(
        label=_("Pour quel logiciel"),
        max_length=60,
        help_text=_("Par exemple « prise de rendez-vous du site »."),
    )
    practices = forms.ModelMultipleChoiceField(
        Practice.objects.none(), label=_("Dans quels cabinets"), widget=forms.CheckboxSelectMultiple
    )
    permissions = forms.MultipleChoiceField(
        label=_("Ce qu’elle permet"),
        choices=(),
        initial=[p.value for p in USUAL],
        widget=forms.CheckboxSelectMultiple,
    )
    days = forms.TypedChoiceField(
        label=pgettext_lazy("key", "Valable"), choices=DURATIONS, coerce=int, initial=90
    )

    def __init__(self, *args: Any, access: Access, practice: Practice, **kwargs: Any) -> None:
        """Offer the practices where the person may share, and what they may do there themselves."""
        super().__init__(*args, **kwargs)
        shared = access.practices_for(Permission.SHARE_AGENDA)
        field: Any = self.fields["practices"]
        field.queryset = Practice.objects.filter(pk__in=shared).order_by("name")
        field.initial = [practice.pk]
        choices: Any = self.fields["permissions"]
        choices.choices = [
            (permission.value, words)
            for permission, words in OFFERED.items()
            if access.practices_for(permission) & shared
        ]
