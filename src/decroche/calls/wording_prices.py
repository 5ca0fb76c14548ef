"""Say in words which numbers cost alike."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from decroche.calls.domain.prices import NumberKind

KINDS: Final[Mapping[NumberKind, str | Promise]] = {
    NumberKind.FREE: gettext_lazy("Numéros gratuits (0800 à 0805)"),
    NumberKind.LANDLINE: gettext_lazy("Fixes en France"),
    NumberKind.MOBILE: gettext_lazy("Mobiles en France"),
    NumberKind.OVERSEAS: gettext_lazy("Outre-mer, fixes"),
    NumberKind.OVERSEAS_MOBILE: gettext_lazy("Outre-mer, mobiles"),
    NumberKind.SURCHARGED: gettext_lazy("Numéros surtaxés"),
    NumberKind.NEAR: gettext_lazy("Europe"),
    NumberKind.MAGHREB: gettext_lazy("Maghreb"),
    NumberKind.AMERICA: gettext_lazy("États-Unis, Canada, Caraïbes"),
    NumberKind.FAR: gettext_lazy("Ailleurs"),
    NumberKind.SATELLITE: gettext_lazy("Satellites"),
}
