"""What was entered for a visit that no longer waits: shown beside what stands there now, so that nothing is lost.

It happens to a page that stayed open, and above all to what a phone kept without a network: meanwhile the office
cancelled the visit or gave it to somebody else, or the same person declared it elsewhere.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _

from interventions import hours
from interventions.actor import Actor
from interventions.models import Intervention
from interventions.states import Status
from portals.intervenant import visits
from portals.intervenant.cards import Card
from portals.intervenant.declarations import ACTIONS, Etat
from portals.web import format as fmt

LABEL_LENGTH = 160
COMMENT_LENGTH = 2000


@dataclass(frozen=True, slots=True)
class Conflict:
    """A visit that was entered and is no longer to be declared: both sides, in words.

    `visit` is None where it is not the actor's any more: of such a visit nothing is told but what they typed.
    """

    title: str
    entered: str
    now: str
    visit: Intervention | None


def conflicts(
    actor: Actor, data: Mapping[str, str], shown: Iterable[Card], done: Collection[int | None] = ()
) -> list[Conflict]:
    """Return what the form set to Réalisé or Annulé that is neither on screen nor done by this very press."""
    missing = _acting(data) - {card.visit.public_id for card in shown}
    if not missing:
        return []
    found = {visit.public_id: visit for visit in visits.chosen(actor, missing)}
    return [
        _conflict(key, data, found.get(key))
        for key in sorted(missing)
        if key not in found or found[key].pk not in done
    ]


def _acting(data: Mapping[str, str]) -> set[UUID]:
    found = set()
    for name, value in data.items():
        prefix, dash, field = name.partition("-")
        if dash and field == "state" and value in set(ACTIONS):
            try:
                found.add(UUID(hex=prefix))
            except ValueError:
                continue
    return found


def _conflict(key: UUID, data: Mapping[str, str], visit: Intervention | None) -> Conflict:
    typed = {name: data.get(f"{key.hex}-{name}", "").strip() for name in ("label", "start", "end", "km", "comment")}
    if visit is None:
        now = _("Cette visite n’est plus à votre planning.")
        return Conflict(typed["label"][:LABEL_LENGTH] or _("Une visite"), _entered(key, data, typed), now, None)
    span = fmt.time_range(visit.retained_start, visit.retained_end)
    title = f"{visit.client.full_name}, {fmt.day_short(visit.day)}"
    now = f"{Status(visit.status).label}, {span}, {fmt.km(visit.retained_km)}"
    return Conflict(title, _entered(key, data, typed), now, visit)


def _entered(key: UUID, data: Mapping[str, str], typed: Mapping[str, str]) -> str:
    etat = Etat(data[f"{key.hex}-state"])
    words = [str(etat.label)]
    if etat is Etat.DONE and typed["start"] and typed["end"]:
        words.append(f"{_clock(typed['start'])} – {_clock(typed['end'])}")
    if etat is Etat.DONE and typed["km"]:
        words.append(f"{typed['km'][:12]}\u202fkm")
    if typed["comment"]:
        words.append(_("« %(comment)s »") % {"comment": typed["comment"][:COMMENT_LENGTH]})
    return ", ".join(words)


def _clock(text: str) -> str:
    """Return an hour as the screens write it; what is none, as it was typed."""
    try:
        entered = hours.parse_clock(text[:5])
    except hours.InvalidEntry:
        return text[:8]
    return fmt.clock(entered.hour, entered.minute)
