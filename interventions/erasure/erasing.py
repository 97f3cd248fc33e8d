"""The state in which the database lets words go, and nothing else, where it otherwise lets nothing change."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

_TELL = "SELECT set_config('app.erasing', %s, true)"


@contextmanager
def erasing() -> Iterator[None]:
    """Tell the database, within this transaction, that what is done in here erases words (models/kept.py)."""
    _tell("on")
    yield
    _tell("")


def _tell(value: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_TELL, [value])
