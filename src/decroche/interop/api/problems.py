"""Answer with what went wrong in a sentence (RFC 9457), in the reader's language."""

from functools import singledispatch
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _

from decroche.kernel.phone import NotAPhoneNumber
from decroche.patients.actions.register_patient import ResemblingPatient
from decroche.patients.domain.identity import UnusableName
from decroche.scheduling.actions.join_waiting_list import DaysReversed
from decroche.scheduling.actions.record_absence import AbsenceEndsBeforeItStarts, OwnLocum
from decroche.scheduling.actions.save_offer import LastOffer, OfferDatesReversed, OffersOverlap
from decroche.scheduling.actions.save_opening_rule import RuleDatesReversed, RuleOverlaps
from decroche.scheduling.actions.save_pathway import PathwayNameTaken, PathwayTooShort
from decroche.scheduling.actions.save_resource import ResourceNameTaken
from decroche.scheduling.actions.save_visit_type import NameTaken
from decroche.scheduling.actions.set_wish import WishDatesReversed, WishIncomplete
from decroche.scheduling.actions.start_mass_move import AlreadySent, NothingTouched
from decroche.scheduling.domain.appointment import IllegalMove
from decroche.scheduling.domain.refusals import (
    ForcedQuotaReached,
    GroupIncomplete,
    HoldExpired,
    NothingToUndo,
    NotOfThisPractice,
    NotTheirDecision,
    PatientBlocked,
    ReasonMissing,
    ResourceTaken,
    SlotClosed,
    SlotTaken,
    StaleVersion,
)
from decroche.scheduling.domain.waiting import AlreadyWaiting
from decroche.scheduling.web.words import why_sentence

CONTENT_TYPE = "application/problem+json"
BAD, UNKNOWN_KEY, FORBIDDEN, ABSENT, CONFLICT, SENSELESS, TOO_OFTEN = 400, 401, 403, 404, 409, 422, 429


class Problem(Exception):
    """Something to answer with a status, a code and a sentence."""

    def __init__(self, status: int, code: str, detail: str, **more: Any) -> None:
        """Keep what the answer will say."""
        super().__init__(code)
        self.status, self.code, self.detail, self.more = status, code, detail, more


def respond(problem: Problem) -> HttpResponse:
    """Write a problem as JSON."""
    body = {
        "type": f"urn:decroche:problem:{problem.code}",
        "title": problem.code.replace("-", " "),
        "status": problem.status,
        "detail": problem.detail,
        **problem.more,
    }
    response = JsonResponse(body, status=problem.status, json_dumps_params={"ensure_ascii": False})
    response["Content-Type"] = CONTENT_TYPE
    if problem.status == UNKNOWN_KEY:
        response["WWW-Authenticate"] = 'Bearer realm="decroche"'
    if problem.status == TOO_OFTEN:
        response["Retry-After"] = str(problem.more.get("wait_seconds", 60))
    return response


@singledispatch
def problem_of(error: Exception) -> Problem:
    """Say what a refusal of the verbs means."""
    return _plain(error)


@problem_of.register
def _incomplete(error: GroupIncomplete) -> Problem:
    cause = problem_of(error.cause)
    sentence = _("Rendez-vous %(n)s sur %(count)s : %(why)s Aucun n’a été pris.")
    detail = sentence % {"n": error.position, "count": error.count, "why": cause.detail}
    more = {"position": error.position, "count": error.count, "cause": cause.code}
    return Problem(CONFLICT, "group-incomplete", detail, **more)


@problem_of.register
def _too_many_forced(error: ForcedQuotaReached) -> Problem:
    sentence = _("Les %(quota)s rendez-vous forcés de ce jour sont déjà pris.") % {"quota": error.quota}
    return Problem(CONFLICT, "forced-quota-reached", sentence, count=error.count, quota=error.quota)


@problem_of.register
def _resource_taken(error: ResourceTaken) -> Problem:
    sentence = _("La salle ou l’appareil qu’il faut est déjà pris.")
    return Problem(CONFLICT, "resource-taken", sentence, names=list(error.names))


@problem_of.register
def _slot_taken(error: SlotTaken) -> Problem:
    return Problem(CONFLICT, "slot-taken", _("Ce créneau vient d’être pris."), by=error.by)


@problem_of.register
def _slot_closed(error: SlotClosed) -> Problem:
    sentence = why_sentence(error.answer) if error.answer is not None else ""
    why = getattr(error.answer, "why", None)
    return Problem(
        CONFLICT,
        "slot-closed",
        sentence or _("Le praticien ne reçoit pas à cette heure-là."),
        why=why.value if why else None,
    )


@problem_of.register
def _stale(error: StaleVersion) -> Problem:
    sentence = _("Ce rendez-vous a changé depuis : relisez-le avant de le modifier.")
    return Problem(CONFLICT, "stale-version", sentence, current_version=error.current)


@problem_of.register
def _overlaps(error: RuleOverlaps) -> Problem:
    sentence = _("Une autre plage du praticien couvre déjà une partie de ces heures.")
    return Problem(CONFLICT, "rule-overlaps", sentence, other_id=error.other.pk)


@problem_of.register
def _resembles(error: ResemblingPatient) -> Problem:
    sentence = _(
        "Ce patient est peut-être déjà connu : choisissez sa fiche, ou dites que c’est une autre personne."
    )
    return Problem(
        CONFLICT, "resembling-patient", sentence, patient_ids=[hit.patient_id for hit in error.hits]
    )


def _plain(error: Exception) -> Problem:
    table: dict[type[Exception], tuple[int, str, str]] = {
        HoldExpired: (CONFLICT, "hold-expired", _("La pré-réservation a pris fin.")),
        IllegalMove: (CONFLICT, "not-in-that-state", _("Ce rendez-vous ne peut plus être changé ainsi.")),
        PatientBlocked: (CONFLICT, "patient-blocked", _("Le praticien ne souhaite plus donner de rendez-vous à ce patient.")),
        NotOfThisPractice: (SENSELESS, "not-of-this-practice", _("Le praticien, le lieu, le motif et le patient doivent être du même cabinet.")),
        RuleDatesReversed: (SENSELESS, "dates-reversed", _("Le dernier jour vient avant le premier.")),
        OfferDatesReversed: (SENSELESS, "dates-reversed", _("Le dernier jour vient avant le premier.")),
        WishDatesReversed: (SENSELESS, "dates-reversed", _("Le dernier jour vient avant le premier.")),
        DaysReversed: (SENSELESS, "dates-reversed", _("Le dernier jour vient avant le premier.")),
        AbsenceEndsBeforeItStarts: (SENSELESS, "dates-reversed", _("La fin doit venir après le début.")),
        OwnLocum: (SENSELESS, "own-locum", _("On ne se remplace pas soi-même.")),
        NameTaken: (CONFLICT, "name-taken", _("Le cabinet a déjà un motif de ce nom.")),
        OffersOverlap: (CONFLICT, "offers-overlap", _("Le praticien a déjà des conditions pour ce motif ces jours-là.")),
        LastOffer: (CONFLICT, "last-offer", _("C’est le dernier motif de ce praticien : sans aucun, il recevrait pour tous.")),
        WishIncomplete: (SENSELESS, "wish-incomplete", _("Ce souhait demande une heure ou un nombre.")),
        UnusableName: (SENSELESS, "unusable-name", _("Ce nom ne peut pas en être un.")),
        NotAPhoneNumber: (SENSELESS, "not-a-phone-number", _("Ce numéro de téléphone ne peut pas exister.")),
        NotTheirDecision: (FORBIDDEN, "not-their-decision", _("Seul le praticien peut en décider.")),
        ReasonMissing: (SENSELESS, "reason-missing", _("Dites pourquoi : le praticien le lira.")),
        ResourceNameTaken: (CONFLICT, "name-taken", _("Ce lieu a déjà une salle ou un appareil de ce nom.")),
        PathwayNameTaken: (CONFLICT, "name-taken", _("Le cabinet a déjà un parcours de ce nom.")),
        PathwayTooShort: (SENSELESS, "pathway-too-short", _("Un parcours compte au moins deux rendez-vous.")),
        NothingTouched: (CONFLICT, "nothing-touched", _("Plus aucun rendez-vous n’est touché.")),
        AlreadySent: (CONFLICT, "already-sent", _("Le report est envoyé : seules les lignes à reprendre peuvent changer.")),
        NothingToUndo: (CONFLICT, "nothing-to-undo", _("Il n’y a plus rien à défaire.")),
        AlreadyWaiting: (CONFLICT, "already-waiting", _("Ce patient est déjà sur la liste d’attente pour ce motif.")),
    }  # fmt: skip
    for kind in type(error).__mro__:
        if kind in table:
            return Problem(*table[kind])
    return Problem(CONFLICT, "refused", _("L’agenda a refusé ; rien n’a été changé."))


#: What the verbs raise when they decline.
REFUSALS = (
    RuleOverlaps, RuleDatesReversed, OfferDatesReversed, OffersOverlap, LastOffer, WishDatesReversed, WishIncomplete,
    DaysReversed, AbsenceEndsBeforeItStarts, OwnLocum, NameTaken, UnusableName, NotAPhoneNumber, ResemblingPatient,
    PathwayNameTaken, PathwayTooShort, ResourceNameTaken,
)  # fmt: skip


def as_response(_request: HttpRequest, error: Any) -> HttpResponse:
    """Answer a refusal."""
    return respond(problem_of(error))
