"""The wall between agencies in the tests: what they make and look at lies on both sides of it, the product on one.

The tests' own connection logs in as TESTS, a role with the rights of `app` that row level security does not bind. A
request, a task, a command works as `app`, as in production; so does every thread but the tests' own (a live server's).
Processes that tests start know `app` alone.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

import psycopg
from celery.app.task import Task
from django.core.management.base import BaseCommand
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.http.response import HttpResponseBase
from django.test.client import ClientHandler
from psycopg.pq import TransactionStatus

from config import embedded

TESTS, PRODUCT = "contreseing_tests", "app"
MAKE = f"CREATE ROLE {TESTS} LOGIN BYPASSRLS IN ROLE {PRODUCT}"
FAILED = (TransactionStatus.INERROR, TransactionStatus.UNKNOWN)

# Tables behind the wall, as statements name them; of runs some are of no agency.
WALLED = re.compile(r"\b(interventions_(?!agence\b|user|mailer|sealmark|jobrun)\w+|tracking_\w+)")

_here = threading.local()


class Untold(BaseException):
    """The product asks a table behind the wall without having said for whom: it would silently see nothing.

    Not an Exception, so that nothing of the product takes it for a breakdown.
    """


def stand_aside(default: BaseDatabaseWrapper) -> None:
    """Let the tests' own connection log in as TESTS, and the product's work be done as `app` from now on."""
    with psycopg.connect(embedded._server().get_uri(), autocommit=True) as server:
        if not server.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [TESTS]).fetchone():
            server.execute(MAKE)
    default.settings_dict["USER"] = TESTS
    connection_created.connect(_connected, dispatch_uid="wall")
    for kind, name in ((ClientHandler, "__call__"), (Task, "__call__"), (BaseCommand, "execute")):
        _wrap(kind, name)


@contextmanager
def as_product(*, planted: bool = False) -> Iterator[None]:
    """Work as the product does, which sees what it says that it works for.

    `planted` says that what is inside forgets to say so, to see what the database makes of it.
    """
    before = _depth(), _planted()
    _here.depth, _here.planted = before[0] + 1, planted or before[1]
    if not before[0]:
        _take_role()
    try:
        yield
    finally:
        _here.depth, _here.planted = before
        if not before[0]:
            _take_role()


def _depth() -> int:
    return getattr(_here, "depth", 0)


def _planted() -> bool:
    return getattr(_here, "planted", False)


def _role() -> str:
    return TESTS if threading.current_thread() is threading.main_thread() and not _depth() else PRODUCT


def _take_role() -> None:
    if connections["default"].settings_dict["USER"] != TESTS:
        # Whoever came in as the product stays it (tests/bench).
        return
    connection = connections["default"].connection
    if connection is not None and not connection.closed and connection.info.transaction_status not in FAILED:
        # As at the beginning of a transaction of its own: what was told in the tests' is not told here.
        connection.execute(
            "SELECT set_config('role', %s, false), set_config('app.agence', '', true), "
            "set_config('app.person', '', true)",
            [_role()],
        )


def _connected(sender: Any, connection: BaseDatabaseWrapper, **signal: Any) -> None:
    if connection.alias == "default":
        connection.connection.execute(f"SET ROLE {_role()}")
        if _told_first not in connection.execute_wrappers:
            connection.execute_wrappers.append(_told_first)


def _told_first(execute: Callable[..., Any], statement: Any, values: Any, many: bool, context: dict[str, Any]) -> Any:
    if (
        _role() == PRODUCT
        and not _planted()
        and (named := WALLED.search(str(statement)))
        and not _told(context["connection"])
    ):
        raise Untold(f"{named[0]}: {statement}")
    return execute(statement, values, many, context)


def _told(wrapper: Any) -> bool:
    connection = wrapper.connection
    if connection is None or connection.info.transaction_status in FAILED:
        return True
    asked = "SELECT current_setting('app.agence', true), current_setting('app.person', true)"
    with wrapper.wrap_database_errors:
        return any(connection.execute(asked).fetchone())


def _wrap(kind: Any, name: str) -> None:
    inside: Callable[..., Any] = getattr(kind, name)

    @wraps(inside)
    def outside(*args: Any, **kwargs: Any) -> Any:
        with as_product():
            answer = inside(*args, **kwargs)
        if isinstance(answer, HttpResponseBase) and answer.streaming:
            answer.streaming_content = _streamed(answer.streaming_content)  # type: ignore[attr-defined]
        return answer

    setattr(kind, name, outside)


def _streamed(pieces: Any) -> Iterator[bytes]:
    with as_product():
        yield from pieces
