"""The doors of teams and skills: a picture of who is in what, changed by one key or one click a cell."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from decroche.accounts.guard import PersonRequest, requires
from decroche.accounts.permissions import Permission
from decroche.calls.actions.set_up_teams import (
    LONGEST_CODE,
    LONGEST_NAME,
    NameTaken,
    NotAMember,
    TeamAnswers,
    TeamRemoved,
    create_team,
    remove_team,
    rename_team,
    restore_team,
    set_membership,
    set_skill,
)
from decroche.calls.models import Skill, Team
from decroche.calls.web.house import answers
from decroche.calls.web.house.undo import TooLate, keep, undoes
from decroche.calls.wording_skills import LANGUAGES, skill_code, skill_name
from decroche.practices.models import Secretariat, SecretariatMember

MAY = Permission.CHOOSE_POLICY
PAGE, PANEL = "calls/teams/teams.html", "calls/teams/_teams.html"


@dataclass(frozen=True, slots=True)
class Column:
    """Hold a team or a skill: a column of the picture."""

    kind: str  # "team" or "skill"
    key: str
    name: str
    who: frozenset[int]

    @property
    def is_language(self) -> bool:
        return self.kind == "skill" and self.key in LANGUAGES


@dataclass(frozen=True, slots=True)
class Cell:
    """Hold whether one person is in one column, and what pressing it asks."""

    ref: str
    value: str
    is_on: bool
    column: Column
    label: str


@dataclass(frozen=True, slots=True)
class Person:
    """Hold one row of the picture."""

    user_id: int
    name: str
    is_supervisor: bool
    cells: tuple[Cell, ...]

    @property
    def is_nowhere(self) -> bool:
        return not any(cell.is_on for cell in self.cells if cell.column.kind == "team")


@require_GET
@requires(MAY)
def show(request: PersonRequest, secretariat_id: int) -> HttpResponse:
    """Show who is in which team and who can do what (five queries)."""
    return _draw(request, answers.secretariat_of(request, secretariat_id, MAY))


@require_POST
@requires(MAY)
def set_cell(request: PersonRequest, secretariat_id: int) -> HttpResponse:
    """Put somebody into a team or take her out; give her a skill or take it back."""
    secretariat = answers.secretariat_of(request, secretariat_id, MAY)
    kind, key, user_id, is_on = _read_cell(request.POST.get("cell", ""))
    name = _names(secretariat).get(user_id)
    if name is None:
        raise Http404
    column = _set(secretariat, kind, key, user_id, is_on=is_on)
    undo = keep(
        request,
        "team-cell",
        secretariat_id=secretariat.pk,
        kind=kind,
        key=key,
        user_id=user_id,
        is_on=not is_on,
    )
    said = {"who": name, "what": column}
    text = {
        ("team", True): _("%(who)s entre dans « %(what)s »."),
        ("team", False): _("%(who)s sort de « %(what)s »."),
        ("skill", True): _("%(who)s : %(what)s, ajouté."),
        ("skill", False): _("%(who)s : %(what)s, retiré."),
    }[kind, is_on] % said
    return _done(request, secretariat, text, undo)


@undoes("team-cell")
def put_back_cell(request: PersonRequest, kept: Mapping[str, Any]) -> str:
    """Set one cell as it was."""
    secretariat = answers.secretariat_of(request, kept["secretariat_id"], MAY)
    _set(secretariat, kept["kind"], kept["key"], kept["user_id"], is_on=kept["is_on"])
    return _("C’est défait.")


@require_POST
@requires(MAY)
def add_skill(request: PersonRequest, secretariat_id: int) -> HttpResponse:
    """Give somebody a skill that nobody has yet: it becomes a column."""
    secretariat = answers.secretariat_of(request, secretariat_id, MAY)
    code, user_id = skill_code(request.POST.get("code", "")), answers.whole(request.POST.get("user", ""))
    name = _names(secretariat).get(user_id)
    if not code or len(code) > LONGEST_CODE or not any(c.isalpha() for c in code) or ":" in code:
        wrong = _("Écrivez une langue ou un savoir-faire, en quelques lettres.")
        return _draw(request, secretariat, skill_error=wrong, status=answers.INCOMPLETE)
    if name is None:
        wrong = _("Choisissez la personne qui le maîtrise.")
        return _draw(request, secretariat, skill_error=wrong, status=answers.INCOMPLETE)
    _set(secretariat, "skill", code, user_id, is_on=True)
    undo = keep(
        request,
        "team-cell",
        secretariat_id=secretariat.pk,
        kind="skill",
        key=code,
        user_id=user_id,
        is_on=False,
    )
    text = _("%(who)s : %(what)s, ajouté.") % {"who": name, "what": skill_name(code)}
    return _done(request, secretariat, text, undo)


@require_POST
@requires(MAY)
def create(request: PersonRequest, secretariat_id: int) -> HttpResponse:
    """Make a new team."""
    secretariat = answers.secretariat_of(request, secretariat_id, MAY)
    name, wrong = _team_name(request)
    if not wrong:
        try:
            team = create_team(secretariat_id=secretariat.pk, name=name)
        except NameTaken:
            wrong = _("Une équipe porte déjà ce nom.")
        else:
            undo = keep(request, "team-created", secretariat_id=secretariat.pk, team_id=team.pk)
            text = _("Équipe « %(name)s » créée : choisissez qui en est.") % {"name": name}
            return _done(request, secretariat, text, undo)
    return _draw(request, secretariat, team_error=wrong, typed=name, status=answers.INCOMPLETE)


@undoes("team-created")
def take_back_team(request: PersonRequest, kept: Mapping[str, Any]) -> str:
    """Remove a team just made, if no line was given to it meanwhile."""
    secretariat = answers.secretariat_of(request, kept["secretariat_id"], MAY)
    try:
        remove_team(team=_team(secretariat, kept["team_id"]))
    except TeamAnswers:
        raise TooLate from None
    return _("C’est défait.")


@require_POST
@requires(MAY)
def rename(request: PersonRequest, secretariat_id: int, team_id: int) -> HttpResponse:
    """Give a team another name."""
    secretariat = answers.secretariat_of(request, secretariat_id, MAY)
    team = _team(secretariat, team_id)
    name, wrong = _team_name(request)
    if not wrong:
        try:
            before = rename_team(team=team, name=name)
        except NameTaken:
            wrong = _("Une équipe porte déjà ce nom.")
        else:
            undo = keep(
                request, "team-renamed", secretariat_id=secretariat.pk, team_id=team.pk, name=before, now=name
            )
            return _done(request, secretariat, _("L’équipe s’appelle « %(name)s ».") % {"name": name}, undo)
    return _draw(
        request, secretariat, rename_error={"team_id": team.pk, "text": wrong}, status=answers.INCOMPLETE
    )


@undoes("team-renamed")
def put_back_name(request: PersonRequest, kept: Mapping[str, Any]) -> str:
    """Give a team its old name, if it still has the new one."""
    secretariat = answers.secretariat_of(request, kept["secretariat_id"], MAY)
    team = _team(secretariat, kept["team_id"])
    if team.name != kept["now"]:
        raise TooLate
    try:
        rename_team(team=team, name=kept["name"])
    except NameTaken:
        raise TooLate from None
    return _("C’est défait.")


@require_POST
@requires(MAY)
def remove(request: PersonRequest, secretariat_id: int, team_id: int) -> HttpResponse:
    """Remove a team that answers no line."""
    secretariat = answers.secretariat_of(request, secretariat_id, MAY)
    team = _team(secretariat, team_id)
    try:
        removed = remove_team(team=team)
    except TeamAnswers:
        wrong = _("Des lignes sonnent encore chez cette équipe : confiez-les d’abord à une autre.")
        return _draw(
            request,
            secretariat,
            rename_error={"team_id": team.pk, "text": wrong},
            status=answers.CHANGED_SINCE,
        )
    undo = keep(
        request,
        "team-removed",
        secretariat_id=secretariat.pk,
        team_id=removed.team_id,
        name=removed.name,
        user_ids=removed.user_ids,
    )
    return _done(request, secretariat, _("Équipe « %(name)s » supprimée.") % {"name": removed.name}, undo)


@undoes("team-removed")
def bring_back_team(request: PersonRequest, kept: Mapping[str, Any]) -> str:
    """Make a removed team again."""
    secretariat = answers.secretariat_of(request, kept["secretariat_id"], MAY)
    try:
        restore_team(
            secretariat_id=secretariat.pk,
            removed=TeamRemoved(kept["team_id"], kept["name"], kept["user_ids"]),
        )
    except NameTaken:
        raise TooLate from None
    return _("C’est défait : l’équipe est revenue.")


# --- reading what was sent --------------------------------------------------------------------------


def _read_cell(text: str) -> tuple[str, str, int, bool]:
    parts = text.split(":")
    if len(parts) != 4 or parts[0] not in {"team", "skill"} or parts[3] not in {"on", "off"} or not parts[1]:  # noqa: PLR2004
        raise Http404
    return parts[0], parts[1], answers.whole(parts[2]), parts[3] == "on"


def _team_name(request: PersonRequest) -> tuple[str, str]:
    """Return a team's name as typed, and what is wrong with it."""
    name = " ".join(request.POST.get("name", "").split())
    if not name:
        return name, _("Donnez-lui un nom.")
    if len(name) > LONGEST_NAME or "\x00" in name:
        return name[:LONGEST_NAME], _("Un nom plus court : soixante lettres au plus.")
    return name, ""


def _team(secretariat: Secretariat, team_id: int) -> Team:
    found = Team.objects.filter(secretariat=secretariat, pk=team_id).first()
    if found is None:
        raise Http404
    return found


def _set(secretariat: Secretariat, kind: str, key: str, user_id: int, *, is_on: bool) -> str:
    """Set one cell and return its column's name."""
    try:
        if kind == "team":
            team = _team(secretariat, answers.whole(key))
            set_membership(team=team, user_id=user_id, is_in=is_on)
            return team.name
        if len(key) > LONGEST_CODE or "\x00" in key:
            raise Http404
        set_skill(secretariat_id=secretariat.pk, user_id=user_id, code=key, has=is_on)
    except NotAMember:
        raise Http404 from None
    return skill_name(key)


# --- the picture ------------------------------------------------------------------------------------


def _members(secretariat: Secretariat) -> list[SecretariatMember]:
    rows = SecretariatMember.objects.filter(secretariat=secretariat, user__is_active=True)
    return list(rows.select_related("user").order_by("user__last_name", "user__first_name"))


def _names(secretariat: Secretariat) -> dict[int, str]:
    return {row.user_id: row.user.display_name for row in _members(secretariat)}


def _columns(teams: Sequence[Team], skills: list[tuple[int, str]]) -> list[Column]:
    by_code: dict[str, set[int]] = {}
    for user_id, code in skills:
        by_code.setdefault(code, set()).add(user_id)
    return [
        *(
            Column("team", str(team.pk), team.name, frozenset(one.pk for one in team.members.all()))
            for team in teams
        ),
        *(
            Column("skill", code, skill_name(code), frozenset(who))
            for code, who in sorted(by_code.items(), key=lambda item: skill_name(item[0]))
        ),
    ]


def _person(row: SecretariatMember, columns: list[Column]) -> Person:
    cells = []
    for number, column in enumerate(columns):
        is_on = row.user_id in column.who
        cells.append(
            Cell(
                f"cell-{row.user_id}-{column.kind}-{column.key if column.kind == 'team' else number}",
                f"{column.kind}:{column.key}:{row.user_id}:{'off' if is_on else 'on'}",
                is_on,
                column,
                f"{row.user.display_name}, {column.name}",
            )
        )
    return Person(row.user_id, row.user.display_name, row.role == "supervisor", tuple(cells))


def _draw(
    request: PersonRequest, secretariat: Secretariat, *, status: int = 200, **more: Any
) -> HttpResponse:
    teams = list(
        Team.objects.filter(secretariat=secretariat)
        .annotate(lines=Count("steps__plan", distinct=True))
        .prefetch_related("members")
        .order_by("name")
    )
    skills = list(Skill.objects.filter(secretariat=secretariat).values_list("user_id", "code"))
    columns = _columns(teams, skills)
    people = [_person(row, columns) for row in _members(secretariat)]
    here = {person.user_id for person in people}
    context = answers.frame(request, "teams", secretariat) | {
        "teams": teams,
        "columns": columns,
        "counts": [len(column.who & here) for column in columns],
        "people": people,
        "languages": [str(name) for name in LANGUAGES.values()],
        **more,
    }
    return answers.draw(request, PAGE, PANEL, context, status=status)


def _done(request: PersonRequest, secretariat: Secretariat, text: str, undo: str) -> HttpResponse:
    address = reverse("calls:teams", args=[secretariat.pk])
    return answers.done(request, _draw(request, secretariat), address, text, undo)
