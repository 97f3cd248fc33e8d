"""What every test stands on: the database made by `owner` and used by `app`, strict templates, a browser."""

import os
import shutil
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import OperationalError, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.postgresql.base import DatabaseWrapper
from pytest_django import DjangoDbBlocker

from config import embedded
from tests import wall
from tests.undefined import Undefined

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
CHROMIUM_ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--no-first-run",
]
NO_CHROMIUM = "No Chromium found: install one (Debian: apt install chromium) or name it in CHROMIUM."


@pytest.fixture(scope="session")
def django_db_setup(
    request: pytest.FixtureRequest, django_test_environment: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    """Create and migrate the test database as its owner; the tests reach it as app, through `default`."""
    owner, app = connections["owner"], connections["default"]
    kept_name = owner.settings_dict["NAME"]
    keep = request.config.getvalue("reuse_db")
    embedded.join()
    with django_db_blocker.unblock():
        close(app)
        name = owner.creation.create_test_db(verbosity=0, autoclobber=True, keepdb=keep)
        settings.DATABASES["default"]["NAME"] = app.settings_dict["NAME"] = name
        owner.close()
        wall.stand_aside(app)
    yield
    with django_db_blocker.unblock():
        end_other_sessions(app)
        close(app)
        if not keep:
            end_other_sessions(owner)
            drop(owner, kept_name)


def end_other_sessions(connection: BaseDatabaseWrapper) -> None:
    """End what other sessions of this role still hold the test database: a live server's threads outlive it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND usename = session_user AND pid <> pg_backend_pid()"
        )


def drop(owner: BaseDatabaseWrapper, kept_name: str, patience: float = 10) -> None:
    """Drop the test database, once the last request of a browser that has gone has let go of it."""
    until = time.monotonic() + patience
    while True:
        try:
            owner.creation.destroy_test_db(kept_name, verbosity=0)
        except OperationalError:
            if time.monotonic() > until:
                raise
            time.sleep(0.25)
        else:
            return


def close(connection: BaseDatabaseWrapper) -> None:
    """Close a connection and the pool that it comes from."""
    connection.close()
    if isinstance(connection, DatabaseWrapper):
        connection.close_pool()


@pytest.fixture(scope="session", autouse=True)
def attachments_apart(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Keep what the tests attach with the tests."""
    settings.MEDIA_ROOT = tmp_path_factory.mktemp("attachments")


@pytest.fixture(scope="session", autouse=True)
def strict_templates() -> None:
    """Make a variable that no view provided fail the test that renders it."""
    engine: dict[str, Any] = settings.TEMPLATES[0]
    engine["OPTIONS"]["string_if_invalid"] = Undefined()


def chromium() -> str | None:
    """Where the browser is, if there is one."""
    named = os.environ.get("CHROMIUM")
    if named:
        return named if Path(named).exists() else None
    return next((path for name in CHROMIUM_NAMES if (path := shutil.which(name))), None)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Start the system's Chromium, which works offline, instead of a downloaded one."""
    return {**browser_type_launch_args, "executable_path": chromium(), "args": CHROMIUM_ARGS}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    """A browser as the product's people have it."""
    return {**browser_context_args, "locale": "fr-FR", "timezone_id": "Europe/Paris"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what lies in e2e/ as browser tests."""
    for item in items:
        if "e2e" in item.path.parts:
            item.add_marker(pytest.mark.e2e)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip a browser test where there is no browser, but fail it where one must be (CI=true)."""
    if item.get_closest_marker("e2e") is None:
        return
    if chromium() is None:
        if os.environ.get("CI", "").lower() == "true":
            pytest.fail(NO_CHROMIUM, pytrace=False)
        pytest.skip(NO_CHROMIUM)
    # Playwright runs an event loop in the test's own thread, where Django then refuses its ORM.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


@pytest.fixture
def unused_port() -> int:
    """A port where nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
