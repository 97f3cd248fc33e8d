"""When the demo's data were loaded: kept as a comment on the database, so that it goes where they go."""

from datetime import date

from django.core.management import CommandError
from django.db import connections
from psycopg import sql

from config import embedded

PREFIX = "demo "


def loaded_on() -> date | None:
    """The day the demo's data were loaded, or None if they were not."""
    question = "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = current_database()"
    with connections["owner"].cursor() as cursor:
        cursor.execute(question)
        (comment,) = cursor.fetchone()
    connections["owner"].close()
    return date.fromisoformat(comment.removeprefix(PREFIX)) if (comment or "").startswith(PREFIX) else None


def remember(day: date) -> None:
    """Note that the data were loaded on `day`."""
    comment = sql.SQL("COMMENT ON DATABASE {} IS {}").format(
        sql.Identifier(connections["owner"].settings_dict["NAME"]), sql.Literal(PREFIX + day.isoformat())
    )
    with connections["owner"].cursor() as cursor:
        cursor.execute(comment)
    connections["owner"].close()


def clear() -> None:
    """Make the embedded database anew, without a table. Any other is not ours to drop."""
    if not embedded.is_default():
        raise CommandError("Only the embedded database is made anew: empty yours with manage.py flush.")
    connections.close_all()
    embedded.recreate()
