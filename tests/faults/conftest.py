"""One service for all tests of this folder, and Django's connection turned to its database while they run."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connections
from pytest_django import DjangoDbBlocker

from tests.conftest import close
from tests.factories import World
from tests.faults.service import DATABASE, HOST, Service
from tests.faults.story import a_story
from tests.interventions.mails.sink import Sink, listening


@pytest.fixture(scope="session")
def started(django_db_setup: None) -> Iterator[Service]:
    """PostgreSQL and Redis of this folder's own; the tests start the rest, and whatever they killed."""
    if shutil.which("redis-server") is None:
        said = "No redis-server found: install one (Debian: apt install redis-server)."
        pytest.fail(said) if os.environ.get("CI") == "true" else pytest.skip(said)
    # Not below pytest's own folder, which is closed to PostgreSQL's user.
    found = Service(Path(tempfile.mkdtemp(prefix="contreseing-")))
    found.folder.chmod(0o755)
    try:
        found.make_database(dict(connections["owner"].settings_dict))
        yield found
    finally:
        found.stop()


@pytest.fixture(scope="module", autouse=True)
def its_database(started: Service, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Let factories and checks write and read where the service does."""
    connection = connections["default"]
    with django_db_blocker.unblock():
        close(connection)
        kept = {name: connection.settings_dict[name] for name in ("HOST", "PORT", "NAME")}
        connection.settings_dict.update(HOST=HOST, PORT=str(started.ports["postgres"]), NAME=DATABASE)
        started.up("postgres")
        try:
            yield
        finally:
            close(connection)
            connection.settings_dict.update(kept)


@pytest.fixture
def service(started: Service) -> Service:
    """The service with its database and its broker, whatever the test before did to them."""
    started.up("postgres", "redis")
    return started


@pytest.fixture
def sink(service: Service) -> Iterator[Sink]:
    """The mail server."""
    found = Sink()
    with listening(found, service.ports["mail"]):
        yield found


@pytest.fixture
def world(service: Service) -> World:
    """An agency of this test's own, at whose client's visits were yesterday."""
    return a_story()
