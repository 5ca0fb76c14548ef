"""Say roles and kinds of data the way people say them."""

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from decroche.accounts.domain.permissions import Role

_ROLES: dict[Role, Promise] = {
    Role.SECRETARY: _("secrétaire"),
    Role.SUPERVISOR: _("responsable"),
    Role.PRACTITIONER: _("praticien"),
    Role.STAFF: _("équipe sur place"),
    Role.ADMINISTRATOR: _("administration"),
}

_KINDS: dict[str, Promise] = {
    "patient": _("fiche de patient"),
    "appointment": _("rendez-vous"),
    "message": _("message"),
    "follow_up": _("suivi"),
    "instruction": _("consigne"),
    "call": _("appel"),
    "voicemail": _("message vocal"),
    "recording-training": _("enregistrement écouté pour former"),
    "recording-quality": _("enregistrement écouté pour la qualité"),
    "recording-proof": _("enregistrement écouté comme preuve"),
    "recording_rule": _("règle d’enregistrement"),
    "member": _("compte d’un membre"),
}


def role_name(role: Role) -> str:
    """Return the role in the active language, in lower case."""
    return str(_ROLES[role])


def kind_name(kind: str) -> str:
    """Return what sort of data a line of the access log is about."""
    return str(_KINDS[kind]) if kind in _KINDS else gettext("autre donnée")


def kinds() -> list[tuple[str, str]]:
    """Return (kind, name) for every kind that the log knows."""
    return [(kind, str(name)) for kind, name in _KINDS.items()]
