"""Compose one's team: who is in it, who is invited, who leaves."""

import smtplib
from typing import Any

from allauth.mfa.models import Authenticator
from babel import Locale
from django.conf import settings
from django.contrib import messages
from django.core.mail import send_mail
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from decroche.accounts.actions.invite import AlreadyMember, InvitedOneself, SentInvitation, invite
from decroche.accounts.actions.withdraw_member import LastSupervisor, WithdrewOneself, withdraw_member
from decroche.accounts.domain.countries import is_in_eea
from decroche.accounts.domain.permissions import Role
from decroche.accounts.domain.team import (
    ROLES_OF_TEAM,
    Membership,
    Team,
    TeamKind,
    TeamRef,
    managed_teams,
    may_manage,
)
from decroche.accounts.forms import InviteForm
from decroche.accounts.guard import PersonRequest, requires
from decroche.accounts.models import Invitation, User
from decroche.accounts.permissions import Permission
from decroche.accounts.ports import teams
from decroche.accounts.words import role_name
from decroche.foundation.clock import now


@requires(Permission.MANAGE_PEOPLE)
def people(request: PersonRequest) -> HttpResponse:
    """Open the first of the person's teams."""
    mine = _teams(request)
    if not mine:
        raise Http404
    return HttpResponseRedirect(reverse("accounts:team", args=[mine[0].ref.key]))


@requires(Permission.MANAGE_PEOPLE)
def team(request: PersonRequest, team_key: str) -> HttpResponse:
    """Show a team; a POST invites someone into it."""
    shown = _team_or_404(request, team_key)
    form = InviteForm(request.POST or None, roles=ROLES_OF_TEAM[shown.ref.kind])
    copy_link = ""
    if request.method == "POST" and form.is_valid():
        try:
            sent = invite(
                team=shown.ref,
                email=form.cleaned_data["email"],
                role=Role(form.cleaned_data["role"]),
                by=request.user,
                now=now(),
            )
        except AlreadyMember:
            form.add_error("email", _("Cette personne fait déjà partie de l’équipe."))
        except InvitedOneself:
            form.add_error(
                "email", _("On ne s’invite pas soi-même\u202f: demandez à une autre personne responsable.")
            )
        else:
            link = request.build_absolute_uri(reverse("accounts:join", args=[sent.token]))
            if _mail(sent, link=link, team=shown):
                messages.success(
                    request, _("L’invitation est partie vers %(email)s.") % {"email": sent.invitation.email}
                )
                return HttpResponseRedirect(request.path)
            copy_link = link
            form = InviteForm(roles=ROLES_OF_TEAM[shown.ref.kind])
    context = _context(request, shown) | {"form": form, "copy_link": copy_link}
    return render(request, "accounts/people.html", context, status=422 if form.errors else 200)


@requires(Permission.MANAGE_PEOPLE)
@require_POST
def withdraw(request: PersonRequest, team_key: str, user_id: int) -> HttpResponse:
    """Close the team to one of its members."""
    shown = _team_or_404(request, team_key)
    if user_id not in {each.user_id for each in teams().members([shown.ref])}:
        raise Http404
    person = get_object_or_404(User, pk=user_id)
    try:
        closed = withdraw_member(team=shown.ref, user=person, by=request.user)
    except LastSupervisor:
        messages.warning(
            request,
            _("C’est la seule personne responsable\u202f: invitez d’abord quelqu’un pour la remplacer."),
        )
    except WithdrewOneself:
        messages.warning(
            request, _("On ne ferme pas son propre accès\u202f: demandez à une autre personne responsable.")
        )
    else:
        request.log_write("member", [user_id])
        words = (
            _(
                "%(name)s n’a plus accès à rien\u202f; son compte est désactivé. Une nouvelle invitation le rouvrirait."
            )
            if closed
            else _("%(name)s n’a plus accès à cette équipe.")
        )
        messages.success(request, words % {"name": person.get_full_name()})
    return HttpResponseRedirect(reverse("accounts:team", args=[team_key]))


@requires(Permission.MANAGE_PEOPLE)
@require_POST
def withdraw_invitation(request: PersonRequest, invitation_id: int) -> HttpResponse:
    """Make an invitation's link worthless."""
    invitation = get_object_or_404(Invitation, pk=invitation_id, accepted_at=None, withdrawn_at=None)
    ref = TeamRef(TeamKind(invitation.team_kind), invitation.team_id)
    if not may_manage(request.access, ref):
        raise Http404
    invitation.withdrawn_at = now()
    invitation.save(update_fields=["withdrawn_at"])
    messages.success(request, _("L’invitation est retirée."))
    return HttpResponseRedirect(reverse("accounts:team", args=[ref.key]))


def _teams(request: PersonRequest) -> list[Team]:
    return (
        teams().all()
        if request.access.is_administrator
        else teams().named(sorted(managed_teams(request.access)))
    )


def _team_or_404(request: PersonRequest, team_key: str) -> Team:
    kind, dash, number = team_key.partition("-")
    if not dash or kind not in set(TeamKind) or not number.isascii() or not number.isdigit():
        raise Http404
    ref = TeamRef(TeamKind(kind), int(number))
    found = teams().named([ref]) if may_manage(request.access, ref) else []
    if not found:
        raise Http404
    return found[0]


def _context(request: PersonRequest, shown: Team) -> dict[str, Any]:
    pending = Invitation.objects.filter(
        team_kind=shown.ref.kind, team_id=shown.ref.id, accepted_at=None, withdrawn_at=None
    )
    instant = now()
    return {
        "team": shown,
        "teams": _teams(request),
        "members": _members(shown.ref),
        "invitations": [
            {"invitation": each, "role": role_name(Role(each.role)), "is_open": each.is_open(now=instant)}
            for each in pending
        ],
        "two_factor_required": settings.MFA_REQUIRED,
    }


def _members(ref: TeamRef) -> list[dict[str, Any]]:
    memberships: dict[int, Membership] = {each.user_id: each for each in teams().members([ref])}
    people_ = User.objects.filter(pk__in=memberships).order_by("last_name", "first_name")
    factors = Authenticator.objects.filter(user__in=memberships).exclude(
        type=Authenticator.Type.RECOVERY_CODES
    )
    protected = set(factors.values_list("user_id", flat=True))
    countries = Locale(get_language() or "fr").territories
    return [
        {
            "user": each,
            "role": role_name(memberships[each.pk].role),
            "country": countries.get(each.country, each.country),
            "in_eea": is_in_eea(each.country),
            "two_factor": each.pk in protected,
        }
        for each in people_
    ]


def _mail(sent: SentInvitation, *, link: str, team: Team) -> bool:
    """Send the link; return False when no mail could leave, so that the page can show it instead."""
    context = {
        "team_name": team.name,
        "role": role_name(Role(sent.invitation.role)),
        "by": sent.invitation.invited_by,
        "link": link,
        "expires_at": sent.invitation.expires_at,
    }
    subject = render_to_string("accounts/email/invitation_subject.txt", context).strip()
    body = render_to_string("accounts/email/invitation_message.txt", context)
    try:
        return bool(send_mail(subject, body, settings.DEFAULT_FROM_EMAIL, [sent.invitation.email]))
    except (OSError, smtplib.SMTPException):
        return False
