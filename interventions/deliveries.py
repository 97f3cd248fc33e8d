"""What reached whom: from when the days of silence count."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Exists, F, OuterRef, Q

from interventions.models import Fate, MailLine, MailPreference, Proche, ProcheKind, Rhythm
from interventions.querysets import among
from interventions.states import Role

# The mail service took it and nothing came back for this long: it has arrived.
NOTHING_CAME_BACK = timedelta(hours=48)


@dataclass(frozen=True, slots=True)
class Arrival:
    """A mail about a step of a visit that reached `user_id` at `at`, which is certain from `known_at` on."""

    visit: int
    step: int
    reminds: bool
    at: datetime
    known_at: datetime
    user_id: int
    client_id: int
    client_user_id: int | None
    zone: str
    tuteur_acts_alone: bool


def delivered_at(intervention_ids: Collection[int], now: datetime) -> dict[int, datetime]:
    """Return when each visit's present step first reached somebody who may validate it; absent where none did.

    The instant is the one the mail service gave, or the one at which it took the mail, once 48 h have passed
    without its coming back. Three statements at most.
    """
    return _earliest(_arrivals(intervention_ids, reminds=False, step=F("intervention__step")), now)


def reminded_at(intervention_ids: Collection[int], now: datetime) -> dict[int, datetime]:
    """Return when a reminder of each visit's present step first reached somebody who may validate it."""
    return _earliest(_arrivals(intervention_ids, reminds=True, step=F("intervention__step")), now)


def of_all_steps(intervention_ids: Collection[int], now: datetime) -> dict[tuple[int, int], list[Arrival]]:
    """Return what ever reached somebody who may validate today, by visit and step, known yet or not.

    Two statements, however many visits.
    """
    arrivals = _arrivals(intervention_ids)
    mandates = _mandates({one.client_id for one in arrivals})
    found: dict[tuple[int, int], list[Arrival]] = defaultdict(list)
    for one in arrivals:
        if _may_validate(one, mandates[one.client_id], now):
            found[one.visit, one.step].append(one)
    return found


def _arrivals(intervention_ids: Collection[int], **which: Any) -> list[Arrival]:
    rows = MailLine.objects.filter(
        _reads_mails(),
        among(intervention_ids, "intervention"),
        role=Role.CLIENT,
        told=True,
        mail__fate__in=(Fate.SENT, Fate.DELIVERED),
        mail__bounced_at__isnull=True,
        **which,
    ).values_list(
        "intervention_id",
        "step",
        "reminds",
        "mail__delivered_at",
        "mail__sent_at",
        "mail__user_id",
        "intervention__client_id",
        "intervention__client__user_id",
        "agence__timezone",
        "agence__tuteur_acts_alone",
    )
    found = []
    for visit, step, again, delivered, sent, user, client, client_user, zone, alone in rows:
        if at := delivered or sent:
            known = at if delivered else at + NOTHING_CAME_BACK
            found.append(Arrival(visit, step, again, at, known, user, client, client_user, zone, alone))
    return found


def _reads_mails() -> Q:
    """Return the condition that the reader still wants mails; a tuteur and a gestionnaire cannot but."""
    none = MailPreference.objects.filter(agence=OuterRef("agence"), user=OuterRef("mail__user"), rhythm=Rhythm.NONE)
    mandates = Proche.objects.filter(agence=OuterRef("agence"), user=OuterRef("mail__user"), ended_at=None)
    tuteur = mandates.filter(kind=ProcheKind.TUTEUR)
    return ~Q(Exists(none)) | Q(Exists(tuteur))


def _earliest(arrivals: Iterable[Arrival], now: datetime) -> dict[int, datetime]:
    arrivals = [one for one in arrivals if one.known_at <= now]
    if not arrivals:
        return {}
    mandates = _mandates({one.client_id for one in arrivals})
    found: dict[int, datetime] = {}
    for one in arrivals:
        if _may_validate(one, mandates[one.client_id], now):
            found[one.visit] = min(one.at, found.get(one.visit, one.at))
    return found


def _mandates(clients: Collection[int]) -> dict[int, list[Proche]]:
    found: dict[int, list[Proche]] = defaultdict(list)
    for proche in Proche.objects.filter(among(clients, "client"), ended_at=None):
        found[proche.client_id].append(proche)
    return found


def _may_validate(arrival: Arrival, proches: Iterable[Proche], now: datetime) -> bool:
    """Whether the reader may validate today: the client, unless a tuteur acts alone, or a proche with that right."""
    today = now.astimezone(ZoneInfo(arrival.zone)).date()
    running = [one for one in proches if one.starts_on <= today and (one.ends_on is None or today <= one.ends_on)]
    if any(one.user_id == arrival.user_id and one.may_validate for one in running):
        return True
    guarded = arrival.tuteur_acts_alone and any(one.kind == ProcheKind.TUTEUR for one in running)
    return arrival.user_id == arrival.client_user_id and not guarded
