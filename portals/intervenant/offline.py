"""The portal as an app on a phone: its manifest, its service worker, and who is signed in. See docs/offline.md."""

from __future__ import annotations

import json

from django.http import HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from portals.web.phone import addresses, door_of, owner_of
from portals.web.requests import ActorRequest
from portals.web.stylesheets import sheets_of

JAVASCRIPT = "text/javascript; charset=utf-8"
MANIFEST = "application/manifest+json"
SCRIPTS = ("queue", "cards", "draft", "pages", "outbox", "owner", "app", "declaration", "swipe")
ICONS = ("any", "icons/app-192.png", "192x192"), ("any", "icons/app-512.png", "512x512")
MASKABLE = ("maskable", "icons/app-maskable-512.png", "512x512")
# The colours of the sheet (tokens.css), for what the phone draws before the page.
PAPER = "#f7f4ee"


@require_GET
def manifest(request: ActorRequest) -> HttpResponse:
    """Describe the app that a phone can install."""
    icons = [
        {"src": static(f"portals/{path}"), "sizes": sizes, "type": "image/png", "purpose": purpose}
        for purpose, path, sizes in (*ICONS, MASKABLE)
    ]
    described = {
        "id": reverse("intervenant:planning"),
        "name": _("Contreseing, mes interventions"),
        "short_name": "Contreseing",
        "lang": "fr",
        "start_url": reverse("intervenant:interventions"),
        "scope": reverse("intervenant:planning"),
        "display": "standalone",
        "background_color": PAPER,
        "theme_color": PAPER,
        "icons": icons,
    }
    return HttpResponse(json.dumps(described), content_type=MANIFEST)


@require_GET
def worker(request: ActorRequest) -> HttpResponse:
    """Return the service worker: what it keeps, named with its hash, then the scripts that do the work."""
    places = addresses()
    phone = {"assets": assets(), "pages": places["pages"].split(), "list": places["list"], "who": places["who"]}
    scripts = ", ".join(json.dumps(static(f"portals/js/{name}.js")) for name in ("queue", "worker"))
    text = f"self.phone = {json.dumps(phone)};\nimportScripts({scripts});\n"
    return HttpResponse(text, content_type=JAVASCRIPT)


def assets() -> list[str]:
    """Return the addresses of all that the kept pages load; a test compares them with the pages."""
    names = [*sheets_of("portal"), *(f"portals/js/{name}.js" for name in SCRIPTS)]
    return [static(name) for name in (*names, "django_htmx/htmx-2.min.js", "portals/icons.svg", "portals/mark.svg")]


@require_GET
def phone(request: ActorRequest) -> JsonResponse:
    """Say who is signed in, as the queue knows people, with a fresh token: it sends only what is theirs."""
    marks = {"owner": owner_of(request.user.pk), "door": door_of(request.actor)}
    return JsonResponse({**marks, "token": get_token(request)})
