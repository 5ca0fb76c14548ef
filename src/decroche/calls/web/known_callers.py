"""The doors of a practice's white list: the laboratory, the hospital, the colleagues whom it knows."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.db.models import Count
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from decroche.accounts.guard import PersonRequest, requires
from decroche.accounts.permissions import Permission
from decroche.calls.actions.save_known_callers import (
    MOST,
    AlreadyKnown,
    CallerChanged,
    Entry,
    ListFull,
    add_known_callers,
    change_known_caller,
    plain,
    put_back_known_caller,
    remove_known_callers,
)
from decroche.calls.models import CallerKind, KnownCaller
from decroche.calls.web.house import answers
from decroche.calls.web.house.undo import TooLate, keep, undoes
from decroche.calls.web.known_paste import Pasted, read_paste
from decroche.kernel import phone
from decroche.practices.models import Practice

MAY = Permission.SET_UP_LINES
PAGE, PANEL = "calls/teams/known.html", "calls/teams/_known.html"
SWITCHES = ("comes_first", "is_put_through")


class CallerForm(forms.Form):
    """Read one known caller."""

    use_required_attribute = False

    label = forms.CharField(
        label=gettext_lazy("Nom"),
        max_length=80,
        error_messages={"required": gettext_lazy("Donnez-lui un nom.")},
    )
    number = forms.CharField(
        label=gettext_lazy("Numéro"),
        max_length=40,
        error_messages={"required": gettext_lazy("Écrivez son numéro.")},
        help_text=gettext_lazy("De l’étranger : avec + et l’indicatif du pays."),
        widget=forms.TextInput(attrs={"inputmode": "tel"}),
    )
    kind = forms.ChoiceField(label=gettext_lazy("C’est"), choices=CallerKind.choices)
    comes_first = forms.BooleanField(label=gettext_lazy("Passe devant les autres appelants"), required=False)
    is_put_through = forms.BooleanField(
        label=gettext_lazy("Peut joindre le praticien, même occupé"), required=False
    )

    def __init__(self, data: Any = None, *, practice: Practice, caller: KnownCaller | None = None) -> None:
        self.practice, self.caller = practice, caller
        initial: dict[str, Any] = {"kind": CallerKind.LABORATORY}
        if caller is not None:
            initial = plain(caller) | {"number": phone.display(caller.number)}
        super().__init__(data, initial=initial, auto_id="known-%s")
        for field in self.fields.values():
            field.widget.attrs["autocomplete"] = "off"

    def clean_number(self) -> str:
        number = phone.parse_or_none(self.cleaned_data["number"], region=self.practice.country_code)
        if number is None:
            raise forms.ValidationError(_("Ce numéro n’existe pas : vérifiez ses chiffres."))
        twin = KnownCaller.objects.filter(practice=self.practice, number=number)
        if self.caller is not None:
            twin = twin.exclude(pk=self.caller.pk)
        found = twin.first()
        if found is not None:
            raise forms.ValidationError(
                _("Ce numéro est déjà dans la liste : %(name)s.") % {"name": found.label}
            )
        return number

    def entry(self) -> Entry:
        return Entry(**{name: self.cleaned_data[name] for name in self.fields})


@require_GET
@requires(MAY)
def home(request: PersonRequest) -> HttpResponse:
    """List the practices whose callers I may name; a single one opens at once."""
    practices = list(Practice.objects.annotate(known=Count("known_callers")).order_by("name"))
    if len(practices) == 1:
        return HttpResponseRedirect(reverse("calls:known", args=[practices[0].pk]))
    context = answers.frame(request, "known") | {"practices": practices}
    return render(request, "calls/teams/known_home.html", context)


@require_GET
@requires(MAY)
def show(request: PersonRequest, practice_id: int) -> HttpResponse:
    """Show one practice's list."""
    return _draw(request, _practice(practice_id))


@require_POST
@requires(MAY)
def add(request: PersonRequest, practice_id: int) -> HttpResponse:
    """Add one caller."""
    practice = _practice(practice_id)
    form = CallerForm(request.POST, practice=practice)
    if not form.is_valid():
        return _draw(request, practice, form=form, status=answers.INCOMPLETE)
    rows, wrong = _add(practice, (form.entry(),))
    if wrong:
        form.add_error(None, wrong)
        return _draw(request, practice, form=form, status=answers.CHANGED_SINCE)
    undo = keep(request, "known-added", practice_id=practice.pk, ids=[row.pk for row in rows])
    return _done(request, practice, _("%(name)s est dans la liste.") % {"name": rows[0].label}, undo)


@require_POST
@requires(MAY)
def paste(request: PersonRequest, practice_id: int) -> HttpResponse:
    """Add the lines pasted that can be read; the others stay, each with its reason."""
    practice = _practice(practice_id)
    known = set(KnownCaller.objects.filter(practice=practice).values_list("number", flat=True))
    found = read_paste(request.POST.get("lines", ""), region=practice.country_code, known=known)
    if not found.entries:
        return _draw(request, practice, pasted=found, status=answers.INCOMPLETE)
    rows, wrong = _add(practice, found.entries)
    if wrong:
        return _draw(request, practice, pasted=found, paste_error=wrong, status=answers.CHANGED_SINCE)
    undo = keep(request, "known-added", practice_id=practice.pk, ids=[row.pk for row in rows])
    text = ngettext("%(count)s appelant ajouté.", "%(count)s appelants ajoutés.", len(rows)) % {
        "count": len(rows)
    }
    return _done(request, practice, text, undo, pasted=found)


@undoes("known-added")
def take_back(request: PersonRequest, kept: Mapping[str, Any]) -> str:
    """Remove the callers just added."""
    remove_known_callers(practice=_own(request, kept["practice_id"]), ids=kept["ids"])
    return _("C’est défait.")


@require_http_methods(["GET", "POST"])
@requires(MAY)
def edit(request: PersonRequest, known_id: int) -> HttpResponse:
    """Open one caller in the form, or save it."""
    caller = _caller(known_id)
    if request.method == "GET":
        return _draw(request, caller.practice, form=CallerForm(practice=caller.practice, caller=caller))
    form = CallerForm(request.POST, practice=caller.practice, caller=caller)
    if not form.is_valid():
        return _draw(request, caller.practice, form=form, status=answers.INCOMPLETE)
    return _change(request, caller, form.entry(), form)


@require_POST
@requires(MAY)
def switch(request: PersonRequest, known_id: int) -> HttpResponse:
    """Turn one of a caller's rights on or off."""
    caller = _caller(known_id)
    name = request.POST.get("what", "")
    if name not in SWITCHES:
        raise Http404
    values = plain(caller)
    return _change(request, caller, Entry(**values | {name: not values[name]}), None)


def _change(
    request: PersonRequest, caller: KnownCaller, entry: Entry, form: CallerForm | None
) -> HttpResponse:
    practice = caller.practice
    try:
        before = change_known_caller(caller=caller, entry=entry)
    except AlreadyKnown:
        if form is not None:
            form.add_error("number", _("Ce numéro vient d’être ajouté à la liste."))
        return _draw(request, practice, form=form, status=answers.CHANGED_SINCE)
    after = plain(KnownCaller.objects.get(pk=caller.pk))
    undo = keep(request, "known-changed", known_id=caller.pk, before=before, after=after)
    return _done(request, practice, _("%(name)s : c’est noté.") % {"name": entry.label}, undo)


@undoes("known-changed")
def put_back(request: PersonRequest, kept: Mapping[str, Any]) -> str:
    """Put one caller back as it was."""
    caller = _caller(kept["known_id"])
    _own(request, caller.practice_id)
    try:
        put_back_known_caller(caller=caller, before=kept["before"], after=kept["after"])
    except (CallerChanged, AlreadyKnown):
        raise TooLate from None
    return _("C’est défait.")


@require_POST
@requires(MAY)
def remove(request: PersonRequest, known_id: int) -> HttpResponse:
    """Take one caller off the list."""
    caller = _caller(known_id)
    rows = remove_known_callers(practice=caller.practice, ids=[caller.pk])
    undo = keep(request, "known-removed", practice_id=caller.practice_id, rows=rows)
    return _done(
        request, caller.practice, _("%(name)s n’est plus dans la liste.") % {"name": caller.label}, undo
    )


@undoes("known-removed")
def bring_back(request: PersonRequest, kept: Mapping[str, Any]) -> str:
    """Add removed callers again."""
    practice = _own(request, kept["practice_id"])
    try:
        add_known_callers(practice=practice, entries=[Entry(**row) for row in kept["rows"]])
    except (AlreadyKnown, ListFull):
        raise TooLate from None
    return _("C’est défait.")


def _add(practice: Practice, entries: tuple[Entry, ...]) -> tuple[list[KnownCaller], str]:
    """Add callers; return them, or what stands in the way."""
    try:
        return add_known_callers(practice=practice, entries=entries), ""
    except AlreadyKnown:
        return [], _("Quelqu’un vient d’ajouter un de ces numéros. Vérifiez, puis recommencez.")
    except ListFull:
        return [], _("La liste est pleine : %(most)s appelants au plus.") % {"most": MOST}


def _practice(practice_id: int) -> Practice:
    found: Practice = get_object_or_404(Practice, pk=practice_id)
    return found


def _own(request: PersonRequest, practice_id: int) -> Practice:
    """Return a practice where the person may still set up lines (an undo's door asks for less)."""
    if not request.access.allows(MAY, practice_id):
        raise Http404
    return _practice(practice_id)


def _caller(known_id: int) -> KnownCaller:
    found: KnownCaller = get_object_or_404(KnownCaller.objects.select_related("practice"), pk=known_id)
    return found


def _draw(
    request: PersonRequest,
    practice: Practice,
    *,
    form: CallerForm | None = None,
    pasted: Pasted | None = None,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    context = answers.frame(request, "known") | {
        "practice": practice,
        "callers": list(KnownCaller.objects.filter(practice=practice).order_by("label", "pk")),
        "form": form or CallerForm(practice=practice),
        "pasted": pasted,
        "left_lines": "\n".join(one.line for one in pasted.refused) if pasted else "",
        **more,
    }
    return answers.draw(request, PAGE, PANEL, context, status=status)


def _done(request: PersonRequest, practice: Practice, text: str, undo: str, **more: Any) -> HttpResponse:
    address = reverse("calls:known", args=[practice.pk])
    return answers.done(request, _draw(request, practice, **more), address, text, undo)
