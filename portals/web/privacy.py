"""What keeps the token of a link to its page: nobody is told the address, nobody keeps the answer."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

from interventions.links import PATH

# The origin alone: Django's check of forms wants to know it, and with "no-referrer" browsers would not say it.
HEADERS = {
    "Referrer-Policy": "strict-origin",
    "X-Robots-Tag": "noindex, nofollow",
    "Cache-Control": "max-age=0, no-cache, no-store, must-revalidate, private",
}


class LinkPrivacy:
    """Middleware: every answer below the links' address, refusals and breakdowns included, carries these headers."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer, with the headers."""
        response = self.get_response(request)
        if request.path_info.startswith(PATH):
            for name, value in HEADERS.items():
                response.headers[name] = value
        return response
