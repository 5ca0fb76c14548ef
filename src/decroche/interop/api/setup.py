"""Who receives, for what, when, on which terms: read and set by other systems through the screens' own verbs."""
# ruff: noqa: ARG001 — every operation is handed its request

from dataclasses import fields
from typing import Any

from django.shortcuts import get_object_or_404
from ninja import Router, Status

from decroche.accounts.permissions import Permission
from decroche.foundation.clock import now as clock_now
from decroche.interop.api import schemas as s
from decroche.interop.api.access import KeyRequest, needs
from decroche.interop.api.fields import Day, Id, In, Page
from decroche.interop.api.paging import Asked, narrowed, page_of
from decroche.practices.models import Practice, Practitioner, Site
from decroche.scheduling.actions.end_opening_rule import end_opening_rule
from decroche.scheduling.actions.save_offer import OfferTerms, end_offer, save_offer
from decroche.scheduling.actions.save_opening_rule import RuleTerms, save_opening_rule
from decroche.scheduling.actions.save_visit_type import VisitTerms, save_visit_type
from decroche.scheduling.domain.refusals import NotOfThisPractice
from decroche.scheduling.models import OpeningRule, Resource, VisitOffer, VisitType

router = Router()
SEE, EDIT = Permission.SEE_AGENDA, Permission.EDIT_AGENDA_RULES


def _terms(kind: Any, sent: In) -> Any:
    """Take from what was sent the terms that a verb knows."""
    return kind(**{field.name: getattr(sent, field.name) for field in fields(kind)})


# --- practices and practitioners -------------------------------------------------------------


@router.get("/practices", response=Page[s.PracticeOut], tags=["Cabinets"])
@needs(Permission.SEE_PRACTICE)
def list_practices(request: KeyRequest, paging: Asked) -> Any:
    """List the practices that the key reaches, with their sites."""
    rows = Practice.objects.prefetch_related("sites").order_by("name", "pk")
    return page_of(rows, paging, _practice)


def _practice(row: Practice) -> dict[str, Any]:
    sites = [{"id": x.pk, "name": x.name, "city": x.city, "timezone": x.timezone} for x in row.sites.all()]
    return {"id": row.pk, "name": row.name, "timezone": row.timezone, "sites": sites}


@router.get("/practitioners", response=Page[s.PractitionerOut], tags=["Cabinets"])
@needs(Permission.SEE_PRACTICE)
def list_practitioners(request: KeyRequest, paging: Asked, practice_id: Id | None = None) -> Any:
    """List the practitioners in activity."""
    rows = Practitioner.objects.filter(is_active=True).order_by("practice_id", "position", "pk")
    return page_of(narrowed(rows, practice_id=practice_id), paging, _practitioner)


def _practitioner(row: Practitioner) -> dict[str, Any]:
    return {
        "id": row.pk, "practice_id": row.practice_id, "name": row.display_name, "speciality": row.speciality,
    }  # fmt: skip


# --- visit types -----------------------------------------------------------------------------


@router.get("/visit-types", response=Page[s.VisitTypeOut], tags=["Motifs"])
@needs(SEE)
def list_visit_types(request: KeyRequest, paging: Asked, practice_id: Id | None = None) -> Any:
    """List the visit types, those no longer proposed too."""
    rows = _visit_types().order_by("practice_id", "position", "name", "pk")
    return page_of(narrowed(rows, practice_id=practice_id), paging, _visit_type)


@router.get("/visit-types/{visit_type_id}", response=s.VisitTypeOut, tags=["Motifs"])
@needs(SEE)
def read_visit_type(request: KeyRequest, visit_type_id: Id) -> Any:
    """Read one visit type."""
    return _visit_type(get_object_or_404(_visit_types(), pk=visit_type_id))


@router.post("/visit-types", response={201: s.VisitTypeOut}, tags=["Motifs"])
@needs(EDIT)
def add_visit_type(request: KeyRequest, sent: s.NewVisitTypeIn) -> Any:
    """Add a visit type to a practice."""
    practice = get_object_or_404(Practice, pk=sent.practice_id)
    return Status(201, _save_visit_type(request, practice, sent, None))


@router.put("/visit-types/{visit_type_id}", response=s.VisitTypeOut, tags=["Motifs"])
@needs(EDIT)
def change_visit_type(request: KeyRequest, visit_type_id: Id, sent: s.VisitTypeIn) -> Any:
    """Change a visit type; appointments already booked keep their length."""
    row = get_object_or_404(_visit_types().select_related("practice"), pk=visit_type_id)
    return _save_visit_type(request, row.practice, sent, row.pk)


@router.delete("/visit-types/{visit_type_id}", response={204: None}, tags=["Motifs"])
@needs(EDIT)
def retire_visit_type(request: KeyRequest, visit_type_id: Id) -> Any:
    """Propose a visit type no more; what was booked for it stays."""
    row = get_object_or_404(_visit_types().select_related("practice"), pk=visit_type_id)
    plain = _visit_type(row)
    known = {name: plain[name] for name in s.VisitTypeIn.model_fields}
    _save_visit_type(request, row.practice, s.VisitTypeIn(**known | {"is_active": False}), row.pk)
    return Status(204, None)


def _visit_types() -> Any:
    return VisitType.objects.prefetch_related("questions", "resources")


def _save_visit_type(
    request: KeyRequest, practice: Practice, sent: s.VisitTypeIn, visit_type_id: int | None
) -> dict[str, Any]:
    resources = list(Resource.objects.filter(practice=practice, pk__in=sent.resource_ids))
    if len(resources) != len(set(sent.resource_ids)):
        raise NotOfThisPractice
    row = save_visit_type(
        practice=practice,
        name=sent.name,
        short_name=sent.short_name,
        colour=sent.colour,
        duration_minutes=sent.duration_minutes,
        is_active=sent.is_active,
        emergency=sent.emergency,
        by=request.user,
        now=clock_now(),
        visit_type_id=visit_type_id,
        terms=_terms(VisitTerms, sent),
        questions=sent.questions,
        resources=resources,
    )
    return _visit_type(_visit_types().get(pk=row.pk))


def _visit_type(row: VisitType) -> dict[str, Any]:
    own = set(s.VisitTypeOut.model_fields) - {"questions", "resource_ids"}
    return {name: getattr(row, name) for name in own} | {
        "questions": [question.text for question in row.questions.all()],
        "resource_ids": [resource.pk for resource in row.resources.all()],
    }


# --- opening rules ---------------------------------------------------------------------------


@router.get("/opening-rules", response=Page[s.RuleOut], tags=["Plages d’ouverture"])
@needs(SEE)
def list_rules(request: KeyRequest, paging: Asked, practitioner_id: Id | None = None) -> Any:
    """List opening rules, past ones too."""
    rows = _rules().order_by("practitioner_id", "weekday", "starts", "pk")
    return page_of(narrowed(rows, practitioner_id=practitioner_id), paging, rule_shown)


@router.get("/opening-rules/{rule_id}", response=s.RuleOut, tags=["Plages d’ouverture"])
@needs(SEE)
def read_rule(request: KeyRequest, rule_id: Id) -> Any:
    """Read one opening rule."""
    return rule_shown(get_object_or_404(_rules(), pk=rule_id))


@router.post("/opening-rules", response={201: s.RuleOut}, tags=["Plages d’ouverture"])
@needs(EDIT)
def add_rule(request: KeyRequest, sent: s.NewRuleIn) -> Any:
    """Open an agenda; a rule valid on one day is an extra opening, and with `overrides` changed hours."""
    practitioner = get_object_or_404(Practitioner, pk=sent.practitioner_id)
    return Status(201, _save_rule(request, practitioner, sent, None))


@router.put("/opening-rules/{rule_id}", response=s.RuleOut, tags=["Plages d’ouverture"])
@needs(EDIT)
def change_rule(request: KeyRequest, rule_id: Id, sent: s.RuleIn) -> Any:
    """Change a rule; from a later day, the old one stands until the eve and a new one follows (another id)."""
    row = get_object_or_404(OpeningRule.objects.select_related("practitioner"), pk=rule_id)
    return _save_rule(request, row.practitioner, sent, row.pk)


@router.delete("/opening-rules/{rule_id}", response={204: None}, tags=["Plages d’ouverture"])
@needs(EDIT)
def end_rule(request: KeyRequest, rule_id: Id, last_day: Day | None = None) -> Any:
    """Let a rule end, yesterday unless a last day is named; appointments stay."""
    get_object_or_404(OpeningRule, pk=rule_id)
    end_opening_rule(rule_id=rule_id, last_day=last_day, by=request.user, now=clock_now())
    return Status(204, None)


def _rules() -> Any:
    return OpeningRule.objects.prefetch_related("visit_types")


def _save_rule(
    request: KeyRequest, practitioner: Practitioner, sent: s.RuleIn, rule_id: int | None
) -> dict[str, Any]:
    site = get_object_or_404(Site, pk=sent.site_id)
    types = list(VisitType.objects.filter(pk__in=sent.visit_type_ids))
    if len(types) != len(set(sent.visit_type_ids)):
        raise NotOfThisPractice
    row = save_opening_rule(
        practitioner=practitioner,
        site=site,
        weekday=sent.weekday,
        starts=sent.starts,
        ends=sent.ends,
        valid_from=sent.valid_from,
        valid_until=sent.valid_until,
        visit_types=types,
        by=request.user,
        now=clock_now(),
        terms=_terms(RuleTerms, sent),
        rule_id=rule_id,
    )
    return rule_shown(_rules().get(pk=row.pk))


def rule_shown(row: OpeningRule) -> dict[str, Any]:
    """Write an opening rule."""
    own = set(s.RuleOut.model_fields) - {"visit_type_ids"}
    types = [visit_type.pk for visit_type in row.visit_types.all()]
    return {name: getattr(row, name) for name in own} | {"visit_type_ids": types}


# --- offers ----------------------------------------------------------------------------------


@router.get("/offers", response=Page[s.OfferOut], tags=["Conditions par praticien"])
@needs(SEE)
def list_offers(request: KeyRequest, paging: Asked, practitioner_id: Id | None = None) -> Any:
    """List who receives for what on which terms; null means "as the practice does"."""
    rows = VisitOffer.objects.order_by("practitioner_id", "visit_type_id", "pk")
    return page_of(narrowed(rows, practitioner_id=practitioner_id), paging, _offer)


@router.post("/offers", response={201: s.OfferOut}, tags=["Conditions par praticien"])
@needs(EDIT)
def add_offer(request: KeyRequest, sent: s.NewOfferIn) -> Any:
    """Let a practitioner receive for a visit type, perhaps on terms of their own."""
    practitioner = get_object_or_404(Practitioner, pk=sent.practitioner_id)
    visit_type = get_object_or_404(VisitType, pk=sent.visit_type_id)
    return Status(201, _save_offer(request, practitioner, visit_type, sent, None))


@router.put("/offers/{offer_id}", response=s.OfferOut, tags=["Conditions par praticien"])
@needs(EDIT)
def change_offer(request: KeyRequest, offer_id: Id, sent: s.OfferIn) -> Any:
    """Change the terms."""
    row = get_object_or_404(VisitOffer.objects.select_related("practitioner", "visit_type"), pk=offer_id)
    return _save_offer(request, row.practitioner, row.visit_type, sent, row.pk)


@router.delete("/offers/{offer_id}", response={204: None}, tags=["Conditions par praticien"])
@needs(EDIT)
def drop_offer(request: KeyRequest, offer_id: Id, last_day: Day | None = None) -> Any:
    """Let the terms end on a day, or at once."""
    get_object_or_404(VisitOffer, pk=offer_id)
    end_offer(offer_id=offer_id, last_day=last_day, by=request.user, now=clock_now())
    return Status(204, None)


def _save_offer(
    request: KeyRequest,
    practitioner: Practitioner,
    visit_type: VisitType,
    sent: s.OfferIn,
    offer_id: int | None,
) -> dict[str, Any]:
    own = {field.name: getattr(sent, field.name) for field in fields(OfferTerms)}
    row = save_offer(
        practitioner=practitioner,
        visit_type=visit_type,
        terms=OfferTerms(**own | {"new_patients": sent.new_patients or ""}),
        valid_from=sent.valid_from,
        valid_until=sent.valid_until,
        by=request.user,
        now=clock_now(),
        offer_id=offer_id,
    )
    return _offer(row)


def _offer(row: VisitOffer) -> dict[str, Any]:
    return {name: getattr(row, name) for name in s.OfferOut.model_fields}
