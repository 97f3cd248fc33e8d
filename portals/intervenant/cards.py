"""Mes interventions: one card a visit to validate, grouped by day, with what to look at before saving."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from django.utils.translation import gettext as _

from interventions.actor import Actor
from interventions.guards import Guard
from interventions.models import Intervention
from interventions.operations import Possibility, possibilities
from interventions.states import Action
from portals.intervenant.around import around
from portals.intervenant.caution import Caution, cautions, unsettled, wants_reason
from portals.intervenant.contrat_hours import allowances
from portals.intervenant.declarations import ACTIONS, DeclarationForm, Etat
from portals.web import format as fmt

MINUTE = dt.timedelta(minutes=1)
# «Tout est conforme» for everything on screen, instead of one day.
ALL = "tout"


@dataclass(slots=True)
class Card:
    """A visit to validate as the screen shows it."""

    form: DeclarationForm
    possible: Possibility | None
    cautions: list[Caution] = field(default_factory=list)
    refusal: str = ""
    was: str = ""

    @property
    def visit(self) -> Intervention:
        """The visit."""
        return self.form.visit

    @property
    def planned_end(self) -> str:
        """When it ends by the plan, with the day where that is another: «7 h 00 dim.»."""
        start, end = self.visit.retained_start, self.visit.retained_end
        on_its_day = fmt.end_hour(start, end)
        same = fmt.as_date(start) == fmt.as_date(end - MINUTE)
        return on_its_day if same else f"{fmt.hour(end)} {fmt.day_short(end).partition(' ')[0]}"

    @property
    def minutes(self) -> int:
        """What it lasts: as entered where that makes sense, else as planned."""
        facts = self.form.facts or self.visit.retained
        return fmt.elapsed(facts.start, facts.end)

    @property
    def planned_tenths(self) -> int:
        """The kilometres of the plan in tenths, for the page's script."""
        return int(self.form.known.km * 10) if self.form.known else 0

    @property
    def as_planned(self) -> bool:
        """Whether nothing entered differs from the plan."""
        return self.form.facts in (None, self.form.known) and not self.form.errors

    def closed(self, action: Action) -> Guard | None:
        """Return why a state cannot be set, or None where it can."""
        if self.possible is None:
            return Guard.STATUS
        return None if action in self.possible.actions else self.possible.blocked.get(action, Guard.STATUS)

    @property
    def options(self) -> list[tuple[Etat, bool, bool]]:
        """The three states: each with whether it is set and whether it is closed."""
        return [
            (etat, etat is self.form.etat, etat in ACTIONS and self.closed(ACTIONS[etat]) is not None) for etat in Etat
        ]

    @property
    def why_closed(self) -> str:
        """Why Réalisé is closed, in words; nothing where it is open."""
        guard = self.closed(Action.COMPLETE)
        return str(guard.label) if guard else ""

    @property
    def open(self) -> bool:
        """Whether the fields show at once: something is wrong, or was entered."""
        return self.form.is_bound and (bool(self.form.errors) or self.form.typed or bool(self.cautions))

    @property
    def acknowledged(self) -> str:
        """What the person has before their eyes: pressing Valider once more takes it as meant."""
        return " ".join(caution.code for caution in self.cautions) if self.form.is_bound else ""

    def warn(self, found: list[Caution]) -> None:
        """Show these remarks; where words are missing, ask for them beside the comment."""
        self.cautions = found
        if wants_reason(found, self.form.said):
            self.form.add_error("comment", _("Dites pourquoi en quelques mots, ou touchez un motif."))


@dataclass(frozen=True, slots=True)
class DayGroup:
    """The cards of one day."""

    day: dt.date
    cards: list[Card]

    @property
    def minutes(self) -> int:
        """What the day's visits last together."""
        return sum(card.minutes for card in self.cards)

    @property
    def may_conform(self) -> bool:
        """Whether «Tout est conforme» would set anything."""
        return any(card.closed(Action.COMPLETE) is None for card in self.cards)


def cards(
    visits: Iterable[Intervention],
    actor: Actor,
    now: dt.datetime,
    data: Mapping[str, Any] | None = None,
    afresh: bool = False,
) -> list[Card]:
    """Build the cards in the order of the visits; bound to `data` those that it names. Constant statements.

    `afresh` is for showing them again: a stale one starts from the visit as it is now, keeps the comment, and says
    what stood in its fields.
    """
    found = list(visits)
    possible = possibilities([visit.pk for visit in found], actor, now)
    posted = _posted(data)
    made = []
    for visit in found:
        may = possible.get(visit.pk)
        bound = data if visit.public_id.hex in posted else None
        asked = bound is not None and bound.get("conforme") in (visit.day.isoformat(), ALL)
        conforming = asked and may is not None and Action.COMPLETE in may.actions
        form = DeclarationForm(bound, visit=visit, actor=actor, now=now, conforming=conforming)
        form.is_valid()
        card = Card(form, may)
        made.append(_renewed(card, actor, now) if afresh and form.is_stale else card)
    return made


def _renewed(card: Card, actor: Actor, now: dt.datetime) -> Card:
    typed = {name: card.form.data.get(card.form.add_prefix(name), "") for name in ("start", "end", "km")}
    form = DeclarationForm(visit=card.visit, actor=actor, now=now)
    form.initial["comment"] = card.form.said
    words = _("Sur votre écran\u00a0: %(start)s – %(end)s, %(km)s\u202fkm.") % (typed | {"km": typed["km"] or "0"})
    return Card(form, card.possible, refusal=str(Guard.STALE.label), was=words)


def _posted(data: Mapping[str, Any] | None) -> set[str]:
    return {name.removesuffix("-seen") for name in data or () if name.endswith("-seen")}


def by_day(found: Iterable[Card]) -> list[DayGroup]:
    """Group cards by the day that their visits belong to, keeping their order."""
    return [DayGroup(day, list(group)) for day, group in groupby(found, key=lambda card: card.visit.day)]


def point_out(found: Iterable[Card], actor: Actor) -> bool:
    """Put beside each card set to Réalisé what should be looked at; return whether any of it still asks."""
    done = [card for card in found if card.form.counts and card.form.facts]
    entered = {card.visit.pk: card.form.facts for card in done if card.form.facts}
    cancelled = {card.visit.pk for card in found if card.form.etat is Etat.CANCELLED}
    near = around(actor, entered.values(), entered, cancelled)
    allowed = allowances(actor, [card.visit for card in done], entered)
    asks = False
    for card in done:
        key = card.visit.pk
        card.cautions = cautions(entered[key], card.form.known, actor, near, key, allowed.get(key))
        asks |= unsettled(card.cautions, card.form.acknowledged_codes, card.form.said)
    return asks


def foresee(found: Iterable[Card], actor: Actor) -> None:
    """Put beside each card what the plan itself already says: visits that overlap as planned."""
    planned = {card.visit.pk: card.form.known for card in found if card.form.known}
    near = around(actor, planned.values(), planned)
    for card in found:
        known = planned.get(card.visit.pk)
        card.cautions = cautions(known, known, actor, near, card.visit.pk) if known else []
