"""A mail of each kind to look at before its words are saved: about a visit of today's, or an invented one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from interventions import mandate_letters
from interventions.actor import Actor
from interventions.mails import rendering, sign_in
from interventions.mails.letterhead import Letterhead
from interventions.mails.reading import Matter
from interventions.mails.rendering import Content
from interventions.mails.texts import TEXTS
from interventions.models import (
    Batch,
    Civility,
    Client,
    Intervenant,
    Intervention,
    JournalEntry,
    Mail,
    MailLine,
    MandateStep,
    Prestation,
    Proche,
    Proposition,
    Topic,
)
from interventions.states import Action, Role, Status
from interventions.workflow import Told

FEW = 3
CODE, MINUTES = "123456", 15


@dataclass(frozen=True, slots=True)
class Example:
    """A mail as it would leave, and whether it is about something that is really there."""

    content: Content
    real: bool


@dataclass(frozen=True, slots=True)
class _Kind:
    """Of which visits a mail of a topic tells, and which act makes an invented one."""

    told: Told
    statuses: tuple[Status, ...]
    action: Action
    reminds: bool = False


_SETTLED = (Status.VALIDATED, Status.CANCELLED)
_KINDS = {
    Topic.CLIENT_ASKED: _Kind(Told.CLIENT, (Status.DONE,), Action.COMPLETE),
    Topic.CLIENT_REMINDED: _Kind(Told.CLIENT, (Status.DONE,), Action.COMPLETE, reminds=True),
    Topic.CLIENT_TOLD: _Kind(Told.CLIENT, _SETTLED, Action.VALIDATE_FOR_CLIENT),
    Topic.INTERVENANT_ASKED: _Kind(Told.INTERVENANT, (Status.CONTESTED,), Action.CONTEST),
    Topic.INTERVENANT_TOLD: _Kind(Told.INTERVENANT, (*_SETTLED, Status.PLANNED), Action.ASSIGN),
    Topic.MANAGER_TOLD: _Kind(Told.MANAGER, (Status.ARBITRATION,), Action.REFUSE_CHANGE),
}


def of(actor: Actor, topic: Topic, head: Letterhead, now: datetime) -> Example:
    """Return a mail of that kind on that letterhead, about visits that this manager sees, else an invented one."""
    if topic is Topic.SIGN_IN:
        return Example(sign_in.letter(CODE, head, MINUTES), real=False)
    if topic is Topic.MANDATE:
        return _mandate(actor, head)
    kind = _KINDS[topic]
    matters = _real(actor, kind)
    invented = not matters
    matters = matters or [_invented(actor, kind, now)]
    mail = Mail(agence=actor.agence)
    mail.user_id = _reader(actor, kind, matters[0])  # type: ignore[assignment]  # never saved
    return Example(rendering.of_visits(mail, matters, head, now), real=not invented)


def _reader(actor: Actor, kind: _Kind, matter: Matter) -> int | None:
    if kind.told is Told.MANAGER:
        return actor.user_id
    person: Any = matter.visit.client if kind.told is Told.CLIENT else matter.visit.intervenant
    return person.user_id if person else None


def _mandate(actor: Actor, head: Letterhead) -> Example:
    clients: Any = Client.objects.visible_to(actor)
    found = Proche.objects.filter(agence_id=actor.agence_id, client__in=clients, ended_at=None)
    real = found.select_related("client").order_by("-pk").first()
    proche = real or Proche(first_name=_("Anne"), last_name=_("Exemple"), client=_somebody(actor))
    return Example(mandate_letters.letter(MandateStep.NAMED, proche, head, by_client=False), real=real is not None)


def _real(actor: Actor, kind: _Kind) -> list[Matter]:
    """Return the latest visit of which such a mail would tell, with a few of the same client and act."""
    seen: Any = Intervention.objects.visible_to(actor)
    telling = [str(action) for action in TEXTS[kind.told]]
    fitting = seen.filter(status__in=kind.statuses, last_action__in=telling, intervenant__isnull=False)
    latest = fitting.order_by("-last_at", "-pk").first()
    if latest is None:
        return []
    alike = fitting.filter(
        client=latest.client_id,
        intervenant=latest.intervenant_id,
        last_action=latest.last_action,
        status=latest.status,
    )
    visits = alike.select_related("client", "intervenant", "prestation", "motif").order_by("-last_at", "-pk")[:FEW]
    entries = {visit.pk: visit.journal.select_related("batch").latest("version") for visit in visits}
    matters = [_matter(kind, visit, entries[visit.pk], Action(visit.last_action)) for visit in visits]
    return sorted(matters, key=lambda one: (one.visit.retained_start, one.visit.pk))


def _matter(kind: _Kind, visit: Intervention, entry: JournalEntry, action: Action) -> Matter:
    role = {Told.CLIENT: Role.CLIENT, Told.INTERVENANT: Role.INTERVENANT}.get(kind.told, Role.MANAGER)
    line = MailLine(role=role, action=action, reminds=kind.reminds)
    proposed = (
        Proposition.objects.filter(intervention=visit.pk, closed_at__isnull=True).select_related("motif").first()
    )
    return Matter(line, kind.told, action, visit, entry, entry.batch, None, proposed)


def _somebody(actor: Actor) -> Client:
    return Client(agence=actor.agence, civility=Civility.MRS, first_name=_("Jeanne"), last_name=_("Exemple"))


def _invented(actor: Actor, kind: _Kind, now: datetime) -> Matter:
    """Return a visit of yesterday that is in no table."""
    day = now.astimezone(actor.zone).date() - timedelta(days=1)
    start = datetime.combine(day, time(9), actor.zone).astimezone(UTC)
    end, km = start + timedelta(hours=1), Decimal("2.4")
    visit = Intervention(
        agence=actor.agence,
        client=_somebody(actor),
        intervenant=Intervenant(agence=actor.agence, first_name=_("Nadia"), last_name=_("Modèle")),
        prestation=Prestation(agence=actor.agence, name=_("Aide à la toilette")),
        status=kind.statuses[0],
        day=day,
        **{
            f"{version}_{name}": value
            for version in ("planned", "declared", "retained")
            for name, value in (("start", start), ("end", end), ("km", km))
        },
    )
    batch = Batch(agence=actor.agence, actor_name=_("Nadia Modèle"), role=Role.INTERVENANT, at=now)
    entry = JournalEntry(agence=actor.agence, batch=batch, role=Role.INTERVENANT, action=kind.action, before={})
    role: Sequence[Role] = [one for one in (Role.CLIENT, Role.INTERVENANT, Role.MANAGER) if str(one) == str(kind.told)]
    line = MailLine(role=role[0], action=kind.action, reminds=kind.reminds)
    return Matter(line, kind.told, kind.action, visit, entry, batch, None, None)
