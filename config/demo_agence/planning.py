"""The demo's planning: the same week, four weeks back and two weeks ahead."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from config.demo_agence.cast import Cast
from interventions import operations
from interventions.actor import system
from interventions.operations import Change, NewVisit
from interventions.states import Action, Origin, Via

WEEKS_BACK, WEEKS_AHEAD = 4, 2
ORDERS = ("", "Clé chez la voisine du 2e.", "", "Prévoir le pilulier ; noter l’heure du repas.", "")
# Hour, minutes of each visit of a carer's day; every second weekday has the shorter list.
DAY = ((8, 60), (9, 90), (11, 60), (14, 90), (17, 45))
NIGHT_START, NIGHT_MINUTES = 22, 480


def plan(cast: Cast, today: date, at: datetime) -> None:
    """Plan every visit of the demo in one batch, as a planning tool of the agency would."""
    first = today - timedelta(days=today.weekday() + 7 * WEEKS_BACK)
    days = [first + timedelta(days=offset) for offset in range(7 * (WEEKS_BACK + 1 + WEEKS_AHEAD))]
    changes = [change for day in days for change in _day(cast, day)]
    actor = system(cast.agence, Via.COMMAND)
    operations.apply(changes, actor=actor, at=at, key="demo-planning")


def _day(cast: Cast, day: date) -> Iterator[Change]:
    if day.weekday() == 6:
        return
    carers = cast.intervenants if day.weekday() < 5 else cast.intervenants[:1]
    for turn, carer in enumerate(carers):
        for place, (hour, minutes) in enumerate(DAY[: 5 - (day.weekday() + turn) % 3]):
            pairs = list(cast.contrats.items())
            # The same carer comes to the same clients: the first one to the first clients.
            pick = (turn * 4 + place + (day.weekday() % 2) * 2) % len(pairs)
            (client_id, prestation_id), contrat = pairs[pick]
            start = _at(cast, day, hour, 30 if place % 2 else 0)
            yield _visit(client_id, prestation_id, contrat.pk, carer.pk, start, minutes, place)
    if day.weekday() == 4:
        (client_id, prestation_id), contrat = list(cast.contrats.items())[1]
        start = _at(cast, day, NIGHT_START, 0)
        yield _visit(client_id, prestation_id, contrat.pk, cast.intervenants[1].pk, start, NIGHT_MINUTES, 1)
    if day.weekday() == 2:
        # Nobody has been found for this one yet.
        (client_id, prestation_id), contrat = list(cast.contrats.items())[2]
        yield _visit(client_id, prestation_id, contrat.pk, None, _at(cast, day, 18, 30), 45, 0)


def _at(cast: Cast, day: date, hour: int, minute: int) -> datetime:
    return datetime.combine(day, time(hour, minute), cast.agence.zone).astimezone(UTC)


def _visit(
    client_id: int,
    prestation_id: int,
    contrat_id: int,
    intervenant_id: int | None,
    start: datetime,
    minutes: int,
    place: int,
) -> Change:
    new = NewVisit(
        client_id,
        prestation_id,
        start,
        start + timedelta(minutes=minutes),
        Decimal("2.4") if place % 2 else Decimal("0.0"),
        intervenant_id,
        contrat_id,
        Origin.PLANNING,
    )
    return Change(Action.PLAN, new=new, ordre_de_mission=ORDERS[place])
