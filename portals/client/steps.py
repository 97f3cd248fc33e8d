"""How a visit came to stand where it does, step by step, as its journal tells it to the client's side."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from interventions.actor import CLIENT_ROLES
from interventions.guards import Facts
from interventions.models import Deliberation, JournalEntry, Proposition
from interventions.states import Action, Role
from portals.client.telling import hours_said
from portals.client.visits import Visit
from portals.web import format as fmt
from portals.web.requests import ActorRequest

TITLES = {
    Action.COMPLETE: gettext_lazy("Visite déclarée"),
    Action.COMPLETE_FOR_INTERVENANT: gettext_lazy("Visite déclarée à la place de l’intervenant"),
    Action.REPORT: gettext_lazy("Visite ajoutée"),
    Action.REPORT_UNATTACHED: gettext_lazy("Visite ajoutée"),
    Action.ADMIT: gettext_lazy("Visite présentée par l’agence"),
    Action.CANCEL: gettext_lazy("Visite annulée"),
    Action.CORRECT: gettext_lazy("Heures corrigées"),
    Action.WITHDRAW: gettext_lazy("Déclaration reprise"),
    Action.SEND_BACK: gettext_lazy("Visite renvoyée à l’intervenant"),
    Action.VALIDATE: gettext_lazy("Visite validée"),
    Action.VALIDATE_FOR_CLIENT: gettext_lazy("Visite validée à votre place"),
    Action.VALIDATE_TACITLY: gettext_lazy("Visite validée, faute de réponse"),
    Action.CONTEST: gettext_lazy("Modification demandée"),
    Action.CANCEL_BY_CLIENT: gettext_lazy("Visite annulée à votre demande"),
    Action.RETRACT: gettext_lazy("Réponse reprise"),
    Action.ACCEPT_CHANGE: gettext_lazy("Modification acceptée"),
    Action.REFUSE_CHANGE: gettext_lazy("Modification refusée"),
    Action.ESCALATE: gettext_lazy("Demande transmise à l’agence"),
    Action.DISPUTE_CANCELLATION: gettext_lazy("Annulation contestée"),
    Action.OBJECT: gettext_lazy("Validation contestée"),
    Action.ARBITRATE: gettext_lazy("Décision de l’agence"),
    Action.REOPEN: gettext_lazy("Visite rouverte par l’agence"),
}
# Whose words the client's side reads: its own, and what an intervenant answers to it.
QUOTED = {Action.CONTEST, Action.CANCEL_BY_CLIENT, Action.OBJECT, Action.REFUSE_CHANGE}

ASKED = {Action.CONTEST, Action.CANCEL_BY_CLIENT, Action.OBJECT, Action.DISPUTE_CANCELLATION}


@dataclass(frozen=True)
class Step:
    """One line of components/timeline.html; `asked` marks what the client's side asked for."""

    title: str
    by: str
    status: str
    quote: str = ""
    icon: str = ""
    asked: bool = False


@dataclass
class Records:
    """The journal of some visits, with what was proposed and decided, read in three statements."""

    entries: dict[int, list[JournalEntry]] = field(default_factory=dict)
    propositions: dict[tuple[int, int], Proposition] = field(default_factory=dict)
    deliberations: dict[tuple[int, int], Deliberation] = field(default_factory=dict)

    def last_proposition(self, visit: Visit) -> Proposition | None:
        """Return what the client's side last proposed for the visit."""
        own = [one for one in self.propositions.values() if one.intervention_id == visit.row.pk]
        return max(own, key=lambda one: one.opened_at, default=None)

    def last_deliberation(self, visit: Visit) -> Deliberation | None:
        """Return what the agency last decided about the visit."""
        own = [one for one in self.deliberations.values() if one.intervention_id == visit.row.pk]
        return max(own, key=lambda one: one.at, default=None)


def read_records(ids: Collection[int], agence_id: int) -> Records:
    """Read what is on record of these visits of the agency."""
    records = Records()
    mine = {"agence_id": agence_id, "intervention_id__in": ids}
    entries = JournalEntry.objects.filter(**mine, action__in=TITLES).select_related("batch", "texts")
    for entry in entries.order_by("intervention_id", "version"):
        records.entries.setdefault(entry.intervention_id, []).append(entry)
    for proposition in Proposition.objects.filter(**mine).select_related("motif"):
        records.propositions[proposition.intervention_id, proposition.batch_id] = proposition
    for deliberation in Deliberation.objects.filter(**mine):
        records.deliberations[deliberation.intervention_id, deliberation.batch_id] = deliberation
    return records


def steps(visit: Visit, records: Records, request: ActorRequest) -> list[Step]:
    """Return the steps of one visit, the oldest first."""
    return [_step(entry, visit, records, request) for entry in records.entries.get(visit.row.pk, [])]


def _step(entry: JournalEntry, visit: Visit, records: Records, request: ActorRequest) -> Step:
    key = (entry.intervention_id, entry.batch_id)
    said = _said(records.propositions.get(key), records.deliberations.get(key))
    title = str(TITLES[Action(entry.action)])
    when = {"when": _when(entry, request), "who": _who(entry, visit, request)}
    return Step(
        title=_("%(title)s\u00a0: %(said)s") % {"title": title, "said": said} if said else title,
        by=_("%(when)s, %(who)s") % when,
        status=entry.to_status,
        quote=_quote(entry, records.deliberations.get(key)),
        asked=entry.action in ASKED,
    )


def _said(proposition: Proposition | None, deliberation: Deliberation | None) -> str:
    """Say in a few words what was proposed, or what was decided."""
    if deliberation is not None:
        return _deliberated(deliberation)
    if proposition is None:
        return ""
    if proposition.facts is None:
        return proposition.motif.label if proposition.motif else _("la visite n’a pas eu lieu")
    words = [hours_said(proposition.facts), fmt.km(proposition.facts.km)]
    return ", ".join([*words, *([proposition.motif.label] if proposition.motif else [])])


def _deliberated(deliberation: Deliberation) -> str:
    if deliberation.start is None or deliberation.end is None:
        return _("la visite est annulée")
    hours = hours_said(Facts(deliberation.start, deliberation.end))
    return f"{hours}, {fmt.km(deliberation.km)}"


def _quote(entry: JournalEntry, deliberation: Deliberation | None) -> str:
    """Return what was written: the grounds of a decision, else a comment that the client's side may read."""
    if deliberation is not None:
        return deliberation.grounds
    texts = getattr(entry, "texts", None)
    own = entry.role in CLIENT_ROLES or entry.action in QUOTED
    return texts.comment if texts and own else ""


def _when(entry: JournalEntry, request: ActorRequest) -> str:
    today = request.actor.today(request.now)
    return _("%(day)s à %(hour)s") % {"day": fmt.day(entry.at, today), "hour": fmt.hour(entry.at)}


def _who(entry: JournalEntry, visit: Visit, request: ActorRequest) -> str:
    """Say who acted: persons of the client's side by name, the intervenant by first name, the agency as such."""
    by_role: Mapping[str, str] = {
        Role.INTERVENANT: _("par %(name)s") % {"name": visit.carer},
        Role.MANAGER: _("par l’agence"),
        Role.SYSTEM: _("automatiquement"),
    }
    if entry.role not in CLIENT_ROLES:
        return by_role[entry.role]
    if entry.batch.actor_id == request.actor.user_id:
        return _("par vous")
    return _("par %(name)s") % {"name": fmt.who(entry.batch.actor_name)}
