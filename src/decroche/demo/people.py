"""Invent the patients of a practice: households, twins, parents who call for their children, two surnames."""

import datetime as dt
import unicodedata
from dataclasses import dataclass
from random import Random

from decroche.demo import names
from decroche.demo.dice import dice_for
from decroche.demo.phones import PhoneBook
from decroche.demo.plan import Cabinet
from decroche.demo.texts.reminders import ALLOWED_NOTES
from decroche.demo.typography import typeset

# INSEE codes of birthplaces: communes by population, then countries (99…).
_BIRTHPLACES = {
    "default": ("37261", "44109", "21231", "69123", "59350", "75056", "13055", "31555", "99352", "99350"),
    "ouest": ("37261", "44109", "35238", "49007", "72181", "29019", "56260", "85191", "75056", "99139"),
    "paris": ("75056", "93066", "94028", "92050", "75056", "75056", "99352", "99350", "99341", "99243"),
    "sud": ("31555", "33063", "13055", "34172", "64445", "66136", "83137", "99352", "99134", "99351"),
    "rural": ("23096", "87085", "23096", "23096", "03185", "36044", "63113", "75056", "23096", "23176"),
    "MQ": ("97209", "97213", "97209", "97229", "97222", "97230", "97209", "75056", "97105", "97209"),
}
_AGES: dict[str, tuple[tuple[int, int, float], ...]] = {
    "all": ((18, 39, 34), (40, 64, 38), (65, 79, 19), (80, 98, 9)),
    "elder": ((25, 49, 10), (50, 64, 25), (65, 79, 43), (80, 99, 22)),
    "adult": ((18, 39, 42), (40, 64, 40), (65, 84, 18)),
    "women": ((16, 29, 29), (30, 44, 43), (45, 59, 20), (60, 82, 8)),
    "mothers": ((19, 27, 25), (28, 36, 58), (37, 44, 17)),
    "children": ((26, 46, 100),),
}
_AREAS = ("01", "02", "03", "04", "05")


@dataclass(frozen=True, slots=True)
class Person:
    """A patient as one practice knows them; ``phones`` are (E.164, label)."""

    sex: str
    birth_name: str
    used_name: str
    first_names: str
    birth_date: dt.date
    birthplace: str
    email: str
    identity: str
    note: str
    phones: tuple[tuple[str, str], ...]
    registered: dt.date

    @property
    def last_name(self) -> str:
        """Give the name the person goes by."""
        return self.used_name or self.birth_name

    def age(self, today: dt.date) -> int:
        """Count whole years."""
        return (
            today.year
            - self.birth_date.year
            - ((today.month, today.day) < (self.birth_date.month, self.birth_date.day))
        )


class Registry:
    """Invents the patients of one practice."""

    def __init__(self, cabinet: Cabinet, today: dt.date, book: PhoneBook) -> None:
        self._cabinet = cabinet
        self._today = today
        self._book = book
        self._dice: Random = dice_for("people", cabinet.key)

    def people(self, count: int) -> list[Person]:
        """Return ``count`` patients; members of a household stand side by side."""
        found: list[Person] = []
        while len(found) < count:
            found += self._household()
        return found[:count]

    def _household(self) -> list[Person]:
        dice, ages = self._dice, self._cabinet.ages
        family = names.family(dice, self._cabinet.mix)
        low, high, _ = dice.choices(_AGES[ages], [share for *_, share in _AGES[ages]])[0]
        age = dice.randint(low, high)
        if ages in {"women", "mothers"}:
            return [self._adult(family, "F", age, self._phones(age))]
        if ages == "children":
            return self._children(family, age)
        members = [self._adult(family, dice.choice("FM"), age, phones := self._phones(age))]
        if ages == "all" and age > 25 and dice.random() < 0.38:
            # A couple: same landline or same mobile, and often the same name in use.
            members.append(
                self._adult(family, "M" if members[0].sex == "F" else "F", age + dice.randint(-4, 4), phones)
            )
        if ages == "all" and 24 < age < 52 and dice.random() < 0.45:
            members += self._children(family, age)
        return members

    def _adult(self, family: names.Family, sex: str, age: int, phones: tuple[tuple[str, str], ...]) -> Person:
        dice = self._dice
        birth, used = family.surname, ""
        if sex == "F" and age > 26 and dice.random() < 0.52:
            maiden = names.family(dice, self._cabinet.mix).surname
            if maiden != birth:
                birth, used = maiden, family.surname
                if age < 60 and dice.random() < 0.16 and len(birth) + len(used) < 24:
                    used = f"{birth}-{used}"
        return self._person(family, sex, self._born(max(age, 16)), birth, used, phones)

    def _children(self, family: names.Family, parent_age: int) -> list[Person]:
        dice = self._dice
        mother = self._book.mobile(self._cabinet.region)
        phones: tuple[tuple[str, str], ...] = ((mother, "Maman"),)
        if dice.random() < 0.45:
            phones = (*phones, (self._book.mobile(self._cabinet.region), "Papa"))
        if dice.random() < 0.06:
            phones = ((self._book.mobile(self._cabinet.region), "Grand-mère"), *phones)
        other = names.family(dice, self._cabinet.mix).surname
        # Since 2005 a child may bear both parents' names, in either order; brothers and sisters bear the same.
        surname = (
            f"{family.surname} {other}"
            if dice.random() < 0.09 and other != family.surname
            else family.surname
        )
        children: list[Person] = []
        for _ in range(dice.choices((1, 2, 3), (46, 40, 14))[0]):
            born = self._born(dice.randint(0, max(1, min(16, parent_age - 22))))
            same = dice.choice("FM")
            for _twin in range(2 if dice.random() < 0.025 else 1):
                sex = same if dice.random() < 0.5 else dice.choice("FM")
                children.append(self._person(family, sex, born, surname, "", phones, parent=True))
        return children

    def _person(
        self, family: names.Family, sex: str, born: dt.date, birth: str, used: str,
        phones: tuple[tuple[str, str], ...], *, parent: bool = False,
    ) -> Person:  # fmt: skip
        dice = self._dice
        given = names.given_names(dice, sex, born.year, family.origin)
        identity = dice.choices(("qualified", "retrieved", "provisional"), (54, 14, 32))[0]
        oldest = min(2600, (self._today - born).days)
        registered = self._today - dt.timedelta(days=dice.randint(0, max(1, oldest)))
        return Person(
            sex=sex if dice.random() > 0.01 else "U",
            birth_name=typeset(birth),
            used_name=typeset(used),
            # A civil record keeps every given name; what is heard on the telephone is one.
            first_names=given if identity == "qualified" else given.split()[0],
            birth_date=born,
            birthplace=dice.choice(_BIRTHPLACES[self._cabinet.mix]) if identity == "qualified" else "",
            email=""
            if parent or dice.random() > _mail_share(born)
            else _mail(given.split()[0], used or birth, dice),
            identity=identity,
            note=typeset(dice.choice(ALLOWED_NOTES)) if dice.random() < 0.035 else "",
            phones=phones,
            registered=registered,
        )

    def _born(self, age: int) -> dt.date:
        born = self._today - dt.timedelta(days=int(age * 365.25) + self._dice.randint(0, 364))
        return born if (self._today - born).days < 38_000 else born + dt.timedelta(days=3_000)

    def _phones(self, age: int) -> tuple[tuple[str, str], ...]:
        dice, region = self._dice, self._cabinet.region
        area = (
            "MQ" if region == "MQ" else (self._cabinet.area if dice.random() < 0.9 else dice.choice(_AREAS))
        )
        mobile = (self._book.mobile(region if dice.random() > 0.02 else "FR"), "Portable")
        fixed = (self._book.landline(area), "Domicile")
        draw = dice.random()
        if age > 70:
            other = (
                self._book.mobile(region),
                dice.choice(("Fille", "Fils", "Voisine", "Nièce", "Aide à domicile")),
            )
            return (
                (fixed,)
                if draw < 0.3
                else (fixed, mobile)
                if draw < 0.6
                else (fixed, other)
                if draw < 0.85
                else (mobile,)
            )
        if draw < 0.14:
            return (mobile, fixed)
        if draw < 0.2:
            return (mobile, (self._book.landline(area), "Travail"))
        return (mobile,)


def _mail_share(born: dt.date) -> float:
    return 0.14 if born.year < 1948 else 0.4 if born.year < 1965 else 0.62


def _mail(first: str, last: str, dice: Random) -> str:
    def plain(text: str) -> str:
        bare = unicodedata.normalize("NFKD", text.replace("œ", "oe").replace("Œ", "Oe")).casefold()
        return "".join(letter for letter in bare if letter.isascii() and letter.isalnum())

    number = dice.choice(("", "", "", str(dice.randint(1, 99)), str(dice.randint(1960, 2004))))
    domain = dice.choice(("example.org", "example.net", "example.com"))
    return f"{plain(first)}{dice.choice(('.', '.', '', '_'))}{plain(last)}{number}@{domain}"
