"""What only the owner of the tables may do, done over a connection of its own.

The web and the worker connect as `app`, which can neither create a table nor empty one.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.core.management.base import CommandError
from django.db import DEFAULT_DB_ALIAS, connections

OWNER = "owner"


def owner_alias(asked: str) -> str:
    """Name the connection to use where `asked` was asked for; refuses when the owner's address is unknown."""
    if asked != DEFAULT_DB_ALIAS:
        return asked
    if OWNER not in connections.settings:
        raise CommandError(
            "This command changes tables, which only their owner may: set DATABASE_OWNER_URL to the owner's address."
        )
    return OWNER


@contextmanager
def fresh_connection(alias: str) -> Iterator[None]:
    """Work on a new connection to `alias` and close it: a process that serves as app keeps none of the owner's."""
    kept = connections[alias]
    connections[alias] = connections.create_connection(alias)
    try:
        yield
    finally:
        connections[alias].close()
        connections[alias] = kept
