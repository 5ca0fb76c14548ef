"""What the content policy refuses and what the design forbids never gets into a template, a style or a script."""

import re
from pathlib import Path

import pytest
from django.template.loader import get_template

import decroche

PACKAGE = Path(decroche.__file__).parent
TEMPLATES = sorted(PACKAGE.glob("*/templates/**/*.html"))
STYLES = sorted([*PACKAGE.glob("ui/styles/*.css"), *PACKAGE.glob("*/islands/*.css")])
SCRIPTS = sorted(PACKAGE.glob("*/islands/*.ts"))
FORBIDDEN = {
    r"\sstyle\s*=": "a style attribute: give it a class",
    r"<style\b": "an inline style sheet: put it in islands/*.css",
    r"\son[a-z]+\s*=": "an inline handler: put it in an island",
    r"\shx-on": "hx-on evaluates code: put it in an island",
    r"\bjs:": "hx-vals=js: evaluates code",
    r"javascript:": "a javascript: address",
    r"hx-trigger=\"[^\"]*\[": "a filter in hx-trigger evaluates code",
    r"\bErreur\b": "« Erreur » is never said: say what happened and what to do",
}
INLINE_SCRIPT = re.compile(r"<script\b(?![^>]*\bsrc=)(?![^>]*type=\"application/json\")")
COLOUR = re.compile(r"#[0-9a-fA-F]{3,8}\b|\b(?:rgb|hsl|oklch|lab|lch)a?\(")


def _name(path: Path) -> str:
    return str(path.relative_to(PACKAGE))


@pytest.mark.parametrize("path", TEMPLATES, ids=_name)
def test_a_template_keeps_to_the_content_policy(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    found = [reason for pattern, reason in FORBIDDEN.items() if re.search(pattern, text)]
    if INLINE_SCRIPT.search(text):
        found.append("an inline script: put it in an island")
    assert not found, f"{_name(path)}: {'; '.join(found)}"


@pytest.mark.parametrize("path", TEMPLATES, ids=_name)
def test_a_template_compiles(path: Path) -> None:
    get_template(str(path).partition("/templates/")[2])


@pytest.mark.parametrize("path", [*STYLES, *SCRIPTS], ids=_name)
def test_colours_are_written_in_the_tokens_only(path: Path) -> None:
    if path.name == "tokens.css":
        return
    text = re.sub(r"/\*.*?\*/|//[^\n]*", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    text = re.sub(r"(?:querySelector(?:All)?|matches|closest)(?:<[^>]*>)?\([^)]*\)|url\([^)]*\)", "", text)
    written = [colour for colour in COLOUR.findall(text) if not re.fullmatch(r"#[a-z-]+", colour)]
    assert not written, f"{_name(path)} writes {written}: take a token of ui/styles/tokens.css"


@pytest.mark.parametrize("path", SCRIPTS, ids=_name)
def test_a_script_evaluates_nothing_and_keeps_nothing_of_patients(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not re.search(
        r"\beval\(|new Function\(|\.innerHTML\s*=|insertAdjacentHTML|document\.write", text
    ), _name(path)
