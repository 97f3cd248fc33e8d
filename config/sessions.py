"""The store of sessions: Django's, but for how it tells that the database is gone."""

from __future__ import annotations

from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import UpdateError
from django.db import InterfaceError, OperationalError


class SessionStore(db.SessionStore):
    """Django's own takes any failure to write for a session ended meanwhile, and answers the person with a 400."""

    def save(self, must_create: bool = False) -> None:
        """Write the session; OperationalError or InterfaceError where the database is out of reach."""
        try:
            super().save(must_create=must_create)
        except UpdateError as refused:
            if isinstance(refused.__context__, OperationalError | InterfaceError):
                raise refused.__context__ from None
            raise
