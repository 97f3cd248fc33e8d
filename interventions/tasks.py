"""Delivery in the background: `nudge` tells the worker that something is due once the transaction is committed."""

from __future__ import annotations

from django.db import transaction


def nudge() -> None:
    """Wake the worker once this transaction is committed; the periodic sweep delivers all the same without it."""
    transaction.on_commit(lambda: None)
