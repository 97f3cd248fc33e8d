"""The lines of each request in the log, with the number of whoever asked."""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest
from django_structlog.middlewares import RequestMiddleware


class Requests(RequestMiddleware):
    """The library's middleware, but a database that does not answer is waited for once a request.

    The library asks for the person at the beginning and again for the line of a failure.
    """

    @staticmethod
    def bind_user_id(request: HttpRequest) -> None:
        """Note who asks; raises what the database raises, the first time."""
        try:
            RequestMiddleware.bind_user_id(request)
        except (OperationalError, InterfaceError):
            request.user = AnonymousUser()
            raise
