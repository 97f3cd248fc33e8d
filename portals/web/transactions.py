"""One request, one transaction, bound to one agency, begun again when the database asks for it."""

from collections.abc import Callable

from django.contrib.messages.storage import default_storage
from django.db import OperationalError
from django.http import HttpResponseBase

from interventions.tenancy import within
from portals.web.requests import ActorRequest

ATTEMPTS = 3
SERIALIZATION_FAILURE = "40001"
DEADLOCK = "40P01"


def in_agence(request: ActorRequest, view: Callable[[], HttpResponseBase]) -> HttpResponseBase:
    """Run `view` in a transaction of the actor's agency; on a deadlock or serialization failure, three times at most.

    What an attempt that failed said through django.contrib.messages is forgotten with it. Its changes to the session
    are not: a portal's view makes none before its last query.
    """
    for attempt in range(1, ATTEMPTS + 1):
        try:
            return _once(request, view)
        except OperationalError as error:
            if attempt == ATTEMPTS or not _worth_again(error):
                raise
            request._messages = default_storage(request)  # type: ignore[attr-defined]
    raise AssertionError("unreachable")


def _once(request: ActorRequest, view: Callable[[], HttpResponseBase]) -> HttpResponseBase:
    request.on_rollback = []
    try:
        return _within_one(request, view)
    except BaseException:
        for take_back in request.on_rollback:
            take_back()
        raise


def _within_one(request: ActorRequest, view: Callable[[], HttpResponseBase]) -> HttpResponseBase:
    with within(request.actor.agence_id):
        response = view()
        if getattr(response, "is_rendered", True) is False:
            response = response.render()  # type: ignore[attr-defined]
        return response


def _worth_again(error: OperationalError) -> bool:
    return getattr(error.__cause__, "sqlstate", None) in (SERIALIZATION_FAILURE, DEADLOCK)
