"""Open the door to an invited person."""

from typing import Any

from django.conf import settings
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import get_language

from decroche.accounts.actions.invite import digest_of
from decroche.accounts.actions.join import InvitationClosed
from decroche.accounts.actions.join import join as join_team
from decroche.accounts.domain.permissions import Role
from decroche.accounts.domain.team import TeamKind, TeamRef
from decroche.accounts.forms import JoinForm
from decroche.accounts.guard import public
from decroche.accounts.models import Invitation, User
from decroche.accounts.ports import teams
from decroche.accounts.words import role_name
from decroche.foundation.clock import now

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@public(reason="the link's secret, sent by e-mail, is the key; it opens one account once")
def join(request: HttpRequest, token: str) -> HttpResponse:
    """Make the invited person's account, or add the team to the account they already have.

    A closed account is made anew by its owner, who holds the mailbox: new password, same history.
    """
    invitation = Invitation.objects.select_related("invited_by").filter(digest=digest_of(token)).first()
    if invitation is None or not invitation.is_open(now=now()):
        return _closed(request)
    owner = User.objects.filter(email__iexact=invitation.email).first()
    if owner is not None and owner.is_active:
        return _join_known(request, invitation, owner)
    instance = owner or User(email=invitation.email, language=get_language() or settings.LANGUAGE_CODE)
    form = JoinForm(request.POST or None, instance=instance)
    if request.method == "POST" and form.is_valid():
        person: User = form.save(commit=False)
        person.set_password(form.cleaned_data["password"])
        person.secrecy_signed_at = now()
        return _enter(request, invitation, person)
    return _page(request, invitation, form=form, status=422 if form.errors else 200)


def _join_known(request: HttpRequest, invitation: Invitation, owner: User) -> HttpResponse:
    is_them = request.user.is_authenticated and request.user.pk == owner.pk
    if request.method == "POST" and is_them:
        return _enter(request, invitation, owner)
    return _page(request, invitation, known=True, is_them=is_them)


def _enter(request: HttpRequest, invitation: Invitation, person: User) -> HttpResponse:
    try:
        join_team(invitation_id=invitation.pk, user=person, now=now())
    except InvitationClosed:
        return _closed(request)
    if request.user != person:
        login(request, person, backend=BACKEND)
    return HttpResponseRedirect("/")


def _closed(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/invitation_closed.html", status=410)


def _page(request: HttpRequest, invitation: Invitation, *, status: int = 200, **more: Any) -> HttpResponse:
    named = teams().named([TeamRef(TeamKind(invitation.team_kind), invitation.team_id)])
    context = {
        "invitation": invitation,
        "team_name": named[0].name if named else "",
        "role": role_name(Role(invitation.role)),
        **more,
    }
    return render(request, "accounts/join.html", context, status=status)
