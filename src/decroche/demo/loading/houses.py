"""Write who works there and where: people, secretariats, practices, sites, lines, mandates, rules."""

import datetime as dt
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import models

from decroche.accounts.models import User
from decroche.accounts.permissions import Role
from decroche.calls.models import Post
from decroche.demo.catalogue import CABINETS
from decroche.demo.copying import copy_models
from decroche.demo.loading.stage import Spot, Stage
from decroche.demo.openings import openings
from decroche.demo.phones import line_number, public_number
from decroche.demo.plan import Cabinet
from decroche.demo.team import (
    DEMO_PASSWORD,
    FIRM,
    FIRM_NAME,
    SIGN_INS,
    SOLO,
    SOLO_CABINETS,
    SOLO_NAME,
    SUPERVISOR,
    Answerer,
    address,
    doctor_login,
    plain,
)
from decroche.demo.typography import typeset
from decroche.practices.models import (
    AccessCard,
    Line,
    Mandate,
    Practice,
    PracticeMember,
    Practitioner,
    Secretariat,
    SecretariatMember,
    Site,
)
from decroche.scheduling.models import OpeningRule, VisitOffer, VisitType

# A fixed salt: reloading the world signs nobody out of an open demo.
_SALT = "decroche-demo-world"
_CAPTIONS = {each.email: each.caption for each in SIGN_INS}


class Houses:
    """Gathers the small tables, then writes them in the order of their references."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._rows: dict[type[models.Model], list[models.Model]] = {}
        self._password = make_password(DEMO_PASSWORD, salt=_SALT)
        self._long_ago = stage.now - dt.timedelta(days=420)

    def write(self) -> None:
        """Write everything."""
        self._secretariats()
        for rank, cabinet in enumerate(CABINETS):
            self._practice(cabinet, rank)
        self._user("admin", "", "Camille", "Lenoir", is_administrator=True)
        for model in (
            User, Secretariat, SecretariatMember, Practice, PracticeMember, Site, AccessCard, Practitioner, Line, Mandate,
            VisitType, VisitOffer, OpeningRule, OpeningRule.visit_types.through, Post,
        ):  # fmt: skip
            copy_models(self._rows.get(model, []))

    def _add(self, model: type[models.Model], **values: Any) -> int:
        values.setdefault("id", self._stage.ids.next(model))
        self._rows.setdefault(model, []).append(model(**values))
        return int(values["id"])

    def _user(self, login: str, civility: str, first: str, last: str, **more: Any) -> int:
        id_ = self._add(
            User, email=address(login), password=self._password, civility=civility, first_name=first, last_name=typeset(last),
            created_at=self._long_ago, secrecy_signed_at=self._long_ago, demo_caption=_CAPTIONS.get(address(login), ""), **more,
        )  # fmt: skip
        self._stage.users[login] = id_
        return id_

    # --- who answers -----------------------------------------------------------------------------

    def _secretariats(self) -> None:
        teams = (
            (FIRM_NAME, "Europe/Paris", (*FIRM, SUPERVISOR)),
            (SOLO_NAME, SOLO.zone, (SOLO,)),
        )
        for name, zone, team in teams:
            id_ = self._add(Secretariat, name=name, timezone=zone, country="FR")
            self._stage.secretariats[name] = id_
            for someone in team:
                self._answerer(id_, someone)

    def _answerer(self, secretariat: int, someone: Answerer) -> None:
        user = self._user(
            someone.login,
            someone.civility,
            someone.first,
            someone.last,
            timezone=someone.zone,
            language=someone.language,
        )
        role = Role.SUPERVISOR if someone.supervisor else Role.SECRETARY
        self._add(SecretariatMember, secretariat_id=secretariat, user_id=user, role=role.value)
        self._add(Post, user_id=user, secretariat_id=secretariat, state="away", since=self._stage.now)

    # --- who is called ---------------------------------------------------------------------------

    def _practice(self, cabinet: Cabinet, rank: int) -> None:
        stage = self._stage
        number = public_number(cabinet.area, rank)
        id_ = stage.practices[cabinet.key] = self._add(
            Practice, name=typeset(cabinet.name), kind=cabinet.kind, speciality=cabinet.speciality, timezone=cabinet.zone,
            department=cabinet.department, country_code=cabinet.region, phone=number,
        )  # fmt: skip
        self._sites(cabinet, id_)
        self._lines(cabinet, id_, rank)
        self._doctors(cabinet, id_)
        self._staff(cabinet, id_)
        name = SOLO_NAME if cabinet.key in SOLO_CABINETS else FIRM_NAME
        self._mandate(name, id_, starts=stage.now.date() - dt.timedelta(days=400 - 11 * rank))
        if cabinet.key in SOLO_CABINETS:
            # The firm stood in for the independent secretary last summer: a mandate that is over.
            starts = stage.now.date() - dt.timedelta(days=120)
            self._mandate(FIRM_NAME, id_, starts=starts, ends=starts + dt.timedelta(days=21))
        self._visits(cabinet, id_)
        self._rules(cabinet, id_)

    def _mandate(
        self, secretariat: str, practice: int, *, starts: dt.date, ends: dt.date | None = None
    ) -> None:
        signed = dt.datetime.combine(starts - dt.timedelta(days=6), dt.time(10, 20), tzinfo=dt.UTC)
        self._add(
            Mandate, secretariat_id=self._stage.secretariats[secretariat], practice_id=practice, starts_on=starts,
            ends_on=ends, signed_at=signed,
        )  # fmt: skip

    def _sites(self, cabinet: Cabinet, practice: int) -> None:
        for rank, place in enumerate(cabinet.places):
            site = self._stage.sites[Spot(cabinet.key, rank)] = self._add(
                Site, practice_id=practice, name=typeset(place.name), address_line=typeset(place.address), postcode=place.postcode,
                city=place.city, timezone=cabinet.zone, is_main=rank == 0,
            )  # fmt: skip
            self._add(
                AccessCard, site_id=site, landmark=typeset(place.landmark), door_code=typeset(place.door), floor=typeset(place.floor),
                parking=typeset(place.parking), transport=typeset(place.transport), step_free=typeset(place.step_free),
                notes=typeset(place.notes), updated_at=self._long_ago,
            )  # fmt: skip

    def _lines(self, cabinet: Cabinet, practice: int, rank: int) -> None:
        for order, line in enumerate(cabinet.lines):
            number = line_number(cabinet.area, rank, order)
            id_ = self._add(
                Line, practice_id=practice, site_id=self._stage.sites[Spot(cabinet.key, 0)], number=number, label=typeset(line.label),
                greeting=typeset(line.greeting), is_active=True,
            )  # fmt: skip
            self._stage.lines[Spot(cabinet.key, order)] = (id_, number)

    def _doctors(self, cabinet: Cabinet, practice: int) -> None:
        for rank, doctor in enumerate(cabinet.doctors):
            civility = "m" if doctor.civility == "M." else "mme" if doctor.civility == "Mme" else ""
            login = doctor_login(cabinet, rank)
            user = self._user(login, civility, doctor.first, doctor.last, timezone=cabinet.zone)
            self._stage.users[f"{cabinet.key}/{rank}"] = user
            self._add(PracticeMember, practice_id=practice, user_id=user, role=Role.PRACTITIONER.value)
            region = "+5966965700" if cabinet.region == "MQ" else "+336399800"
            mobile = self._stage.mobiles[Spot(cabinet.key, rank)] = f"{region}{user:02d}"
            self._stage.doctors[Spot(cabinet.key, rank)] = self._add(
                Practitioner, practice_id=practice, user_id=user, title="Dr" if doctor.civility == "Dr" else "",
                first_name=doctor.first, last_name=typeset(doctor.last), speciality=doctor.speciality, position=rank,
                phone=mobile, is_active=True,
            )  # fmt: skip

    def _staff(self, cabinet: Cabinet, practice: int) -> None:
        self._stage.staff[cabinet.key] = []
        for civility, first, last in cabinet.staff:
            user = self._user(
                plain(last), "m" if civility == "M." else "mme", first, last, timezone=cabinet.zone
            )
            self._stage.staff[cabinet.key].append(plain(last))
            self._add(PracticeMember, practice_id=practice, user_id=user, role=Role.STAFF.value)

    # --- what they do, and when ------------------------------------------------------------------

    def _visits(self, cabinet: Cabinet, practice: int) -> None:
        for rank, visit in enumerate(cabinet.visits):
            self._stage.visits[Spot(cabinet.key, rank)] = self._add(
                VisitType, practice_id=practice, name=typeset(visit.name), short_name=typeset(visit.short), colour=visit.colour,
                duration_minutes=visit.minutes, position=rank, is_active=True, emergency=visit.urgent,
            )  # fmt: skip
        for order, doctor in enumerate(cabinet.doctors):
            if not doctor.without and doctor.pace == 1:
                continue
            for rank, visit in enumerate(cabinet.visits):
                if visit.name not in doctor.without:
                    minutes = max(5, round(visit.minutes * doctor.pace / 5) * 5)
                    self._add(
                        VisitOffer, practitioner_id=self._stage.doctors[Spot(cabinet.key, order)],
                        visit_type_id=self._stage.visits[Spot(cabinet.key, rank)],
                        duration_minutes=None if minutes == visit.minutes else minutes,
                    )  # fmt: skip

    def _rules(self, cabinet: Cabinet, practice: int) -> None:
        ranks = {visit.name: rank for rank, visit in enumerate(cabinet.visits)}
        for opening in openings(cabinet, self._stage.today(cabinet)):
            rule = self._add(
                OpeningRule, practice_id=practice, practitioner_id=self._stage.doctors[Spot(cabinet.key, opening.doctor)],
                site_id=self._stage.sites[Spot(cabinet.key, opening.hours.site)], weekday=opening.hours.weekday,
                starts=opening.hours.starts, ends=opening.hours.ends, valid_from=opening.valid_from,
                valid_until=opening.valid_until,
            )  # fmt: skip
            for name in opening.hours.only:
                visit = self._stage.visits[Spot(cabinet.key, ranks[name])]
                self._add(OpeningRule.visit_types.through, openingrule_id=rule, visittype_id=visit)
