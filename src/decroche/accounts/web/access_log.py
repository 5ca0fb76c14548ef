"""Show who saw what of patients' data."""

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from decroche.accounts.domain.team import TeamKind, TeamRef
from decroche.accounts.guard import PersonRequest, requires
from decroche.accounts.models import AccessLogEntry, User
from decroche.accounts.permissions import Permission
from decroche.accounts.ports import teams
from decroche.accounts.words import kind_name, kinds

PAGE = 50
MOST_PAGES = 10_000
NAMED = 3  # longer lists are counted


class LogFilter(forms.Form):
    """Narrow the log down; everything is optional."""

    practice = forms.ChoiceField(label=_("Cabinet"), required=False)
    person = forms.ChoiceField(label=_("Personne"), required=False)
    kind = forms.ChoiceField(label=_("Donnée"), required=False)
    day = forms.DateField(
        label=_("Jour"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    object = forms.CharField(max_length=36, required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, practices: dict[int, str], people: dict[int, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, choices in (("practice", practices.items()), ("person", people.items()), ("kind", kinds())):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = [("", _("tous")), *choices]


@requires(Permission.SEE_ACCESS_LOG)
def access_log(request: PersonRequest) -> HttpResponse:
    """List the log of the practices that the person answers for, newest first, fifty lines a page."""
    mine = request.access.practices_for(Permission.SEE_ACCESS_LOG)
    practices = {
        team.ref.id: team.name
        for team in teams().named(TeamRef(TeamKind.PRACTICE, id_) for id_ in sorted(mine))
    }
    people = _people_of(practices)
    form = LogFilter(request.GET or None, practices=practices, people=people)
    chosen = form.cleaned_data if form.is_valid() else {}
    page = _page_number(request.GET.get("page", ""))
    start = (page - 1) * PAGE
    rows = list(
        _narrow(AccessLogEntry.objects.filter(practice_id__in=practices), chosen, request)[
            start : start + PAGE + 1
        ]
    )
    context = {
        "form": form,
        "lines": [_line(row, practices, people) for row in rows[:PAGE]],
        "page": page,
        "newer": page - 1,
        "older": page + 1,
        "has_more": len(rows) > PAGE,
        "months": settings.ACCESS_LOG_MONTHS,
    }
    return render(request, "accounts/access_log.html", context)


def _page_number(text: str) -> int:
    return (
        min(max(int(text), 1), MOST_PAGES)
        if text.isascii() and text.isdigit() and len(text) <= len(str(MOST_PAGES))
        else 1
    )


def _people_of(practices: Iterable[int]) -> dict[int, str]:
    """Return the people whom the log of these practices names, by display order."""
    seen = (
        AccessLogEntry.objects.filter(practice_id__in=list(practices)).order_by().values("user_id").distinct()
    )
    people = User.objects.filter(pk__in=seen).order_by("last_name", "first_name")
    return {person.pk: person.get_full_name() for person in people}


def _narrow(
    rows: QuerySet[AccessLogEntry], chosen: dict[str, Any], request: PersonRequest
) -> QuerySet[AccessLogEntry]:
    if chosen.get("practice"):
        rows = rows.filter(practice_id=int(chosen["practice"]))
    if chosen.get("person"):
        rows = rows.filter(user_id=int(chosen["person"]))
    if chosen.get("kind"):
        rows = rows.filter(kind=chosen["kind"])
    if chosen.get("object"):
        rows = rows.filter(object_ids__contains=[chosen["object"]])
    if day := chosen.get("day"):
        midnight = datetime.combine(day, time(), tzinfo=request.zone)
        next_midnight = datetime.combine(day + timedelta(days=1), time(), tzinfo=request.zone)
        rows = rows.filter(at__gte=midnight, at__lt=next_midnight)
    return rows


def _line(row: AccessLogEntry, practices: dict[int, str], people: dict[int, str]) -> dict[str, Any]:
    kind, count = kind_name(row.kind), len(row.object_ids)
    numbers = ngettext("%(n)s ligne", "%(n)s lignes", count) % {"n": count}
    if count <= NAMED:
        numbers = gettext("n° %(numbers)s") % {"numbers": ", ".join(row.object_ids)}
    return {
        "at": row.at,
        "who": people.get(row.user_id, str(row.user_id)),
        "action": row.get_action_display(),
        "what": f"{kind} ({numbers})",
        "practice": practices.get(row.practice_id or 0, ""),
        "address": row.address,
    }
