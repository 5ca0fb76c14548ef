"""Files, functions and templates stay of a size that one can hold in mind."""

import ast
from pathlib import Path

import decroche

PACKAGE = Path(decroche.__file__).parent
SOURCES = [path for path in sorted(PACKAGE.rglob("*.py")) if "migrations" not in path.parts]
TEMPLATES = sorted(PACKAGE.glob("*/templates/**/*.html"))
LONGEST_FILE, LONGEST_FUNCTION, LONGEST_TEMPLATE = 400, 40, 150
# What may be longer, each for a reason that cutting it would not cure.
LONG_FILES = {
    "demo/texts": "prose, not code",
    "demo/catalogue.py": "one table, read from top to bottom",
    "calls/switchboard/brain.py": "one state machine, whose transitions are read together",
    "config/settings.py": "every knob in one file (house rule 8)",
}
LONG_FUNCTIONS = {
    "calls/adapters/asterisk/configuration.py:_values": "a table of settings",
    "calls/switchboard/commands.py:carry_out": "one line per command",
    "calls/wording.py:step": "one sentence per kind of step",
}


def _name(path: Path) -> str:
    return str(path.relative_to(PACKAGE))


def test_a_file_is_not_longer_than_one_can_hold_in_mind() -> None:
    long = [
        f"{_name(path)}: {lines} lines"
        for path in SOURCES
        if (lines := _lines(path)) > LONGEST_FILE
        and not any(_name(path).startswith(name) for name in LONG_FILES)
    ]
    assert not long, _listed("look for the second thing hiding in it", long)


def test_a_function_is_not_longer_than_a_screen() -> None:
    long = [
        f"{_name(path)}:{node.lineno} {node.name}: {length} lines"
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (length := _length(node)) > LONGEST_FUNCTION
        and f"{_name(path)}:{node.name}" not in LONG_FUNCTIONS
    ]
    assert not long, _listed("longer than one can follow", long)


def _listed(what: str, where: list[str]) -> str:
    return "\n".join([f"{what}:", *where])


def _lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def _length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Count the lines of what is done: keyword-only signatures and docstrings are long for clarity's sake."""
    body = node.body[1:] if ast.get_docstring(node) is not None else node.body
    return (node.end_lineno or node.lineno) - body[0].lineno + 1 if body else 0


def test_a_template_is_not_longer_than_one_can_follow() -> None:
    long = [
        f"{_name(path)}: {lines} lines" for path in TEMPLATES if (lines := _lines(path)) > LONGEST_TEMPLATE
    ]
    assert not long, _listed("longer than one can follow", long)


def test_there_is_no_attic() -> None:
    assert not [_name(path) for path in SOURCES if path.stem in {"utils", "helpers", "misc", "common"}]
