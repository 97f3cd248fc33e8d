"""What is asked and sent is text: a NUL in it is nobody's typing, and PostgreSQL takes none."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.exceptions import BadRequest
from django.http import HttpRequest
from django.http.response import HttpResponseBase

NUL = "\x00"


class OnlyText:
    """Middleware, after the one that checks where a form comes from: refuses (400) a NUL before any view reads it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Hand on: the view has to be known to be refused."""
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> None:
        """Refuse, or go on."""
        sent = request.POST.lists() if request.method == "POST" else ()
        if "%00" in request.META.get("QUERY_STRING", "") or any(
            NUL in text for _name, texts in sent for text in texts
        ):
            raise BadRequest("a NUL in what was sent")
