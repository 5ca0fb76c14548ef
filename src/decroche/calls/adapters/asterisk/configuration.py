"""Write Asterisk's configuration for one exchange from the templates in ``assets/``."""

import json
import os
import secrets
import socket
import string
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final, Self

from decroche.calls.adapters.asterisk.install import Installation
from decroche.calls.adapters.asterisk.modules import MODULES
from decroche.calls.adapters.asterisk.places import Environment, app_name, shared_sounds_dir

ASSETS: Final = Path(__file__).parent / "assets"
_CONNECTION_FILE: Final = "connection.json"
_NOT_LOADED: Final = frozenset({"app_queue"})  # unpacked for the bench, which compares us with it


# Files that Asterisk looks for at start; saying little is what we want of them.
_SMALL_FILES: Final = {
    "acl.conf": "",
    "ccss.conf": "[general]\n",
    "cdr.conf": "[general]\nenable = no\n",
    "cel.conf": "[general]\nenable = no\n",
    "features.conf": "[general]\n[featuremap]\n",
    "manager.conf": "[general]\nenabled = no\n",
    "pjproject.conf": "",
    "stasis.conf": "[threadpool]\ninitial_size = 5\nmax_size = 100\n",
    "udptl.conf": "[general]\n",
    "websocket_client.conf": "",
    "indications.conf": (
        "[general]\ncountry = fr\n[fr]\ndescription = France\nringcadence = 1500,3500\ndial = 440\nbusy = 440/500,0/500\n"
        "ring = 440/1500,0/3500\ncongestion = 440/250,0/250\ncallwaiting = 440/300,0/10000\nrecord = 1400/500,0/15000\n"
    ),
}


class _Template(string.Template):
    delimiter = "%%"  # ${…} is Asterisk's own


@dataclass(frozen=True, slots=True)
class Trunk:
    """Say how the operator is reached, and by what it is recognised."""

    host: str = "127.0.0.1"
    port: int = 5060
    username: str = ""
    password: str = field(default="", repr=False)
    registers: bool = False
    codecs: str = "alaw,ulaw"


@dataclass(frozen=True, slots=True)
class ExchangeSettings:
    """Hold every knob of one exchange. Port 0 asks for a free one, kept from then on in the object ``settled``."""

    state_dir: Path
    sounds_dir: Path | None = None  # None: inside state_dir; several exchanges may share one
    sip_host: str = "127.0.0.1"
    sip_port: int = 0
    http_host: str = "127.0.0.1"
    http_port: int = 0
    rtp_start: int = 0
    rtp_ports: int = 2000  # two a leg; a flood on one line must leave enough for the others
    external_address: str = ""
    lease_seconds: int = 4
    fallback_seconds: int = 25
    transfer_seconds: int = 45
    voicemail_silence_seconds: int = 6
    voicemail_seconds: int = 180
    trunk: Trunk | None = None  # None: demonstration, the outside world is the exchange itself
    app: str = "decroche"
    extra_modules: tuple[str, ...] = ()
    extra_dialplan: str = ""
    extra_pjsip: str = ""
    extra_files: tuple[tuple[str, str], ...] = ()

    @property
    def sounds(self) -> Path:
        return self.sounds_dir or self.state_dir / "sounds"

    @classmethod
    def from_environment(cls, state_dir: Path, exchange: str = "") -> Self:
        """Read the knobs that docs/configuration.md lists."""
        env = Environment(exchange)
        trunk = None
        if host := env.get("DECROCHE_TRUNK_HOST"):
            trunk = Trunk(
                host,
                int(env.get("DECROCHE_TRUNK_PORT", "5060")),
                env.get("DECROCHE_TRUNK_USER"),
                env.get("DECROCHE_TRUNK_PASSWORD"),
                registers=env.get("DECROCHE_TRUNK_REGISTER") in {"1", "true", "yes"},
            )
        return cls(
            state_dir=state_dir,
            sounds_dir=shared_sounds_dir() if exchange else None,
            sip_host=env.shared("DECROCHE_SIP_HOST", "127.0.0.1"),
            sip_port=int(env.get("DECROCHE_SIP_PORT", "0")),
            http_host=env.shared("DECROCHE_ASTERISK_HTTP_HOST", "127.0.0.1"),
            http_port=int(env.get("DECROCHE_ASTERISK_HTTP_PORT", "0")),
            rtp_start=int(env.get("DECROCHE_RTP_START", "0")),
            external_address=env.shared("DECROCHE_EXTERNAL_ADDRESS"),
            trunk=trunk,
            app=app_name(exchange),
        )

    def settled(self) -> Self:
        """Return the same settings with every free choice made; ports kept from the last run when they are free."""
        last = _last_ports(self.state_dir)
        sip = self.sip_port or _free_port(socket.SOCK_DGRAM, self.sip_host, last.get("sip_port", 0))
        http = self.http_port or _free_port(socket.SOCK_STREAM, self.http_host, last.get("http_port", 0))
        rtp = self.rtp_start or _free_rtp_start(self.rtp_ports)
        return replace(self, sip_port=sip, http_port=http, rtp_start=rtp)


@dataclass(frozen=True, slots=True)
class Connection:
    """Hold what the switchboard and the softphones need to reach the exchange."""

    ari_url: str
    ari_user: str
    ari_password: str = field(repr=False)
    softphone_url: str = ""
    app: str = "decroche"
    state_dir: Path = Path()
    sounds_dir: Path = Path()
    is_demonstration: bool = False
    sip_port: int = 0
    sip_host: str = ""

    @classmethod
    def read(cls, state_dir: Path) -> Self:
        """Read what the running exchange wrote.

        Raises:
            FileNotFoundError: no exchange was started from this folder.
        """
        raw = json.loads((state_dir / _CONNECTION_FILE).read_text())
        return cls(**{**raw, "state_dir": Path(raw["state_dir"]), "sounds_dir": Path(raw["sounds_dir"])})

    def write(self) -> None:
        raw = {name: getattr(self, name) for name in self.__slots__}
        write_private(self.state_dir / _CONNECTION_FILE, json.dumps(raw, default=str))


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner can read, all at once."""
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)
    fresh.replace(path)


def _last_ports(state_dir: Path) -> dict[str, int]:
    try:
        raw = json.loads((state_dir / "ports.json").read_text())
        return {str(key): int(value) for key, value in raw.items()}
    except (OSError, ValueError, AttributeError):
        return {}


def _free_port(kind: socket.SocketKind, host: str, preferred: int = 0) -> int:
    for port in (preferred, 0):
        with socket.socket(socket.AF_INET, kind) as probe:
            if kind is socket.SOCK_STREAM:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise OSError(f"Aucun port libre sur {host}.")


def _free_rtp_start(count: int) -> int:
    """Pick a window below the kernel's own; Asterisk steps over ports that are taken inside it."""
    windows = (30000 - 10000) // count
    return 10000 + secrets.randbelow(windows) * count


def _secret(state_dir: Path) -> str:
    path = state_dir / "ari-secret"
    if not path.exists():
        write_private(path, secrets.token_urlsafe(32))
    return path.read_text().strip()


def write_configuration(settings: ExchangeSettings, installation: Installation, run_dir: Path) -> Connection:
    """Write the whole configuration of a settled exchange; return how to reach it."""
    state = settings.state_dir
    for name in ("conf", "lib/keys", "log", "spool/voicemail", "spool/recording"):
        (state / name).mkdir(parents=True, exist_ok=True, mode=0o700)
    password = _secret(state)
    values = _values(settings, installation, run_dir, password)
    if settings.trunk is None:
        values["world"] = _fill("pjsip-world.conf", values)
        values["world_dialplan"] = _fill("extensions-world.conf", values)
    for template in ASSETS.glob("*.conf"):
        if not template.stem.endswith("-world"):
            write_private(state / "conf" / template.name, _fill(template.name, values))
    write_private(state / "conf/modules.conf", _modules(settings, installation))
    with (state / "conf/pjsip.conf").open("a") as pjsip:
        pjsip.write(settings.extra_pjsip)
    for name, text in (*_SMALL_FILES.items(), *settings.extra_files):
        write_private(state / "conf" / name, text)
    ports = {"sip_port": settings.sip_port, "http_port": settings.http_port}
    write_private(state / "ports.json", json.dumps(ports))
    reach = _reachable(settings.http_host)
    connection = Connection(
        ari_url=f"http://{reach}:{settings.http_port}",
        ari_user="decroche",
        ari_password=password,
        softphone_url=f"ws://{reach}:{settings.http_port}/ws",
        app=settings.app,
        state_dir=state,
        sounds_dir=settings.sounds,
        is_demonstration=settings.trunk is None,
        sip_port=settings.sip_port,
        sip_host=settings.external_address or settings.sip_host,
    )
    connection.write()
    return connection


def _reachable(host: str) -> str:
    return "127.0.0.1" if host in {"0.0.0.0", ""} else host  # noqa: S104


def _fill(name: str, values: dict[str, str]) -> str:
    return _Template((ASSETS / name).read_text(encoding="utf-8")).substitute(values)


def _modules(settings: ExchangeSettings, installation: Installation) -> str:
    wanted = [name for name in MODULES if name not in _NOT_LOADED] + list(settings.extra_modules)
    present = [name for name in wanted if (installation.modules_dir / f"{name}.so").exists()]
    return "[modules]\nautoload = no\n" + "".join(f"load = {name}.so\n" for name in present)


def _values(
    settings: ExchangeSettings, installation: Installation, run_dir: Path, password: str
) -> dict[str, str]:
    trunk = settings.trunk
    loopback = settings.sip_host.startswith("127.")
    host = trunk.host if trunk else _reachable(settings.sip_host)
    auth = trunk if trunk and trunk.username else None
    return {
        "conf": str(settings.state_dir / "conf"),
        "modules": str(installation.modules_dir),
        "data": str(installation.data_dir),
        "state": str(settings.state_dir),
        "sounds": str(settings.sounds),
        "run": str(run_dir),
        "http_host": settings.http_host,
        "http_port": str(settings.http_port),
        "ari_user": "decroche",
        "ari_password": password,
        "app": settings.app,
        "sip_host": settings.sip_host,
        "sip_contact_host": _reachable(settings.sip_host),
        "sip_port": str(settings.sip_port),
        "nat": _nat(settings.external_address),
        "media_address": "media_address = 127.0.0.1\nbind_rtp_to_media_address = yes" if loopback else "",
        "trunk_host": host,
        "trunk_port": str(trunk.port if trunk else settings.sip_port),
        "trunk_match": host,
        "trunk_codecs": trunk.codecs if trunk else "g722,alaw",
        "trunk_auth": "outbound_auth = trunk\nfrom_user = " + auth.username if auth else "",
        "trunk_registration": _credentials(auth) if auth else "",
        "rtp_start": str(settings.rtp_start),
        "rtp_end": str(settings.rtp_start + settings.rtp_ports - 1),
        "lease": str(settings.lease_seconds),
        "fallback_seconds": str(settings.fallback_seconds),
        "transfer_seconds": str(settings.transfer_seconds),
        "voicemail_silence": str(settings.voicemail_silence_seconds),
        "voicemail_seconds": str(settings.voicemail_seconds),
        "dial_before": "PJSIP/" if trunk else "PJSIP/outside",
        "dial_after": "@trunk" if trunk else "@world",
        "world": "",
        "world_dialplan": "",
        "world_include": "" if trunk else "include => decroche-world\n",
        "world_mark": ""
        if trunk
        else " same => n,Set(DECROCHE_SIM=${FILTER(0-9a-f\\x2d,${PJSIP_HEADER(read,X-Decroche-Simulated)})})",
        "extra_dialplan": settings.extra_dialplan,
    }


def _nat(external: str) -> str:
    if not external:
        return ""
    local = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "127.0.0.0/8")
    lines = [f"external_media_address = {external}", f"external_signaling_address = {external}"]
    return "\n".join(lines + [f"local_net = {net}" for net in local])


def _credentials(trunk: Trunk) -> str:
    text = f"\n[trunk]\ntype = auth\nauth_type = userpass\nusername = {trunk.username}\npassword = {trunk.password}\n"
    if trunk.registers:
        text += (
            "\n[trunk]\ntype = registration\ntransport = transport-udp\noutbound_auth = trunk\n"
            f"server_uri = sip:{trunk.host}:{trunk.port}\nclient_uri = sip:{trunk.username}@{trunk.host}\n"
            f"contact_user = {trunk.username}\nretry_interval = 20\nforbidden_retry_interval = 300\n"
        )
    return text
