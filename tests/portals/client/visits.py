"""Visits as the client's side meets them, and what a page's form sends."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from interventions.guards import Facts
from interventions.models import Intervention
from interventions.states import Action
from tests import factories

YESTERDAY = factories.NOW.date() - timedelta(days=1)


def a_done_visit(
    world: factories.World, *, day: date = YESTERDAY, comment: str = "", declared: Any = None, **planned: Any
) -> Intervention:
    """Plan a visit and let the intervenant declare it: as planned, or with the facts `declared`."""
    visit = world.visit(day=day, **planned)
    world.act(visit, Action.COMPLETE, world.as_intervenant, facts=declared, comment=comment)
    assert visit.status == "done"
    return visit


def facts_of(visit: Intervention, start: str, end: str, km: str = "2.4") -> Any:
    """Return facts on the visit's day, on the agency's clock."""
    return Facts(factories.local(visit.day, start), factories.local(visit.day, end), Decimal(km))


def at(visit: Intervention, noun: str = "") -> str:
    """Return the address of a visit, or of what is done to it."""
    return f"/client/interventions/{visit.public_id}/" + (f"{noun}/" if noun else "")


def sent(visit: Intervention, **fields: Any) -> dict[str, Any]:
    """Return what a form of that visit sends: a fresh key, the version seen, and the rest."""
    return {"key": factories.key(), "vu": visit.version, **fields}
