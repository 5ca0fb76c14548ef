"""Use the machine's apt in private folders, as any user.

The mirror is the one that the machine is set up with: its address is read from apt and never written here.
"""

import re
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_DEBIAN_SUITE: Final = "forky"  # the first Debian suite that carries Asterisk again


class AsteriskUnavailable(Exception):
    """No Asterisk can be had on this machine; the message is a sentence for a person."""


@dataclass(frozen=True, slots=True)
class _Source:
    uri: str
    suite: str
    component: str
    signed_by: str


def _os_release() -> dict[str, str]:
    try:
        lines = Path("/etc/os-release").read_text(encoding="utf-8").splitlines()
    except OSError:
        return {}
    return {key: value.strip('"') for key, _, value in (line.partition("=") for line in lines)}


def _machine_sources() -> list[_Source]:
    form = "$(REPO_URI)|$(RELEASE)|$(COMPONENT)|$(SIGNED_BY)"
    said = _run(["apt-get", "indextargets", "--format", form, "Created-By: Packages"], env=None)
    sources = []
    for line in said.splitlines():
        uri, suite, component, signed_by = (line.split("|") + [""] * 4)[:4]
        sources.append(_Source(uri.rstrip("/"), suite, component, signed_by.strip()))
    return sources


def _choose(sources: Sequence[_Source]) -> tuple[str, list[_Source]]:
    """Pick the suite that carries Asterisk on this machine, and the sources to read it from."""
    system = _os_release()
    family = {system.get("ID", ""), *system.get("ID_LIKE", "").split()}
    if "ubuntu" in family:
        own = system.get("UBUNTU_CODENAME") or system.get("VERSION_CODENAME", "")
        mine = [s for s in sources if s.suite.startswith(own)]
        if not any(s.component == "universe" for s in mine):
            mine += [_Source(s.uri, s.suite, "universe", s.signed_by) for s in mine if s.component == "main"]
        return own, mine
    if "debian" in family:
        for source in sources:
            if re.search(r"/debian$", source.uri) and "security" not in source.suite:
                return _DEBIAN_SUITE, [_Source(source.uri, _DEBIAN_SUITE, "main", source.signed_by)]
    raise AsteriskUnavailable(
        "Asterisk ne peut être préparé que sur Debian ou Ubuntu, avec un dépôt apt configuré."
    )


def _run(
    command: Sequence[str], *, env: dict[str, str] | None, cwd: Path | None = None, timeout: int = 600
) -> str:
    try:
        done = subprocess.run(  # noqa: S603
            command, capture_output=True, text=True, timeout=timeout, check=False, cwd=cwd,
            env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C", "DEBIAN_FRONTEND": "noninteractive", **_proxies(), **(env or {})},
        )  # fmt: skip
    except FileNotFoundError as error:
        raise AsteriskUnavailable(
            "Cette machine n’a pas apt : Asterisk ne peut pas y être préparé."
        ) from error
    except subprocess.TimeoutExpired as error:
        raise AsteriskUnavailable("Le dépôt de paquets ne répond pas assez vite.") from error
    if done.returncode:
        raise AptRefused(done.stderr + done.stdout)
    return done.stdout


def _proxies() -> dict[str, str]:
    import os  # noqa: PLC0415

    return {
        key: value
        for key, value in os.environ.items()
        if key.lower() in {"http_proxy", "https_proxy", "no_proxy"}
    }


class AptRefused(AsteriskUnavailable):
    """apt said no; what it said is kept for the log, the sentence is for a person."""

    def __init__(self, said: str) -> None:
        self.said = said
        first = next(
            (line for line in said.splitlines() if line.startswith(("E:", "Err:", "W:"))), said.strip()[:200]
        )
        super().__init__(f"Le dépôt de paquets n’est pas joignable ou refuse ({first}).")


class AptSandbox:
    """Fetch packages into one private folder; what is already there is not fetched again."""

    def __init__(self, folder: Path) -> None:
        if not shutil.which("apt-get") or not shutil.which("dpkg-deb"):
            raise AsteriskUnavailable("Cette machine n’a pas apt : Asterisk ne peut pas y être préparé.")
        self._folder = folder
        self.suite, self._sources = _choose(_machine_sources())
        for name in ("lists/partial", "archives/partial", "state", "etc"):
            (folder / name).mkdir(parents=True, exist_ok=True)
        (folder / "state/status").touch()
        self._write_configuration()

    @property
    def _env(self) -> dict[str, str]:
        return {"APT_CONFIG": str(self._folder / "etc/apt.conf")}

    def _write_configuration(self, keyring: str = "") -> None:
        lines = []
        for source in self._sources:
            key = keyring or source.signed_by
            option = f"[signed-by={key}] " if key.startswith("/") else ""
            lines.append(f"deb {option}{source.uri} {source.suite} {source.component}")
        (self._folder / "etc/sources.list").write_text("\n".join(lines) + "\n")
        here = self._folder
        settings = {
            "Dir::Etc::sourcelist": here / "etc/sources.list",
            "Dir::Etc::sourceparts": "-",
            "Dir::Etc::preferences": "-",
            "Dir::Etc::preferencesparts": "-",
            "Dir::State": here / "state",
            "Dir::State::lists": here / "lists",
            "Dir::State::status": here / "state/status",
            "Dir::Cache": here,
            "Dir::Cache::archives": here / "archives",
            "APT::Sandbox::User": "",
            "Debug::NoLocking": "1",
            "Acquire::Languages": "none",
            "Acquire::Retries": "2",
            "Acquire::http::Timeout": "20",
            "APT::Update::Error-Mode": "any",
        }
        text = "".join(f'{key} "{value}";\n' for key, value in settings.items())
        # The machine's own hooks and index kinds (icons, changelogs, cache cleaning) are not for us.
        text += "#clear APT::Update::Post-Invoke;\n#clear APT::Update::Post-Invoke-Success;\n#clear DPkg::Post-Invoke;\n"
        (here / "etc/apt.conf").write_text(text)

    def update(self) -> None:
        """Read the catalogue; an old machine that does not know the suite's key learns it from its own suite first."""
        try:
            _run(["apt-get", "-q", "update"], env=self._env)
        except AptRefused as refused:
            if "NO_PUBKEY" not in refused.said and "no public key" not in refused.said:
                raise
            self._write_configuration(keyring=str(self._newer_keyring()))
            _run(["apt-get", "-q", "update"], env=self._env)

    def _newer_keyring(self) -> Path:
        folder = self._folder / "keyring"
        folder.mkdir(exist_ok=True)
        _run(["apt-get", "-q", "download", "debian-archive-keyring"], env=None, cwd=folder)
        for archive in folder.glob("*.deb"):
            _run(["dpkg-deb", "-x", str(archive), str(folder)], env=None)
        for found in sorted(folder.glob("usr/share/keyrings/debian-archive-keyring.*")):
            return found
        raise AsteriskUnavailable("La clé de signature du dépôt n’a pas été trouvée.")

    def packages_for(self, *names: str) -> list[str]:
        """Return the names of ``names`` and of everything they depend on."""
        said = _run(
            ["apt-get", "-q", "-y", "--print-uris", "--no-install-recommends", "install", *names],
            env=self._env,
        )
        found = re.findall(r"^'[^']+' ([^_\s]+)_\S+\.deb \d+", said, flags=re.MULTILINE)
        if not found:
            raise AsteriskUnavailable("Le dépôt de paquets de cette machine ne propose pas Asterisk.")
        return list(dict.fromkeys(found))

    def download(self, names: Sequence[str]) -> list[Path]:
        archives = self._folder / "archives"
        _run(["apt-get", "-q", "download", *names], env=self._env, cwd=archives)
        found = {path.name.partition("_")[0]: path for path in archives.glob("*.deb")}
        if lacking := [name for name in names if name not in found]:
            raise AsteriskUnavailable(f"Le téléchargement est incomplet : {', '.join(lacking)}.")
        return [found[name] for name in names]
