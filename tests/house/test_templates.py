"""What the content policy refuses and what the design forbids never gets into a template, a style or a script."""

import re
from pathlib import Path

from django.template import TemplateDoesNotExist, TemplateSyntaxError
from django.template.loader import get_template

import decroche

PACKAGE = Path(decroche.__file__).parent
TEMPLATES = sorted(PACKAGE.glob("*/templates/**/*.html"))
STYLES = sorted([*PACKAGE.glob("ui/styles/*.css"), *PACKAGE.glob("*/islands/*.css")])
SCRIPTS = sorted(PACKAGE.glob("*/islands/*.ts"))
FORBIDDEN = {
    re.compile(pattern): reason
    for pattern, reason in {
        r"\sstyle\s*=": "a style attribute: give it a class",
        r"<style\b": "an inline style sheet: put it in islands/*.css",
        r"\son[a-z]+\s*=": "an inline handler: put it in an island",
        r"\shx-on": "hx-on evaluates code: put it in an island",
        r"\bjs:": "hx-vals=js: evaluates code",
        r"javascript:": "a javascript: address",
        r"hx-trigger=\"[^\"]*\[": "a filter in hx-trigger evaluates code",
        r"\bErreur\b": "« Erreur » is never said: say what happened and what to do",
        r"<script\b(?![^>]*\bsrc=)(?![^>]*type=\"application/json\")": "an inline script: put it in an island",
    }.items()
}
COLOUR = re.compile(r"#[0-9a-fA-F]{3,8}\b|\b(?:rgb|hsl|oklch|lab|lch)a?\(")
# Comments, selectors and addresses hold a # that is no colour's.
NO_COLOUR = re.compile(
    r"/\*.*?\*/|//[^\n]*|(?:querySelector(?:All)?|matches|closest)(?:<[^>]*>)?\([^)]*\)|url\([^)]*\)",
    re.DOTALL,
)
EVALUATES = re.compile(r"\beval\(|new Function\(|\.innerHTML\s*=|insertAdjacentHTML|document\.write")


def _name(path: Path) -> str:
    return str(path.relative_to(PACKAGE))


def _where(path: Path, text: str, at: int) -> str:
    return f"{_name(path)}:{text.count(chr(10), 0, at) + 1}"


def test_a_template_keeps_to_the_content_policy() -> None:
    found = []
    for path in TEMPLATES:
        text = path.read_text(encoding="utf-8")
        for pattern, reason in FORBIDDEN.items():
            found += [f"{_where(path, text, one.start())} {reason}" for one in pattern.finditer(text)]
    assert not found, "\n".join(found)


def test_a_template_compiles() -> None:
    broken = []
    for path in TEMPLATES:
        try:
            get_template(str(path).partition("/templates/")[2])
        except (TemplateDoesNotExist, TemplateSyntaxError) as error:
            broken.append(f"{_name(path)}: {error}")
    assert not broken, "\n".join(broken)


def test_colours_are_written_in_the_tokens_only() -> None:
    written = []
    for path in [*STYLES, *SCRIPTS]:
        if path.name == "tokens.css":
            continue
        text = NO_COLOUR.sub(
            lambda left_out: re.sub(r"[^\n]", "", left_out.group()), path.read_text(encoding="utf-8")
        )
        written += [
            f"{_where(path, text, colour.start())} {colour.group()}"
            for colour in COLOUR.finditer(text)
            if not re.fullmatch(r"#[a-z-]+", colour.group())
        ]
    assert not written, "\n".join(["take a token of ui/styles/tokens.css:", *written])


def test_a_script_evaluates_nothing_and_keeps_nothing_of_patients() -> None:
    found = []
    for path in SCRIPTS:
        text = path.read_text(encoding="utf-8")
        found += [f"{_where(path, text, one.start())} {one.group()}" for one in EVALUATES.finditer(text)]
    assert not found, "\n".join(found)
