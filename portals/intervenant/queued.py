"""Valider and Ajouter as the queue of a phone asks it: the same press, answered in two words instead of a page."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.contrib.messages.storage import default_storage
from django.http import HttpResponse, JsonResponse

from portals.web.phone import door_of
from portals.web.requests import ActorRequest

type View = Callable[[ActorRequest], HttpResponse]

JSON = "application/json"
SAVED = 302, 303
CONFLICT = 409
# With which the page sends once more what is to review: that is no second press of anybody.
REVIEW = "review"


def answers_the_queue(view: View) -> View:
    """Answer {"answer": "saved"} or {"answer": "review"} to what asks for JSON; anybody else gets the page.

    An entry names in `door` as whom it was made: for anybody else it is refused (409), and nothing is done. What is
    to review is then sent once more by the page itself, which shows it; its key makes that harmless.
    """

    @wraps(view)
    def answering(request: ActorRequest) -> HttpResponse:
        if request.headers.get("Accept") != JSON:
            return view(request)
        if request.POST.get("door") != door_of(request.actor):
            return JsonResponse({"answer": "other"}, status=CONFLICT)
        response = view(request)
        if response.status_code in SAVED:
            return JsonResponse({"answer": "saved", "location": response.headers["Location"]})
        # What it said of this press is said by the page that reviews it, not twice.
        request._messages = default_storage(request)  # type: ignore[attr-defined]
        return JsonResponse({"answer": "review"})

    return answering
