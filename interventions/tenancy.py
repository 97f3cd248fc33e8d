"""The agency that a transaction works for, told to the database: row level security shows that agency's rows alone.

What is told ends with the transaction, so that nothing of it stays with a connection that goes back to the pool. Where
nothing is told, no row of any agency is seen and none is written (docs/security.md, «Between agencies»).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from django.db import connection, transaction
from psycopg.pq import TransactionStatus

_TELL = """
SELECT current_setting('app.agence', true), current_setting('app.person', true),
    set_config('app.agence', %s, true), set_config('app.person', %s, true)
"""


def set_agence(agence_id: int) -> None:
    """Tell the database, for the rest of this transaction, which agency it works for (`app.agence`)."""
    _tell(str(agence_id), "")


@contextmanager
def within(agence_id: int) -> Iterator[None]:
    """Work for one agency, in a transaction; in one that is open, up to a savepoint, and it goes on as it was."""
    nested = connection.in_atomic_block
    with transaction.atomic():
        former = _tell(str(agence_id), "")
        yield
        # Where this fails, what was told is taken back with all else; where it was the outermost, it ends with it.
        if nested and not connection.needs_rollback:
            _tell(*former)


def streamed[Piece](agence_id: int, pieces: Iterable[Piece]) -> Iterator[Piece]:
    """Yield what a response sends after its view, and the view's transaction, have ended, in one of that agency."""
    with within(agence_id):
        yield from pieces


@contextmanager
def as_person(user_id: int) -> Iterator[None]:
    """Read, whatever their agencies, the rows through which this user enters (`portals.web.actors`), and no other."""
    if not connection.in_atomic_block:
        with transaction.atomic():
            _tell("", str(user_id))
            yield
        return
    former = _tell("", str(user_id))
    try:
        yield
    finally:
        # A transaction that failed is taken back, and what was told with it.
        if connection.connection.info.transaction_status == TransactionStatus.INTRANS:
            _tell(*former)


def _tell(agence: str, person: str) -> tuple[str, str]:
    """Tell, and return what was told before."""
    with connection.cursor() as cursor:
        cursor.execute(_TELL, [agence, person])
        former = cursor.fetchone()
    return former[0] or "", former[1] or ""
