"""A backup holds everything, and puts everything back."""

import io
import tarfile
from pathlib import Path

import pytest
from django.db import connection
from pytest_django import Settings

from decroche.accounts.models import User
from decroche.operations.archive import ArchiveRefused, backup, restore
from tests.factories import make_user

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def house(settings: Settings, tmp_path: Path) -> Path:
    settings.DATA_DIR = tmp_path / "data"
    (settings.DATA_DIR / "voicemail").mkdir(parents=True)
    (settings.DATA_DIR / "voicemail" / "one.wav").write_bytes(b"RIFF")
    (settings.DATA_DIR / "secret-key").write_text("known only here")
    return settings.DATA_DIR


def test_what_was_saved_comes_back(house: Path, tmp_path: Path) -> None:
    person = make_user(last_name="N’Guessan")
    target = tmp_path / "saved.tar.gz"
    assert backup(target) == target.stat().st_size
    assert target.stat().st_mode & 0o077 == 0

    person.delete()
    (house / "voicemail" / "one.wav").unlink()
    restore(target, replace=True)

    assert User.objects.get().last_name == "N’Guessan"
    assert (house / "voicemail" / "one.wav").read_bytes() == b"RIFF"
    with connection.cursor() as cursor:  # triggers and constraints are back too
        cursor.execute("SELECT count(*) FROM pg_constraint WHERE contype = 'x'")
        assert cursor.fetchone()[0] >= 1


def test_a_full_database_is_not_overwritten_by_mistake(house: Path, tmp_path: Path) -> None:
    make_user()
    backup(tmp_path / "saved.tar.gz")
    with pytest.raises(ArchiveRefused, match="n’est pas vide"):
        restore(tmp_path / "saved.tar.gz", replace=False)
    with pytest.raises(ArchiveRefused, match="existe déjà"):
        backup(tmp_path / "saved.tar.gz")


@pytest.mark.parametrize("content", [None, b"", b"not an archive"])
def test_what_is_no_backup_is_refused_before_anything_is_lost(
    house: Path, tmp_path: Path, content: bytes | None
) -> None:
    person = make_user()
    source = tmp_path / "strange"
    if content is not None:
        source.write_bytes(content)
    with pytest.raises(ArchiveRefused):
        restore(source, replace=True)
    assert User.objects.get() == person


def _holding(path: Path, name: str, kind: bytes) -> Path:
    member = tarfile.TarInfo(name)
    member.type, member.linkname = kind, "/etc/passwd"
    with tarfile.open(path, "w:gz") as tar:
        tar.addfile(member, io.BytesIO())
    return path


@pytest.mark.parametrize(
    ("name", "kind"),
    [("../outside", tarfile.REGTYPE), ("/outside", tarfile.REGTYPE), ("voicemail/one.wav", tarfile.SYMTYPE)],
)
def test_an_archive_that_reaches_outside_is_refused_before_anything_is_lost(
    house: Path, tmp_path: Path, name: str, kind: bytes
) -> None:
    person = make_user()
    with pytest.raises(ArchiveRefused, match="pas une sauvegarde"):
        restore(_holding(tmp_path / "strange", name, kind), replace=True)
    assert User.objects.get() == person
    assert (house / "voicemail" / "one.wav").read_bytes() == b"RIFF"


def test_what_nobody_else_may_read_is_so_again(house: Path, tmp_path: Path) -> None:
    (house / "secret-key").chmod(0o600)
    backup(tmp_path / "saved.tar.gz")
    (house / "secret-key").unlink()
    restore(tmp_path / "saved.tar.gz", replace=True)
    assert (house / "secret-key").stat().st_mode & 0o777 == 0o600
