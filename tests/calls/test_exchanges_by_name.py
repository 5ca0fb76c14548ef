"""Several exchanges on one installation: each has its own folder, knobs and name; the only one keeps the plain ones."""

from pathlib import Path

import pytest

from decroche.calls.adapters.ari.settings import AriSettings
from decroche.calls.adapters.asterisk.configuration import Connection, ExchangeSettings
from decroche.calls.adapters.asterisk.places import default_state_dir, shared_sounds_dir
from decroche.calls.ports import ExchangeDown


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DECROCHE_DATA_DIR", str(tmp_path))
    for name in ("ARI_URL", "SIP_PORT", "SIP_HOST", "TRUNK_HOST", "PHONES"):
        monkeypatch.delenv(f"DECROCHE_{name}", raising=False)
    return tmp_path


def test_the_only_exchange_has_the_plain_names(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DECROCHE_SIP_PORT", "5070")
    settings = ExchangeSettings.from_environment(default_state_dir())
    assert (settings.state_dir, settings.sounds, settings.app, settings.sip_port) == (
        data / "telephony",
        data / "telephony/sounds",
        "decroche",
        5070,
    )


def test_a_named_exchange_has_its_own_address_and_shares_what_belongs_to_all(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DECROCHE_SIP_PORT", "5070")
    monkeypatch.setenv("DECROCHE_SIP_HOST", "10.0.0.5")
    monkeypatch.setenv("DECROCHE_TRUNK_HOST", "operator.example")
    monkeypatch.setenv("DECROCHE_TRUNK_HOST_NORD_1", "other.example")
    named = ExchangeSettings.from_environment(default_state_dir("nord-1"), "nord-1")
    assert (named.state_dir, named.app, named.sip_port) == (data / "telephony-nord-1", "decroche-nord-1", 0)
    assert (named.sip_host, named.sounds) == ("10.0.0.5", shared_sounds_dir())
    assert named.trunk is not None
    assert named.trunk.host == "other.example"


def test_each_switchboard_finds_its_own_exchange(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DECROCHE_ARI_URL", "http://main.example:8088")
    monkeypatch.setenv("DECROCHE_PHONES", "sip")
    assert AriSettings.from_environment().address.url == "http://main.example:8088"
    with pytest.raises(ExchangeDown):
        AriSettings.from_environment("nord")
    folder = default_state_dir("nord")
    folder.mkdir()
    Connection("http://127.0.0.1:9999", "decroche", "s", app="decroche-nord", state_dir=folder).write()
    found = AriSettings.from_environment("nord")
    assert (found.address.url, found.address.app, found.phones_are_browsers) == (
        "http://127.0.0.1:9999",
        "decroche-nord",
        False,
    )


@pytest.mark.parametrize("name", ["Nord", "../x", "a/b", "-x", "a b"])
def test_an_exchange_s_name_is_a_name(name: str) -> None:
    with pytest.raises(ValueError, match="standard"):
        default_state_dir(name)
