"""Refusals in words: who may not enter, what is not there, what went wrong. As a page, or as a notice for htmx.

The pages of a breakdown (500, 503) are made without the database, the session or the request.
"""

import sys
from collections.abc import Collection, Sequence
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from interventions.states import Role
from portals.web.doors import PORTAL_NAMES, PORTALS, Door
from portals.web.pages import is_partial

RETRY_SECONDS = 30


def wrong_portal(request: HttpRequest, roles: Collection[Role], doors: Sequence[Door]) -> HttpResponse:
    """Refuse a portal to somebody signed in, with the ways to their own portals."""
    portal = PORTAL_NAMES[next(PORTALS[role] for role in roles)]
    if doors:
        text = _("Votre adresse n’ouvre pas cet espace. Voici ce qu’elle ouvre :")
    elif request.user.is_staff:
        text = _("Ce compte est celui d’un opérateur : il n’est rattaché à aucune agence.")
    else:
        text = _("Votre adresse n’est rattachée à aucune agence aujourd’hui. Votre agence peut y remédier.")
    title = _("%(portal)s : accès refusé") % {"portal": portal}
    return _answer(request, 403, title, text, doors=_one_a_portal(doors), operator=request.user.is_superuser)


def _one_a_portal(doors: Sequence[Door]) -> list[Door]:
    return list({door.portal: door for door in doors}.values())


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer what could not be understood (handler400)."""
    text = _("Cette demande est incomplète. Rechargez la page et recommencez ; rien n’a été enregistré.")
    return _answer(request, 400, _("Demande incomplète"), text)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer what the person may not do (handler403); a sentence given to PermissionDenied is shown."""
    said = str(exception) if isinstance(exception, PermissionDenied) else ""
    text = said or _("Vos droits ne permettent pas cette action. Rien n’a été enregistré.")
    return _answer(request, 403, _("Accès refusé"), text)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer an address that leads nowhere, or to what the person may not see (handler404): the same words."""
    text = _("Cette adresse ne mène à rien que vous puissiez voir. Elle a peut-être changé.")
    return _answer(request, 404, _("Page introuvable"), text)


def wrong_method(request: HttpRequest, refused: HttpResponseNotAllowed) -> HttpResponse:
    """Answer whoever opens an address that only takes presses, say by reloading what a refused one had left."""
    text = _("Cette adresse enregistre une action ; elle n’a pas de page à montrer. Rien n’a été enregistré.")
    response = _answer(request, refused.status_code, _("Rien à afficher ici"), text)
    response.headers["Allow"] = refused.headers["Allow"]
    return response


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form sent from a page that has grown too old, or from elsewhere (CSRF_FAILURE_VIEW)."""
    text = _("Cette page était ouverte depuis trop longtemps. Rechargez-la et recommencez ; rien n’a été enregistré.")
    return _answer(request, 403, _("Page périmée"), text)


def too_many_requests(request: HttpRequest) -> HttpResponse:
    """Answer whoever tries too often (handler429, which allauth calls)."""
    return _answer(request, 429, _("Trop d’essais"), _("Attendez quelques minutes, puis recommencez."))


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer a breakdown (handler500): 503 when it is the database that cannot be reached."""
    if isinstance(sys.exc_info()[1], (OperationalError, InterfaceError)):
        text = _("Le service est momentanément indisponible. Rien n’a été enregistré ; réessayez dans une minute.")
        response = _answer(request, 503, _("Service indisponible"), text, alone=True)
        response.headers["Retry-After"] = str(RETRY_SECONDS)
        return response
    text = _("Une erreur s’est produite de notre côté. Rien n’a été enregistré ; elle nous est signalée.")
    return _answer(request, 500, _("Erreur inattendue"), text, alone=True)


def _answer(
    request: HttpRequest, status: int, title: str, text: str, *, alone: bool = False, **more: Any
) -> HttpResponse:
    """Say it; `alone` renders without the request, whose session may be what is broken."""
    # A failure before the htmx middleware leaves the request without its details.
    template = "errors/refusal.html"
    if hasattr(request, "htmx") and is_partial(request):
        template += "#notice"
    context = {"title": title, "text": text, "doors": (), "operator": False, **more}
    if alone:
        return HttpResponse(render_to_string(template, context), status=status)
    return render(request, template, context, status=status)
