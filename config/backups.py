"""Backups: a folder with the database, the attachments, and a manifest by which a restoration is checked.

Database and row counts come from one snapshot, taken while everybody works on. The attachments follow: each file is
written before the row that names it, so whatever the snapshot names is there.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import tarfile
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg import sql

from config import embedded
from interventions.management.owner import brief_connection

DATABASE, ATTACHMENTS, MANIFEST = "database.dump", "attachments.tar", "manifest.json"
PREFIX, UNFINISHED = "contreseing-", ".unfinished-"
TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"


class Unusable(Exception):
    """A backup or its target is not fit for what was asked; the message says why."""


def take(folder: Path, alias: str, at: datetime) -> Path:
    """Write a backup below `folder` and return where; until it is whole it bears another name.

    `alias` is the connection of the tables' owner. Refuses (Unusable) where pg_dump fails, leaving nothing behind.
    """
    name = f"{PREFIX}{at:%Y%m%dT%H%M%SZ}"
    unfinished, whole = folder / f"{UNFINISHED}{name}", folder / name
    unfinished.mkdir(parents=True, mode=0o700)
    try:
        counts = _dump(unfinished / DATABASE, alias)
        _pack(unfinished / ATTACHMENTS)
        files = {each: _sha256(unfinished / each) for each in (DATABASE, ATTACHMENTS)}
        manifest = {"at": at.isoformat(), "files": files, "rows": counts}
        (unfinished / MANIFEST).write_text(json.dumps(manifest, indent=1), encoding="utf-8")
        return unfinished.rename(whole)
    except BaseException:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise


def keep_last(folder: Path, number: int) -> list[Path]:
    """Remove all but the last `number` backups of a folder; return those that are gone."""
    gone = sorted(folder.glob(f"{PREFIX}*"))[:-number]
    for each in gone:
        shutil.rmtree(each)
    return gone


def checked(folder: Path) -> dict[str, Any]:
    """Return a backup's manifest; refuses one whose files are not those that were written."""
    try:
        manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        wrong = [name for name, sha256 in manifest["files"].items() if _sha256(folder / name) != sha256]
    except (OSError, ValueError, KeyError) as error:
        raise Unusable(f"{folder} is no whole backup ({type(error).__name__}: {error}).") from error
    if wrong:
        raise Unusable(f"{folder} has been changed since it was written: {', '.join(wrong)}.")
    return manifest


def put_back(folder: Path, alias: str) -> list[str]:
    """Fill an empty database and the attachments' folder from a backup; return what differs from its manifest.

    Refuses (Unusable) a backup that is not whole, and a database with tables: nothing is ever overwritten. The
    database is filled in one transaction.
    """
    manifest = checked(folder)
    with brief_connection(alias) as once:
        if _tables(connections[once]):
            raise Unusable("The database has tables already: restore into a new one.")
    database = connections[alias].settings_dict
    words = ["--single-transaction", "--exit-on-error", "--no-owner", "--dbname", database["NAME"]]
    _run("pg_restore", database, *words, str(folder / DATABASE))
    _unpack(folder / ATTACHMENTS)
    with brief_connection(alias) as once:
        return _differences(manifest["rows"], _counts(connections[once])) + _missing(connections[once])


def _dump(file: Path, alias: str) -> dict[str, int]:
    with brief_connection(alias) as once:
        connection = connections[once]
        with connection.cursor() as cursor:
            cursor.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            cursor.execute("SELECT pg_export_snapshot()")
            (snapshot,) = cursor.fetchone()
        counts = _counts(connection)
        database = connection.settings_dict
        words = ["--format", "custom", "--snapshot", snapshot, "--file", str(file), "--dbname", database["NAME"]]
        _run("pg_dump", database, *words)
    return counts


def _run(program: str, database: Mapping[str, Any], *words: str) -> None:
    """Run a program of PostgreSQL's as the database's owner; the password stands in no command line."""
    named = {"PGHOST": "HOST", "PGPORT": "PORT", "PGUSER": "USER", "PGPASSWORD": "PASSWORD"}
    known = {variable: str(database[key]) for variable, key in named.items() if database.get(key)}
    command = [str(embedded.PROGRAMS / program), "--no-password", *words]
    done = subprocess.run(command, env=os.environ | known, capture_output=True, text=True)
    if done.returncode:
        raise Unusable(f"{program} failed: {done.stderr.strip()}")


def _tables(connection: BaseDatabaseWrapper) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(TABLES)
        return [name for (name,) in cursor.fetchall()]


def _counts(connection: BaseDatabaseWrapper) -> dict[str, int]:
    counts = {}
    with connection.cursor() as cursor:
        for table in _tables(connection):
            cursor.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table)))
            (counts[table],) = cursor.fetchone()
    return counts


def _differences(expected: Mapping[str, int], found: Mapping[str, int]) -> list[str]:
    tables = sorted(expected.keys() | found.keys())
    return [
        f"{table}: {found.get(table, 0)} rows, {expected.get(table, 0)} in the backup"
        for table in tables
        if found.get(table) != expected.get(table)
    ]


def _missing(connection: BaseDatabaseWrapper) -> list[str]:
    """Name the attachments whose file is not there, or is not the one that was attached."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT file, sha256 FROM interventions_attachment ORDER BY file")
        rows = cursor.fetchall()
    root = Path(settings.MEDIA_ROOT)
    return [f"attachment {file}: missing or changed" for file, sha256 in rows if _sha256(root / file) != sha256]


def _pack(file: Path) -> None:
    root = Path(settings.MEDIA_ROOT)
    with tarfile.open(file, "w") as tar:
        if root.is_dir():
            tar.add(root, arcname=".")


def _unpack(file: Path) -> None:
    root = Path(settings.MEDIA_ROOT)
    root.mkdir(parents=True, exist_ok=True)
    with tarfile.open(file) as tar:
        tar.extractall(root, filter="data")


def _sha256(file: Path) -> str:
    if not file.is_file():
        return ""
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
