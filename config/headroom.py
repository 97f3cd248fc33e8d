"""Room for the frames of a request, taken at once.

Python keeps the frames of its calls in chunks of 16 kB, and gives a chunk back to the system as soon as the last frame
in it ends. A template that calls back and forth over the end of a chunk asks the system for memory at each call: some
of our pages were a third slower for it, and others not, by the depth at which their work happened to lie. A frame that
says it needs more than such a chunk gets a larger one, which then holds all that is called from it.
"""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

# In words of eight bytes: a chunk of 256 kB, half of which stays for the calls below; a page needs some thirty.
ROOM = 17_000


class Headroom:
    """Middleware, before all others."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer, with room for whatever is called."""
        return self.get_response(request)

    __call__.__code__ = __call__.__code__.replace(co_stacksize=ROOM)
