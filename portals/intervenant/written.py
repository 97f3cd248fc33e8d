"""What is written in a card of Mes interventions: its texts, and what its shape hangs on (portals.web.pieces)."""

from __future__ import annotations

from collections.abc import Hashable
from decimal import Decimal
from typing import Any

from django import forms
from django.template.loader import get_template
from django.utils.safestring import SafeString

from portals.intervenant.cards import Card
from portals.intervenant.declarations import DeclarationForm
from portals.intervenant.entry import EntryForm
from portals.templatetags import contreseing
from portals.web import format as fmt
from portals.web.pieces import write

_TEXTS = ("start", "end", "km", "comment")


def declaration(card: Card, *, module_off: bool) -> SafeString:
    """Write a visit to validate, with what may be entered for it and the three states."""
    form, visit = card.form, card.visit
    plan = visit.planned or visit.retained
    start, end = plan.start, plan.end
    lasts = fmt.elapsed(start, end)
    values = {
        "id": str(visit.public_id),
        "prefix": str(form.prefix),
        "version": str(visit.version),
        "planned_minutes": str(lasts),
        "minutes": str(card.minutes),
        "tenths": str(card.planned_tenths),
        "client": visit.client.full_name,
        "prestation": visit.prestation.name,
        "day": fmt.day_short(visit.day),
        "hours": fmt.time_range(start, end),
        "begins": fmt.hour(start),
        "ends": card.planned_end,
        "lasts": fmt.duration(lasts),
        "clock_change": fmt.clock_change(start, end),
        "mission": visit.ordre_de_mission,
        "acknowledged": card.acknowledged,
        "refusal": str(card.refusal),
        "was": card.was,
        "why_closed": "" if module_off else card.why_closed,
        "cautions": _cautions(card),
        **_entry(card),
    }
    shape: dict[str, Hashable] = {"open": card.open, "as_planned": card.as_planned, "wrong": bool(form.errors)}
    shape |= {"module_off": module_off, "options": tuple(card.options)}
    return write("intervenant/card.html", values, shape)


def _cautions(card: Card) -> SafeString:
    if not card.cautions:
        return SafeString()
    return SafeString(get_template("intervenant/card_cautions.html").render({"card": card, "form": card.form}))


def _entry(card: Card) -> dict[str, str]:
    """Return what says in a line how the visit differs from the plan, and the fields."""
    form = card.form
    known = form.known.km if form.known else Decimal(0)
    return {
        "gap": _gap(contreseing.gap(form.gap_minutes)) if form.gap_minutes else "",
        "km": fmt.km(known) if known else "",
        "gap_km": _gap(contreseing.gap_km(form.gap_km)) if form.gap_km else "",
        "commented": "1" if form["comment"].value() else "",
        "fields": fields(form),
    }


def _gap(context: dict[str, Any]) -> SafeString:
    return SafeString(get_template("components/gap.html").render(context))


def fields(form: DeclarationForm) -> SafeString:
    """Write the fields: those of a form that was sent by their template, those of a fresh one by their shape."""
    if form.is_bound:
        return SafeString(get_template("intervenant/entry_fields.html").render({"form": form}))
    values = {name: str(form.initial[name]) for name in _TEXTS}
    values |= {f"planned_{name}": text for name, text in form.planned.items()} | {"prefix": str(form.prefix)}
    shape = {"chips": tuple(form.actor.agence.comment_chips), "twice": form.hour_exists_twice}
    return write("intervenant/entry_fields.html", values, shape, _fresh)


def _fresh(context: dict[str, Any]) -> dict[str, Any]:
    """Return a form that nobody has sent, of these values."""
    return {"form": _Fresh(context)}


class _Fresh(EntryForm):
    hour_exists_twice = False

    def __init__(self, context: dict[str, Any]) -> None:
        forms.Form.__init__(self, prefix=context["prefix"], initial={name: context[name] for name in _TEXTS})
        self.planned = {name: context[f"planned_{name}"] for name in EntryForm.planned}
        self.hour_exists_twice = context["twice"]
        self.fields["chips"].choices = [(text, text) for text in context["chips"]]  # type: ignore[attr-defined]
