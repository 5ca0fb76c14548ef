"""Have an Asterisk at hand without installing it.

Debian 12 and 13 do not package Asterisk; Debian's suite ``forky`` does, and so does Ubuntu. The packages are fetched by the
machine's own apt, from the mirror it is set up with and with its signatures checked, into private folders, unpacked and
trimmed: nothing outside DEST is touched, and no right beyond an ordinary user's is needed.

Run it as ``python -m decroche.calls.adapters.asterisk.install DEST``.
"""

import argparse
import fcntl
import json
import os
import platform
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from decroche.calls.adapters.asterisk.apt import AptSandbox, AsteriskUnavailable
from decroche.calls.adapters.asterisk.modules import ESSENTIAL, MODULES
from decroche.calls.adapters.asterisk.places import default_install_dir

OLDEST_VERSION: Final = 20
_STAMP: Final = "complete.json"
_RECIPE: Final = 1  # raise it when what is unpacked or trimmed changes

# Enough for the module list above on Debian; a wider second try follows when a library is missing.
_NEEDED: Final = re.compile(
    r"asterisk|asterisk-modules|asterisk-config|libbsd0|libc6|libcap2|libcrypt1|libedit2|libgcc-s1|libjansson4|libmd0|"
    r"libnspr4|libnss3|libopus0|libopusfile0|libogg0|libpj\w*\d*|libsqlite3-0|libsrtp2-1|libssl3.*|libstdc\+\+6|libsystemd0|"
    r"libtinfo6|liburiparser1|libuuid1|libxml2.*|libxslt1\.1|libzstd1|zlib1g|libspeexdsp1|libpopt0"
)
_NEVER: Final = re.compile(
    r"perl.*|libperl.*|asterisk-core-sounds.*|gnupg.*|gpg.*|dirmngr|pinentry.*|libcodec2.*|passwd|base-passwd|adduser|"
    r"debconf|libpam.*|tzdata|login.*|systemd.*|dpkg|util-linux|libsnmp.*|pci\.ids"
)

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Installation:
    """Say how to start one Asterisk and where its parts are."""

    command: tuple[str, ...]
    modules_dir: Path
    data_dir: Path  # holds documentation/, which ARI and PJSIP need to describe themselves
    version: str
    env: tuple[tuple[str, str], ...] = ()

    @property
    def major(self) -> int:
        return _major(self.version)


def _major(version: str) -> int:
    found = re.search(r"(\d+)\.\d+", version)
    return int(found.group(1)) if found else 0


def _ask_version(command: Sequence[str]) -> str:
    try:
        done = subprocess.run([*command, "-V"], capture_output=True, text=True, timeout=20, check=False)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def find_system() -> Installation | None:
    """Return the machine's own Asterisk when it is recent and whole, else None."""
    program = shutil.which("asterisk") or shutil.which("asterisk", path="/usr/sbin:/usr/local/sbin")
    if program is None:
        return None
    version = _ask_version([program])
    if _major(version) < OLDEST_VERSION:
        return None
    for modules in sorted(Path("/").glob("usr/lib*/**/asterisk/modules")):
        for data in (Path("/usr/share/asterisk"), Path("/var/lib/asterisk")):
            if (data / "documentation").is_dir() and not missing_modules(modules):
                return Installation((program,), modules, data, version)
    return None


def missing_modules(modules_dir: Path) -> frozenset[str]:
    return frozenset(name for name in ESSENTIAL if not (modules_dir / f"{name}.so").exists())


def _loader(root: Path) -> tuple[Path, Path]:
    """Return the private copy's dynamic loader and library folder."""
    for loader in sorted((root / "usr").glob("lib*/ld-linux*.so.*")) + sorted(
        (root / "usr/lib").glob("*/ld-linux*.so.*")
    ):
        for libraries in sorted((root / "usr/lib").glob("*-linux-gnu*")):
            if loader.exists():
                return loader, libraries
    raise AsteriskUnavailable("La copie d’Asterisk est incomplète : son chargeur manque.")


def _describe(root: Path) -> Installation:
    loader, libraries = _loader(root)
    command = (
        str(loader), "--library-path", str(libraries), "--argv0", "asterisk", str(root / "usr/sbin/asterisk"),
    )  # fmt: skip
    version = _ask_version(command)
    modules = libraries / "asterisk/modules"
    if not version:
        raise AsteriskUnavailable("La copie d’Asterisk ne démarre pas sur cette machine.")
    if lacking := missing_modules(modules):
        raise AsteriskUnavailable(
            f"La copie d’Asterisk est incomplète : il manque {', '.join(sorted(lacking))}."
        )
    return Installation(command, modules, root / "usr/share/asterisk", version)


def installed(dest: Path) -> Installation | None:
    """Return the finished private copy in ``dest``, or None."""
    try:
        stamp = json.loads((dest / _STAMP).read_text())
        return _describe(dest / "root") if stamp.get("recipe") == _RECIPE else None
    except (OSError, ValueError, AsteriskUnavailable):
        return None


def _missing_libraries(root: Path) -> set[str]:
    """Ask the private loader what the program and our modules still lack."""
    loader, libraries = _loader(root)
    targets = [root / "usr/sbin/asterisk", *(libraries / "asterisk/modules").glob("*.so")]

    def lacking(target: Path) -> set[str]:
        done = subprocess.run(  # noqa: S603
            [str(loader), "--library-path", str(libraries), "--list", str(target)],
            capture_output=True, text=True, timeout=30, check=False,
        )  # fmt: skip
        said = done.stdout + done.stderr
        return set(re.findall(r"(\S+) => not found", said)) | set(
            re.findall(r"error while loading shared libraries: (\S+?):", said)
        )

    with ThreadPoolExecutor(4) as pool:
        return set().union(*pool.map(lacking, targets))


def _unpack(archives: Sequence[Path], root: Path) -> None:
    for name in ("bin", "sbin", "lib", "lib64"):
        (root / "usr" / name).mkdir(parents=True, exist_ok=True)
        if not (root / name).is_symlink():
            (root / name).symlink_to(f"usr/{name}")

    def one(archive: Path) -> None:
        done = subprocess.run(  # noqa: S603
            ["dpkg-deb", "-x", str(archive), str(root)],  # noqa: S607
            capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip
        if done.returncode:
            archive.unlink(missing_ok=True)  # cut short: the next run fetches it again
            raise AsteriskUnavailable(f"L’archive {archive.name} est abîmée ; relancez la commande.")

    with ThreadPoolExecutor(os.cpu_count() or 2) as pool:
        list(pool.map(one, archives))


def _trim(root: Path) -> None:
    """Remove what a running exchange never opens (from 140 MB to about 40)."""
    for modules in (root / "usr/lib").glob("*/asterisk/modules"):
        for module in modules.glob("*.so"):
            if module.stem not in MODULES:
                module.unlink()
    for folder in (
        "doc",
        "man",
        "locale",
        "zoneinfo",
        "perl5",
        "alsa",
        "snmp",
        "misc",
        "bash-completion",
        "lintian",
    ):
        shutil.rmtree(root / "usr/share" / folder, ignore_errors=True)
    for folder in ("sounds", "agi-bin", "phoneprov", "static-http", "firmware"):
        _remove(root / "usr/share/asterisk" / folder)
    for pattern in ("usr/lib/*/gconv", "usr/lib/*/perl*", "usr/lib/systemd", "usr/lib/*/ossl-modules"):
        for found in root.glob(pattern):
            shutil.rmtree(found, ignore_errors=True)
    shutil.rmtree(root / "var", ignore_errors=True)
    shutil.rmtree(root / "etc", ignore_errors=True)


def _remove(path: Path) -> None:
    if path.is_symlink():
        path.unlink()
    else:
        shutil.rmtree(path, ignore_errors=True)


@contextmanager
def _alone(dest: Path) -> Iterator[None]:
    dest.mkdir(parents=True, exist_ok=True)
    with (dest / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # a second run waits for the first, then finds it done
        yield


def _build(dest: Path, say: Say) -> Installation:
    apt = AptSandbox(dest / "apt")
    say("Asterisk : lecture du catalogue de paquets de la machine…")
    apt.update()
    names = apt.packages_for("asterisk", "asterisk-modules")
    wanted = [name for name in names if _NEEDED.fullmatch(name)]
    root = dest / "root"
    for attempt in (wanted, [name for name in names if not _NEVER.fullmatch(name)]):
        say(f"Asterisk : téléchargement de {len(attempt)} paquets…")
        archives = apt.download(attempt)
        say("Asterisk : mise en place…")
        shutil.rmtree(root, ignore_errors=True)
        _unpack(archives, root)
        _trim(root)
        lacking = _missing_libraries(root)
        if not lacking:
            break
    else:
        raise AsteriskUnavailable(f"Il manque à Asterisk : {', '.join(sorted(lacking))}.")
    installation = _describe(root)
    stamp = {"recipe": _RECIPE, "version": installation.version, "suite": apt.suite}
    (dest / _STAMP).write_text(json.dumps(stamp))
    shutil.rmtree(dest / "apt", ignore_errors=True)
    return installation


def install(dest: Path, *, say: Say = print, allow_system: bool = True) -> Installation:
    """Return an Asterisk, the private copy made in ``dest`` when there is none yet.

    Raises:
        AsteriskUnavailable: with a plain French sentence; the caller goes on with the simulated exchange.
    """
    dest = dest.absolute()
    if ready := installed(dest) or (find_system() if allow_system else None):
        say(f"Asterisk : déjà là ({ready.version}).")
        return ready
    if platform.system() != "Linux":
        raise AsteriskUnavailable("Asterisk ne peut être préparé que sous Linux.")
    try:
        with _alone(dest):
            if ready := installed(dest):
                return ready
            made = _build(dest, say)
    except OSError as error:
        raise AsteriskUnavailable(f"Asterisk n’a pas pu être préparé : {error}.") from error
    say(f"Asterisk : prêt ({made.version}).")
    return made


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Have a private Asterisk at hand.")
    parser.add_argument(
        "dest", nargs="?", type=Path, default=None, help="folder (default: the data folder's asterisk/)"
    )
    parser.add_argument(
        "--ignore-system", action="store_true", help="make the private copy even beside a system Asterisk"
    )
    chosen = parser.parse_args(argv)
    try:
        install(chosen.dest or default_install_dir(), allow_system=not chosen.ignore_system, say=_say)
    except AsteriskUnavailable as error:
        _say(str(error))
        return 1
    return 0


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    raise SystemExit(main())
