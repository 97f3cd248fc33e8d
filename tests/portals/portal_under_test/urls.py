"""A portal of a few views that show what the guard gave them."""

import json

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import OperationalError, connection
from django.http import Http404, HttpResponse, JsonResponse, StreamingHttpResponse
from django.template import engines
from django.urls import include, path
from django.utils import timezone
from psycopg.errors import DeadlockDetected

from interventions.models import Intervention
from portals.web.presses import key_of
from portals.web.requests import ActorRequest
from tracking.exports import csv_file

app_name = "under_test"
attempts: list[int] = []


def who(request: ActorRequest) -> JsonResponse:
    """Tell everything that the guard promises."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('app.agence')")
        (agence,) = cursor.fetchone()
    actor = request.actor
    answer = {
        "role": actor.role,
        "client": actor.client_id,
        "rights": sorted(actor.rights),
        "secteurs": None if actor.secteur_ids is None else sorted(actor.secteur_ids),
        "may_act": actor.may_act,
        "agence": int(agence),
        "zone": timezone.get_current_timezone_name(),
        "atomic": connection.in_atomic_block,
        "now": request.now.isoformat(),
    }
    return JsonResponse(answer)


def framed(request: ActorRequest) -> HttpResponse:
    """A page in the client's layout."""
    template = engines["django"].from_string(
        '{% extends "layouts/client.html" %}{% load press %}'
        "{% block title %}Essai{% endblock %}{% block content %}{% press_key %}{% endblock %}"
    )
    return HttpResponse(template.render({}, request))


def press(request: ActorRequest) -> HttpResponse:
    """Answer the key of a press."""
    return HttpResponse(key_of(request))


def deadlocked(request: ActorRequest) -> HttpResponse:
    """Lose against another transaction as often as `attempts` says."""
    messages.info(request, "essai")
    if attempts:
        attempts.pop()
        raise OperationalError("deadlock detected") from DeadlockDetected("deadlock detected")
    said = [str(message) for message in messages.get_messages(request)]
    return HttpResponse(json.dumps(said))


def unreachable(request: ActorRequest) -> HttpResponse:
    """Find no database."""
    raise OperationalError("connection failed")


def broken(request: ActorRequest) -> HttpResponse:
    """Fail."""
    raise RuntimeError("a fault of ours")


def missing(request: ActorRequest) -> HttpResponse:
    """Find nothing."""
    raise Http404


def denied(request: ActorRequest) -> HttpResponse:
    """Refuse with a sentence."""
    raise PermissionDenied("Seule l’administration règle cela.")


def planted(request: ActorRequest) -> JsonResponse:
    """Forget whose visits these are."""
    return JsonResponse(list(Intervention.objects.values_list("agence", flat=True)), safe=False)


def streamed(request: ActorRequest) -> StreamingHttpResponse:
    """Forget it in a file that goes on after the view has ended."""
    actor, found = request.actor, Intervention.objects.values_list("agence", "number")
    return StreamingHttpResponse(csv_file.stream(found, ["agence", "number"], actor.agence_id, actor.zone))


urlpatterns = [
    path("", who, name="who"),
    path("cadre/", framed, name="framed"),
    path("oubli/", planted, name="planted"),
    path("oubli/fichier/", streamed, name="streamed"),
    path("presse/", press, name="press"),
    path("verrou/", deadlocked, name="deadlocked"),
    path("panne/", unreachable, name="unreachable"),
    path("faute/", broken, name="broken"),
    path("rien/", missing, name="missing"),
    path("interdit/", denied, name="denied"),
    path("plus/", include(([path("loin/", who, name="far")], "deeper"))),
]
