"""Measure the tokens: contrast, and twelve visit types that colour-blind eyes tell apart."""

import math
import re
from itertools import combinations
from pathlib import Path

import pytest

ROOMS = Path(__file__).resolve().parents[2] / "src" / "decroche"
TOKENS = (ROOMS / "ui" / "styles" / "tokens.css").read_text()
# Machado, Oliveira and Fernandes 2009, severity 1.0, on linear sRGB.
EYES = {
    "usual": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protan": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deutan": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "tritan": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
}
THEMES = (0, 1)  # light, dark
Linear = tuple[float, ...]


def linear(colour: str) -> Linear:
    channels = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    return tuple(c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)


def luminance(colour: str) -> float:
    red, green, blue = linear(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def oklab(rgb: Linear) -> Linear:
    red, green, blue = (max(c, 0.0) for c in rgb)
    lms = (
        (0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue) ** (1 / 3),
        (0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue) ** (1 / 3),
        (0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue) ** (1 / 3),
    )
    rows = ((0.2104542553, 0.793617785, -0.0040720468), (1.9779984951, -2.428592205, 0.4505937099), (0.0259040371, 0.7827717662, -0.808675766))  # fmt: skip
    return tuple(sum(a * b for a, b in zip(row, lms, strict=True)) for row in rows)


def seen(colour: str, eyes: str) -> Linear:
    rgb = linear(colour)
    return oklab(tuple(sum(a * b for a, b in zip(row, rgb, strict=True)) for row in EYES[eyes]))


def token(name: str) -> tuple[str, str]:
    found = re.search(rf"--{name}: light-dark\((#\w{{6}}), (#\w{{6}})\)", TOKENS) or re.search(rf"--{name}: (#\w{{6}})(;)", TOKENS)  # fmt: skip
    assert found, name
    return (found[1], found[2]) if found[2] != ";" else (found[1], found[1])


def visit_type(number: int) -> tuple[tuple[str, str], tuple[str, str]]:
    rule = re.search(
        rf"\.vt-{number} {{ --vt-bg: light-dark\((#\w+), (#\w+)\); --vt-edge: light-dark\((#\w+), (#\w+)\)",
        TOKENS,
    )
    assert rule
    return (rule[1], rule[2]), (rule[3], rule[4])


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("eyes", EYES)
def test_twelve_visit_types_stay_apart_for_every_kind_of_eye(theme: int, eyes: str) -> None:
    edges = [seen(visit_type(n)[1][theme], eyes) for n in range(1, 13)]

    nearest = min(math.dist(a, b) for a, b in combinations(edges, 2))

    assert nearest > 0.07  # about three times what one just notices in OKLab (0.02)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("number", range(1, 13))
def test_names_and_times_are_read_easily_on_every_visit_type(theme: int, number: int) -> None:
    background, edge = visit_type(number)

    assert contrast(token("ink")[theme], background[theme]) >= 7
    assert contrast(token("ink-2")[theme], background[theme]) >= 4.5
    assert contrast(edge[theme], token("surface")[theme]) >= 3


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(
    ("ink", "on", "at_least"),
    [
        ("ink", "surface", 7), ("ink", "canvas", 7), ("ink", "surface-3", 7), ("ink-2", "surface", 7),
        ("ink-3", "surface", 4.5), ("ink-3", "canvas", 4.5), ("ink-3", "surface-2", 4.5), ("ink-3", "surface-3", 4.5),
        ("action", "surface", 4.5), ("action", "action-soft", 4.5), ("on-fill", "action-fill", 4.5),
        ("on-fill", "talk-fill", 4.5), ("on-fill", "emergency-fill", 4.5), ("on-wait", "wait-fill", 4.5),
        ("talk", "talk-soft", 4.5), ("wait", "wait-soft", 4.5), ("emergency", "emergency-soft", 4.5),
        ("ink", "action-soft", 7), ("ink", "wait-soft", 7), ("ink", "talk-soft", 7), ("ink", "emergency-soft", 7),
        ("line-strong", "surface", 3), ("focus", "surface", 3), ("on-toast", "toast", 7), ("toast-action", "toast", 4.5),
    ],
)  # fmt: skip
def test_every_pair_of_tokens_is_readable(theme: int, ink: str, on: str, at_least: float) -> None:
    assert contrast(token(ink)[theme], token(on)[theme]) >= at_least


def test_no_colour_is_written_outside_the_tokens() -> None:
    styles = [path for path in ROOMS.rglob("*.css") if path.name != "tokens.css" and "dist" not in path.parts]

    raw = {
        f"{path.relative_to(ROOMS)}: {found}"
        for path in styles
        for found in re.findall(
            r"#[0-9a-fA-F]{3,8}\b(?=[^{]*[;}])|rgba?\([^)]*\)|hsla?\([^)]*\)", path.read_text()
        )
    }

    assert raw == set()


def test_no_template_carries_a_style_or_a_script_of_its_own() -> None:
    refused = re.compile(
        r"\sstyle=|\son[a-z]+=\"|hx-on|hx-vals=.js:|<script(?![^>]*\bsrc=)(?![^>]*type=.application/json)|javascript:"
    )

    found = {
        f"{path.relative_to(ROOMS)}: {match[0]}"
        for path in ROOMS.rglob("templates/**/*.html")
        for match in [refused.search(path.read_text())]
        if match
    }

    assert found == set()
