"""A session that cannot be written for want of a database is a breakdown, not somebody's mistake."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.contrib.sessions.backends.base import UpdateError
from django.db import OperationalError, connection

from config.sessions import SessionStore

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def session() -> SessionStore:
    store = SessionStore()
    store["seen"] = 1
    store.create()
    return store


def test_the_database_gone_is_said_as_such(session: SessionStore) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        [pid] = cursor.fetchone()
    with ThreadPoolExecutor(1) as other:
        other.submit(_end, pid).result()
    with pytest.raises(OperationalError):
        session.save()
    connection.close()
    session.save()


def test_a_session_ended_meanwhile_is_told_as_before(session: SessionStore) -> None:
    SessionStore(session.session_key).delete()
    with pytest.raises(UpdateError):
        session.save()


def _end(pid: int) -> None:
    with connection.cursor() as cursor:
        # The tests' own role may, which began it.
        cursor.execute(f"RESET ROLE; SELECT pg_terminate_backend({pid})")
    connection.close()
