"""The tab Mes interventions, and Valider, which saves all of it as one press."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.db.models import FETCH_RAISE
from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from interventions import operations
from interventions.guards import Guard
from interventions.models import Intervention
from interventions.states import Action, Status
from portals.intervenant import visits
from portals.intervenant.cards import ALL, Card, by_day, cards, foresee, point_out
from portals.intervenant.caution import told
from portals.intervenant.conflicts import conflicts
from portals.intervenant.declarations import Etat
from portals.intervenant.menus import Menus, menus
from portals.intervenant.pressed import is_replay
from portals.intervenant.queued import REVIEW
from portals.intervenant.undoing import undos
from portals.web import format as fmt
from portals.web.kept import forget, kept_for
from portals.web.pages import INVALID, page
from portals.web.presses import FIELD, key_of, tell
from portals.web.requests import ActorRequest

# So many cards that a form stays within what Django reads of one (1,000 fields); the next come when these are saved.
SHOWN = 60
RECENT = 10
# What stands on screen of what was declared lately.
RECENTLY = (
    *("public_id", "day", "retained_start", "retained_end", "prestation__name"),
    *("client__civility", "client__first_name", "client__last_name"),
)
TEMPLATE = "intervenant/interventions.html"


@require_GET
def interventions(request: ActorRequest) -> HttpResponse:
    """Show what waits to be validated, narrowed by ?client= and ?prestation=."""
    kept = kept_for(request, reverse("intervenant:validations"))
    made = menus(visits.waiting(request.actor, request.now), request.GET or kept or {})
    if kept is not None:
        return _again(request, made, kept)
    found = cards(_waiting(request, made), request.actor, request.now)
    foresee(found, request.actor)
    return show(request, made, found)


def _again(request: ActorRequest, made: Menus, kept: QueryDict) -> HttpResponse:
    """Show what was typed before the session ended, as a save that failed would."""
    request.POST = kept  # type: ignore[assignment]
    found = cards(visits.chosen(request.actor, named(kept)), request.actor, request.now, kept)
    point_out(found, request.actor)
    return show(request, made, _on_screen(request, made, found), kept=True)


@require_http_methods(["GET", "POST"])
def validations(request: ActorRequest) -> HttpResponse:
    """Save every card set to Réalisé or Annulé in one press; give back untouched what was typed at N/B.

    «Tout est conforme» saves nothing: it sets a day, or all on screen, to Réalisé, which Valider then saves.
    """
    made = menus(visits.waiting(request.actor, request.now), request.POST)
    if request.method == "GET":
        return redirect("intervenant:interventions")
    forget(request)
    posted = visits.chosen(request.actor, named(request.POST))
    found = cards(posted, request.actor, request.now, request.POST)
    if is_replay(request):
        return _save(request, made, found)
    wrong, unseen = any(card.form.is_wrong() for card in found), point_out(found, request.actor)
    if "conforme" in request.POST:
        day = _("Journée passée à Réalisé : appuyez sur Valider pour l’enregistrer.")
        everything = _("Visites passées à Réalisé : appuyez sur Valider pour les enregistrer.")
        messages.info(request, everything if request.POST["conforme"] == ALL else day)
        return show(request, made, _on_screen(request, made, found))
    if wrong or unseen:
        return show(request, made, _on_screen(request, made, found), status=INVALID, wrong=wrong)
    return _save(request, made, found)


def named(data: QueryDict) -> list[UUID]:
    """Return the visits that a form names, each by the hidden field with the version that was seen."""
    found = []
    for name in data:
        prefix, dash, field = name.partition("-")
        if dash and field == "seen":
            try:
                found.append(UUID(hex=prefix))
            except ValueError:
                continue
    return found[:SHOWN]


def _save(request: ActorRequest, made: Menus, found: list[Card]) -> HttpResponse:
    acting = [card for card in found if card.form.etat is not Etat.NB]
    kept = [card for card in found if card.form.etat is Etat.NB and card.form.typed]
    if not acting:
        messages.warning(request, _("Rien n’est enregistré\u00a0: aucune visite n’est passée à Réalisé ni à Annulé."))
        return show(request, made, _on_screen(request, made, found), status=INVALID)
    changes = [card.form.change() for card in acting]
    outcome = operations.apply(changes, actor=request.actor, at=request.now, key=key_of(request))
    tell(request, outcome, replays=REVIEW not in request.POST)
    _remark(request, acting, {row.intervention_id for row in outcome.done})
    left = {row.intervention_id: row.message for row in outcome.refused}
    if not kept and not left and not conflicts(request.actor, request.POST, found):
        return HttpResponseRedirect(reverse("intervenant:interventions") + made.query, status=303)
    for card in kept:
        words = {"who": f"{card.visit.client.full_name}, {fmt.day_short(card.visit.day)}"}
        messages.info(request, _("%(who)s reste à N/B\u00a0: ce que vous avez saisi n’est pas enregistré.") % words)
    made = menus(visits.waiting(request.actor, request.now), request.POST)
    again = [card for card in found if card.visit.pk in left or card.form.etat is Etat.NB]
    done = [row.intervention_id for row in outcome.done]
    status = INVALID if left else 200
    return show(request, made, _on_screen(request, made, again, left), status=status, done=done)


def _remark(request: ActorRequest, acting: Iterable[Card], done: set[int | None]) -> None:
    """Say with the answer what the agency only wants to be told."""
    for card in acting:
        for sentence in told(card.cautions) if card.visit.pk in done else []:
            messages.info(request, f"{card.visit.client.full_name}, {fmt.day_short(card.visit.day)} : {sentence}")


def _on_screen(
    request: ActorRequest, made: Menus, typed: Iterable[Card], left: dict[int | None, str] | None = None
) -> list[Card]:
    """Return the cards that wait, as typed where they were, read again after a save: nothing typed is lost."""
    by_id = {card.visit.pk: card for card in typed}
    data = request.POST if by_id else None
    fresh = cards(_waiting(request, made), request.actor, request.now, data, afresh=True)
    for card in fresh:
        before = by_id.get(card.visit.pk)
        card.warn(before.cautions if before else [])
        card.refusal = card.refusal or (left or {}).get(card.visit.pk, "")
    return fresh


def _waiting(request: ActorRequest, made: Menus) -> list[Intervention]:
    if not made.total:
        return []
    waiting = made.narrow(visits.waiting(request.actor, request.now))
    return visits.rows(waiting.order_by("-day", "retained_start", "pk")[:SHOWN])


def recent(request: ActorRequest) -> list[Intervention]:
    """Read what was declared lately and may still be corrected, since the client has not answered."""
    found = visits.mine(request.actor).filter(status=Status.DONE).order_by("-declared_at", "-pk")[:RECENT]
    shown = found.select_related("client", "prestation").only(*RECENTLY).fetch_mode(FETCH_RAISE)
    return list(cast("Iterable[Intervention]", shown))


def show(
    request: ActorRequest,
    made: Menus,
    found: list[Card],
    status: int = 200,
    wrong: bool = False,
    done: Collection[int | None] = (),
    kept: bool = False,
) -> HttpResponse:
    """Show the cards by day, with what can still be taken back and what was declared lately."""
    context: dict[str, Any] = {
        "menus": made,
        "kept": kept,
        "days": by_day(found),
        "count": len(found),
        "wrong": [card for card in found if wrong and card.form.is_wrong()],
        "warned": [card for card in found if card.form.is_bound and any(each.asks for each in card.cautions)],
        "conforming": sum(card.closed(Action.COMPLETE) is None for card in found),
        "unsaved": any(card.form.typed or card.form.etat is not Etat.NB for card in found),
        "undos": undos(request.actor, request.now),
        "recent": recent(request),
        "conflicts": conflicts(request.actor, request.POST, found, done),
        "pressed": request.POST.get(FIELD, ""),
        "module_off": "" if request.actor.agence.module_enabled else str(Guard.MODULE.label),
    }
    return page(request, TEMPLATE, context, status=status)
