"""docs/configuration.md lists every knob that the code reads, and no other."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
READ = re.compile(r'env(?:iron)?(?:\.\w+)?[(\[]\s*"(DECROCHE_[A-Z_0-9]+|DATABASE_URL)"')


def test_the_table_and_the_code_name_the_same_knobs() -> None:
    read = {
        name
        for path in (ROOT / "src").rglob("*.py")
        for name in READ.findall(path.read_text(encoding="utf-8"))
    }
    table = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
    listed = re.findall(r"^\| `([A-Z_0-9]+)` \|", table, re.MULTILINE)
    assert set(listed) == read
    assert listed == sorted(listed)
