"""Whether the database answers, asked with an end: whoever asks must learn it also of a server that hangs."""

import psycopg
from django.db import connection

SECONDS = 2


def database() -> None:
    """Sign in to the database beside the pool; raises psycopg.Error after SECONDS at most.

    The pool waits longer, and without an end for a server that is there and says nothing: before it hands out a
    connection it asks whether that one still answers.
    """
    psycopg.connect(**connection.get_connection_params() | {"connect_timeout": SECONDS}).close()
