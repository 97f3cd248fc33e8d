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
def brief_connection(alias: str) -> Iterator[str]:
    """Yield the name of a new connection to `alias`, closed at the end.

    A process that serves as app keeps no connection of the owner's, and what it has open stays untouched.
    """
    connection = connections.create_connection(alias)
    connection.alias = f"{alias}-once"
    connections[connection.alias] = connection
    try:
        yield connection.alias
    finally:
        connection.close()
        del connections[connection.alias]
