"""What people fill in to share an agenda or bring one in."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from decroche.interop.models import CalendarFeed
from decroche.practices.models import Practice, Practitioner


class FeedForm(forms.Form):
    """A new private calendar."""

    practitioner = forms.ModelChoiceField(Practitioner.objects.none(), label=_("Agenda de"), empty_label=None)
    label = forms.CharField(
        label=_("Pour quel appareil"),
        max_length=60,
        help_text=_(
            "Par exemple « téléphone du Dr Roussel » : c’est ce nom que vous verrez le jour où vous voudrez le fermer."
        ),
    )
    detail = forms.ChoiceField(
        label=_("Ce qu’on y lit"),
        choices=CalendarFeed.Detail.choices,
        initial=CalendarFeed.Detail.BUSY,
        widget=forms.RadioSelect,
    )
    shows_visit_type = forms.BooleanField(label=_("Montrer aussi le motif du rendez-vous"), required=False)

    def __init__(self, *args: Any, practice: Practice, may_name: bool, **kwargs: Any) -> None:
        """Offer the practice's practitioners; names only to who may see patients."""
        super().__init__(*args, **kwargs)
        self.fields["practitioner"].queryset = Practitioner.objects.filter(  # type: ignore[attr-defined]
            practice=practice, is_active=True
        )
        if not may_name:
            self.fields["detail"].choices = CalendarFeed.Detail.choices[:1]  # type: ignore[attr-defined]
            del self.fields["shows_visit_type"]

    def clean_label(self) -> str:
        """Refuse a name of spaces."""
        label = str(self.cleaned_data["label"]).strip()
        if not label:
            raise forms.ValidationError(_t("Donnez-lui un nom."))
        return label
