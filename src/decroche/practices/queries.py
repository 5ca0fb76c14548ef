"""Read practices: find one, show its card, say how to find its door."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db.models import Prefetch, Q
from django.utils.translation import gettext as _
from django.utils.translation import override

from decroche.kernel.names import normalised
from decroche.practices.models import Line, Mandate, Practice, Practitioner, Site

LONGEST_SEARCH = 80


@dataclass(frozen=True, slots=True)
class PracticeHit:
    """Hold what the palette shows of a practice."""

    practice_id: int
    name: str
    speciality: str
    city: str
    practitioners: str


@dataclass(frozen=True, slots=True)
class PractitionerHit:
    """Hold what the palette shows of a practitioner."""

    practitioner_id: int
    practice_id: int
    name: str
    speciality: str
    practice_name: str


def find(text: str, practice_ids: Collection[int], limit: int = 8) -> list[PracticeHit]:
    """Return the practices whose name, town or practitioners hold every word typed (three queries).

    Those whose own name begins with the text come first; nothing typed gives all, by name.
    """
    words = normalised(text[:LONGEST_SEARCH]).split()
    start = " ".join(words)
    found = []
    for hit in _hits(practice_ids):
        name = normalised(hit.name)
        everything = (
            f" {name} {normalised(hit.city)} {normalised(hit.practitioners)} {normalised(hit.speciality)}"
        )
        if all(f" {word}" in everything for word in words):
            found.append(
                (not name.startswith(start), not all(f" {w}" in f" {name}" for w in words), name, hit)
            )
    found.sort(key=lambda entry: entry[:3])
    return [hit for *_rank, hit in found[:limit]]


def find_practitioners(text: str, practice_ids: Collection[int], limit: int = 8) -> list[PractitionerHit]:
    """Return the practitioners whose names hold every word typed (one query)."""
    words = normalised(text[:LONGEST_SEARCH]).split()
    if not words:
        return []
    rows = Practitioner.objects.filter(practice_id__in=practice_ids, is_active=True).select_related(
        "practice"
    )
    found = [
        PractitionerHit(row.pk, row.practice_id, f"{row.title} {row.first_name} {row.last_name}".strip(),
                        row.speciality, row.practice.name)
        for row in rows
        if all(f" {w}" in f" {normalised(f'{row.title} {row.last_name} {row.first_name}')}" for w in words)
    ]  # fmt: skip
    return sorted(found, key=lambda hit: normalised(hit.name))[:limit]


def practice_card(practice_id: int) -> Practice:
    """Return a practice with sites, access cards, practitioners and lines (four queries).

    Raises:
        Practice.DoesNotExist: none such in scope.

    """
    practice: Practice = Practice.objects.prefetch_related(
        Prefetch("sites", Site.objects.select_related("access_card").order_by("-is_main", "name")),
        Prefetch("practitioners", Practitioner.objects.filter(is_active=True)),
        Prefetch("lines", Line.objects.select_related("site").order_by("-is_active", "pk")),
    ).get(pk=practice_id)
    return practice


def sites_of(practice_id: int) -> list[Site]:
    """Return a practice's sites with their access cards, the main one first (one query)."""
    rows = Site.objects.filter(practice_id=practice_id).select_related("access_card", "practice")
    return list(rows.order_by("-is_main", "name"))


def practitioners_of(practice_id: int) -> list[Practitioner]:
    """Return the practitioners whose agenda is kept, in the practice's own order (one query)."""
    return list(Practitioner.objects.filter(practice_id=practice_id, is_active=True))


def practitioners_of_user(user_id: int) -> list[Practitioner]:
    """Return the practitioners that a person is, one for each practice (one query)."""
    return list(Practitioner.objects.filter(user_id=user_id, is_active=True).select_related("practice"))


def line_by_number(number: str) -> Line | None:
    """Return the line in service under an E.164 number, with its practice and site (one query)."""
    line: Line | None = (
        Line.objects.filter(number=number, is_active=True).select_related("practice", "site").first()
    )
    return line


def secretariats_of(practice_id: int, *, today: date) -> list[int]:
    """Return the secretariats whose signed mandate for the practice is in force (one query)."""
    rows = Mandate.objects.filter(
        Q(ends_on=None) | Q(ends_on__gt=today),
        practice_id=practice_id,
        signed_at__isnull=False,
        starts_on__lte=today,
    )
    return sorted(set(rows.values_list("secretariat_id", flat=True)))


def practices_of_secretariat(secretariat_id: int, *, today: date) -> list[int]:
    """Return the practices for which a secretariat's signed mandate is in force (one query)."""
    rows = Mandate.objects.filter(
        Q(ends_on=None) | Q(ends_on__gt=today),
        secretariat_id=secretariat_id,
        signed_at__isnull=False,
        starts_on__lte=today,
    )
    return sorted(set(rows.values_list("practice_id", flat=True)))


def spoken_directions(site: Site) -> list[str]:
    """Return how to find the door as sentences to be read aloud in one breath, in the reader's language."""
    sentences = [
        _("Le cabinet est au %(address)s, à %(city)s.") % {"address": site.address_line, "city": site.city}
    ]
    card = getattr(site, "access_card", None)
    if card is None:
        return sentences
    for value, sentence in (
        (card.landmark, _("Repère : %(value)s.")),
        (card.door_code, _("Le code de la porte est %(value)s.")),
        (card.floor, _("C’est au %(value)s.") if card.floor[:1].isdigit() else _("Étage : %(value)s.")),
        (card.step_free, _("Sans marche : %(value)s.")),
        (card.parking, _("En voiture : %(value)s.")),
        (card.transport, _("En transports : %(value)s.")),
        (card.notes, "%(value)s."),
    ):
        if value:
            sentences.append(sentence % {"value": value.strip().rstrip(".")})
    return sentences


def written_directions(site: Site) -> str:
    """Return how to find the door in one SMS, in French: the patient's language is the practice's."""
    with override("fr"):
        parts = [f"{site.address_line}, {site.postcode} {site.city}"]
        card = getattr(site, "access_card", None)
        if card is not None:
            parts += [
                label % {"value": value.strip().rstrip(".")}
                for value, label in (
                    (card.landmark, "%(value)s"),
                    (card.door_code, _("Code %(value)s")),
                    (card.floor, "%(value)s"),
                    (card.step_free, _("Sans marche : %(value)s")),
                    (card.parking, _("Voiture : %(value)s")),
                    (card.transport, _("Transports : %(value)s")),
                )
                if value
            ]
        return ". ".join(part[:1].upper() + part[1:] for part in parts) + "."


def _hits(practice_ids: Collection[int]) -> list[PracticeHit]:
    practices = Practice.objects.filter(pk__in=practice_ids).prefetch_related(
        Prefetch("sites", Site.objects.order_by("-is_main", "name")),
        Prefetch("practitioners", Practitioner.objects.filter(is_active=True)),
    )
    return [
        PracticeHit(
            practice_id=practice.pk,
            name=practice.name,
            speciality=practice.speciality,
            city=next((site.city for site in practice.sites.all()), ""),
            practitioners=", ".join(p.display_name for p in practice.practitioners.all()),
        )
        for practice in practices
    ]
