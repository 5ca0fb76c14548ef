"""Make a backup of everything (rows, voicemails, secret key) in one file, and put it back."""

import os
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path

from django.conf import settings
from django.db import connection

from decroche.foundation import embedded_database

DUMP = "database.dump"
FOLDERS = ("media", "voicemail")
FILES = ("secret-key",)


class ArchiveRefused(Exception):
    """The backup cannot be made or read; the sentence says why."""


def backup(target: Path) -> int:
    """Write everything to ``target`` (a .tar.gz readable by its owner only) and return its size in bytes.

    The rows are one consistent moment (pg_dump's snapshot); the files are copied after it, so a file may be newer.

    Raises:
        ArchiveRefused: the target exists already, or pg_dump fails.

    """
    if target.exists():
        raise ArchiveRefused(f"{target} existe déjà : choisissez un autre nom.")
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent) as work:
        dump = Path(work) / DUMP
        with dump.open("wb") as out:
            _run([str(embedded_database.binary("pg_dump")), "--format=custom", "--no-owner"], stdout=out)
        partial = Path(work) / "archive"
        partial.touch(mode=0o600)
        with tarfile.open(partial, "w:gz", compresslevel=3) as tar:
            tar.add(dump, DUMP)
            for name in (*FOLDERS, *FILES):
                if (path := settings.DATA_DIR / name).exists():
                    tar.add(path, name)
        partial.rename(target)
    return target.stat().st_size


def _unpack(tar: tarfile.TarFile, folder: Path) -> None:
    """Unpack plain files and folders that stay inside ``folder``, as nobody's but ours.

    ``extractall(filter="data")`` does it too, but not in the Python 3.11.2 of Debian 12.

    Raises:
        tarfile.TarError: the archive holds anything else.
    """
    for member in tar:
        target = (folder / member.name).resolve()
        if not target.is_relative_to(folder) or not (member.isfile() or member.isdir()):
            raise tarfile.TarError(member.name)
        if member.isdir():
            target.mkdir(parents=True, exist_ok=True)
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        content = tar.extractfile(member)
        assert content is not None  # it is a file
        with content, target.open("wb") as out:
            shutil.copyfileobj(content, out)
        target.chmod(member.mode & 0o755)


def restore(source: Path, *, replace: bool) -> None:
    """Put a backup back into the present (empty, or ``replace``) database and data folder.

    Raises:
        ArchiveRefused: no such file, not one of our backups, or a database that is not empty.

    """
    if not source.is_file():
        raise ArchiveRefused(f"{source} : aucun fichier de ce nom.")
    if _has_rows() and not replace:
        raise ArchiveRefused(
            "La base n’est pas vide : ajoutez --replace pour la remplacer par la sauvegarde."
        )
    with tempfile.TemporaryDirectory() as work:
        try:
            with tarfile.open(source) as tar:
                _unpack(tar, Path(work).resolve())
        except tarfile.TarError as error:
            raise ArchiveRefused(f"{source} n’est pas une sauvegarde de Décroche.") from error
        dump = Path(work) / DUMP
        if not dump.exists():
            raise ArchiveRefused(f"{source} n’est pas une sauvegarde de Décroche.")
        _empty_schema()
        with dump.open("rb") as rows:
            _run(
                [str(embedded_database.binary("pg_restore")), "--no-owner", "--exit-on-error", "-d", _name()],
                stdin=rows,
            )
        for name in FOLDERS:
            if (Path(work) / name).exists():
                shutil.copytree(Path(work) / name, settings.DATA_DIR / name, dirs_exist_ok=True)
        for name in FILES:
            if (Path(work) / name).exists():
                shutil.copy2(Path(work) / name, settings.DATA_DIR / name)


def _has_rows() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('accounts_user') IS NOT NULL")
        if not cursor.fetchone()[0]:
            return False
        cursor.execute("SELECT EXISTS (SELECT 1 FROM accounts_user)")
        return bool(cursor.fetchone()[0])


def _empty_schema() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    connection.close()


def _name() -> str:
    return str(connection.settings_dict["NAME"])


def _run(command: list[str], **streams: object) -> None:
    database = connection.settings_dict
    environment = {
        **os.environ,
        "PGHOST": str(database["HOST"] or ""),
        "PGPORT": str(database["PORT"] or ""),
        "PGUSER": str(database["USER"] or ""),
        "PGPASSWORD": str(database["PASSWORD"] or ""),
        "PGDATABASE": _name(),
    }
    known = {key: value for key, value in environment.items() if value}
    result = subprocess.run(command, env=known, stderr=subprocess.PIPE, check=False, **streams)  # type: ignore[call-overload] # noqa: S603
    if result.returncode:
        raise ArchiveRefused(
            f"{Path(command[0]).name} : {result.stderr.decode(errors='replace').strip()[-400:]}"
        )
