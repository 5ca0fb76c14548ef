"""The doors of a secretariat's distribution policy: its knobs, and a past day replayed under them."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from decroche.accounts.guard import PersonRequest, requires
from decroche.accounts.permissions import Permission
from decroche.calls.actions.rules_of_secretariat import POLICY_FIELDS, StaleRules, save_policy
from decroche.calls.models import DistributionPolicy
from decroche.calls.queries_day import PastDay, past_days, recorded_day
from decroche.calls.web.house import answers
from decroche.calls.web.house.undo import TooLate, keep, undoes
from decroche.calls.web.policy_form import PolicyForm, asked_load
from decroche.calls.web.policy_replay import LOADS, Replay, replay
from decroche.foundation import clock
from decroche.practices.models import Secretariat
from decroche.practices.queries import practices_of_secretariat

MAY = Permission.CHOOSE_POLICY
PAGE, PANEL, CURVES = "calls/teams/policy.html", "calls/teams/_policy.html", "calls/teams/_replay.html"


@require_GET
@requires(MAY)
def show(request: PersonRequest, secretariat_id: int) -> HttpResponse:
    """Show the knobs, and the last full day replayed as it is."""
    secretariat = answers.secretariat_of(request, secretariat_id, MAY)
    policy = policy_of(secretariat)
    return _draw(request, secretariat, PolicyForm(policy=policy), asked=request.GET)


@require_POST
@requires(MAY)
def preview(request: PersonRequest, secretariat_id: int) -> HttpResponse:
    """Replay the chosen day under the edited policy; nothing is saved."""
    secretariat = answers.secretariat_of(request, secretariat_id, MAY)
    form = PolicyForm(request.POST, policy=policy_of(secretariat))
    if not answers.is_fragment(request):
        return _draw(request, secretariat, form, asked=request.POST)
    context = _context(request, secretariat, form, asked=request.POST)
    return render(request, CURVES, context)


@require_POST
@requires(MAY)
def save(request: PersonRequest, secretariat_id: int) -> HttpResponse:
    """Apply the edited policy from now on."""
    secretariat = answers.secretariat_of(request, secretariat_id, MAY)
    form = PolicyForm(request.POST, policy=policy_of(secretariat))
    if not form.is_valid():
        return _draw(request, secretariat, form, asked=request.POST, status=answers.INCOMPLETE)
    values = {name: form.cleaned_data[name] for name in POLICY_FIELDS}
    version = answers.whole(request.POST.get("version", ""))
    try:
        saved = save_policy(secretariat_id=secretariat.pk, version=version, values=values)
    except StaleRules:
        form.add_error(
            None,
            _(
                "Ces réglages viennent d’être changés ailleurs. Ce que vous avez écrit est gardé : comparez, puis appliquez de nouveau."
            ),
        )
        return _draw(request, secretariat, form, asked=request.POST, status=answers.CHANGED_SINCE)
    undo = keep(request, "policy", secretariat_id=secretariat.pk, version=saved.version, before=saved.before)
    panel = _draw(request, secretariat, PolicyForm(policy=policy_of(secretariat)), asked=request.POST)
    address = reverse("calls:policy", args=[secretariat.pk])
    return answers.done(request, panel, address, _("C’est appliqué, dès l’appel suivant."), undo)


@undoes("policy")
def put_back(request: PersonRequest, kept: Mapping[str, Any]) -> str:
    """Put the policy back as it was."""
    secretariat = answers.secretariat_of(request, kept["secretariat_id"], MAY)
    try:
        save_policy(secretariat_id=secretariat.pk, version=kept["version"], values=kept["before"])
    except StaleRules:
        raise TooLate from None
    return _("C’est défait : les réglages d’avant sont revenus.")


def policy_of(secretariat: Secretariat) -> DistributionPolicy:
    """Return the policy in force; one that was never set is the house's own."""
    found = DistributionPolicy.objects.filter(secretariat=secretariat).first()
    return found or DistributionPolicy(secretariat=secretariat)


def _draw(
    request: PersonRequest,
    secretariat: Secretariat,
    form: PolicyForm,
    *,
    asked: Mapping[str, Any],
    status: int = 200,
) -> HttpResponse:
    return answers.draw(
        request, PAGE, PANEL, _context(request, secretariat, form, asked=asked), status=status
    )


def _context(
    request: PersonRequest, secretariat: Secretariat, form: PolicyForm, *, asked: Mapping[str, Any]
) -> dict[str, Any]:
    load = asked_load(str(asked.get("load", "")))
    days, chosen, found = _replayed(secretariat, form, str(asked.get("day", "")), load)
    return answers.frame(request, "policy", secretariat) | {
        "form": form,
        "version": form.policy.version,
        "days": days,
        "day": chosen,
        "loads": LOADS,
        "load": load,
        "replay": found,
    }


def _replayed(
    secretariat: Secretariat, form: PolicyForm, asked: str, load: int
) -> tuple[list[PastDay], PastDay | None, Replay | None]:
    now, zone = clock.now(), ZoneInfo(secretariat.timezone)
    ids = practices_of_secretariat(secretariat.pk, today=now.astimezone(zone).date())
    days = past_days(ids, zone=zone, now=now)
    chosen = _chosen(days, asked)
    if chosen is None:
        return days, None, None
    recorded = recorded_day(
        secretariat_id=secretariat.pk, practice_ids=ids, day=chosen.day, zone=zone, now=now
    )
    if recorded is None:
        return days, chosen, None
    edited = form.edited() if form.is_bound and (form.is_valid() or form.cleaned_data) else form.policy
    return days, chosen, replay(recorded, form.policy, edited, load=load, zone=zone)


def _chosen(days: list[PastDay], asked: str) -> PastDay | None:
    """Return the day asked for; else the last one that was about as busy as days are."""
    try:
        wanted = date.fromisoformat(asked)
    except ValueError:
        wanted = None
    found = next((one for one in days if one.day == wanted), None)
    if found is not None or not days:
        return found
    usual = sorted(one.calls for one in days)[len(days) // 2]
    return next(one for one in days if one.calls >= usual)
