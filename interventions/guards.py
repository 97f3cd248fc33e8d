"""What an act requires of a visit, as pure functions over a locked row: each refusal has a name and a sentence.

The same functions decide an act, the buttons of a screen and the preview of a batch, so that none can promise
what another refuses.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from interventions import hours
from interventions.actor import Actor
from interventions.states import Action, Choice, Ground, Labelled, Right, Role, Settled, Status


class Guard(Labelled):
    """Why a row is refused, with the sentence that tells a person so."""

    # The row as a whole.
    UNKNOWN = "unknown", _("Cette visite n’existe pas, ou ne vous concerne pas.")
    STALE = "stale", _("Cette visite a changé depuis que vous l’avez affichée : relisez-la avant d’agir.")
    STATUS = "status", _("L’état de cette visite ne permet plus cette action.")
    MONTH = "month", _("Mois clôturé : cette visite ne change plus.")
    MODULE = "module", _("La validation depuis les portails n’est pas activée par votre agence.")
    RIGHT = "right", _("Vos droits ne permettent pas cette action.")
    # What the visit must be.
    PAST = "past", _("Cette visite n’est pas encore passée.")
    BILLABLE = "billable", _("Aucun contrat facturable ne couvre cette visite : l’agence doit en rattacher un.")
    BILLABLE_ONCE = "billable_once", _("Aucun contrat facturable ne couvre cette visite : rattachez-en un d’abord.")
    NO_BILLABLE = "no_billable", _("Un contrat facturable couvre cette visite.")
    OWN_CLIENT = "own_client", _("Vous n’avez pas de visite chez ce client à ces dates.")
    OWN_PLANNED = "own_planned", _("Seule l’agence peut annuler un brouillon.")
    INTERVENANT = "intervenant", _("Cette visite n’a pas d’intervenant.")
    DECLARED = "declared", _("Rien n’a été déclaré pour cette visite.")
    NOTHING_DECLARED = "nothing_declared", _("Cette visite a déjà été déclarée : rattachez-la plutôt à un contrat.")
    OWN_ACT = "own_act", _("Vous ne pouvez reprendre que ce que vous venez de faire vous-même.")
    UNDO_WINDOW = "undo_window", _("Le délai pour reprendre cette action est passé.")
    RETRACTABLE = "retractable", _("Il n’y a rien à reprendre sur cette visite.")
    RETRACT_WINDOW = "retract_window", _("Le délai pour revenir sur cette réponse est passé.")
    DISPUTABLE = "disputable", _("Cette annulation ne peut pas être contestée.")
    DISPUTE_WINDOW = "dispute_window", _("Le délai pour contester cette annulation est passé.")
    OBJECTABLE = "objectable", _("Cette validation vient de vous : elle ne peut pas être contestée.")
    OBJECT_WINDOW = "object_window", _("Le délai pour contester cette validation est passé.")
    NO_ANSWER = "no_answer", _("«\u202fSans réponse\u202f» demande un mail remis et un délai écoulé.")
    TACIT = "tacit", _("Les conditions d’une validation sans réponse ne sont pas réunies.")
    ESCALATE_DELAY = "escalate_delay", _("Le délai de réponse de l’intervenant court encore.")
    NOT_WITHDRAWN = "not_withdrawn", _("L’intervenant a repris cet ajout : la visite ne peut pas être rouverte.")
    MAY_VALIDATE = "may_validate", _("Votre mandat ne permet pas de valider.")
    MAY_CONTEST = "may_contest", _("Votre mandat ne permet pas de modifier ni d’annuler.")
    MAY_ARBITRATE = "may_arbitrate", _("Seule une personne qui a le droit de délibération peut décider.")
    # What must be entered.
    FACTS = "facts", _("Les heures ou les kilomètres saisis ne sont pas valables.")
    CHANGED = "changed", _("Changez au moins une des valeurs que ce motif permet de modifier.")
    MOTIF = "motif", _("Choisissez un motif.")
    REASON = "reason", _("Écrivez pourquoi.")
    GROUND = "ground", _("Indiquez ce qui vous permet d’agir à la place du client.")
    COMMENT = "comment", _("Écrivez un commentaire : l’agence le lira avant de décider.")
    VERSION = "version", _("Choisissez la version retenue.")
    CONTRAT = "contrat", _("Ce contrat n’est pas celui de ce client, ou n’est pas facturable à cette date.")


@dataclass(frozen=True, slots=True)
class Facts:
    """One version of what a visit is: two instants (aware) and kilometres (one decimal)."""

    start: datetime
    end: datetime
    km: Decimal = Decimal("0.0")


@dataclass(frozen=True, slots=True)
class ContratTerms:
    """What decides whether a contrat is billable for a visit."""

    client_id: int
    state: str
    billable: bool
    starts_on: date
    ends_on: date | None

    def covers(self, client_id: int, day: date) -> bool:
        """Whether it is a "contrat facturable" for that client on that day, both end dates included.

        Validé or Signé, or Résilié for visits up to its end (the reference asks for "au minimum à l'état Validé").
        """
        return (
            self.billable
            and self.client_id == client_id
            and self.state != "draft"
            and self.starts_on <= day
            and (day <= self.ends_on if self.ends_on else self.state != "terminated")
        )


@dataclass(frozen=True, slots=True)
class OpenProposition:
    """What the client proposes, while it is open; facts is None for an annulation."""

    id: int
    is_annulation: bool
    facts: Facts | None
    motif_id: int | None


@dataclass(frozen=True, slots=True)
class MotifTerms:
    """A motif, as far as it decides: its kind and what it opens."""

    id: int
    is_annulation: bool
    opens_hours: bool
    opens_km: bool
    active: bool = True


@dataclass(slots=True)
class Row:
    """A visit as read under lock, with what the guards need from its neighbours.

    `delivered_at` is when the mail that asks the client first reached somebody who may validate, `reminded_at` when
    a reminder left; both are None where nobody asked for them to be read.
    """

    id: int
    public_id: object
    status: Status
    version: int
    step: int
    client_id: int
    intervenant_id: int | None
    prestation_id: int
    contrat_id: int | None
    origin: str
    day: date
    planned: Facts | None
    declared: Facts | None
    retained: Facts
    ordre_de_mission: str
    comment: str
    done_at: datetime | None
    declared_at: datetime | None
    declared_on_behalf: bool
    settled_by: str
    settled_at: datetime | None
    last_action: str
    last_role: str
    last_actor_id: int | None
    last_at: datetime
    cancelled_by: str
    withdrawn: bool
    billable_checked: bool
    motif_id: int | None
    contrat: ContratTerms | None
    tacit_opt_out: bool
    proposition: OpenProposition | None = None
    delivered_at: datetime | None = None
    reminded_at: datetime | None = None

    @property
    def is_reported(self) -> bool:
        """Whether the intervenant added it: it then has no planned version of its own."""
        return self.origin == "intervenant"


@dataclass(frozen=True, slots=True)
class Entry:
    """What the actor enters with an act, resolved to instants and terms.

    `contrat` and `motif` are the terms of what was chosen, None where nothing was or where it is not the agency's.
    """

    action: Action
    facts: Facts | None = None
    contrat_id: int | None = None
    contrat: ContratTerms | None = None
    intervenant_id: int | None = None
    motif: MotifTerms | None = None
    comment: str = ""
    reason: str = ""
    ground: Ground | None = None
    ground_text: str = ""
    choice: Choice | None = None
    cancels: bool = False


type Check = Callable[[Row, Entry, Actor, datetime], bool]


def within_days(since: date | datetime | None, days: int, actor: Actor, now: datetime) -> bool:
    """Return whether at most `days` days, counted on the agency's calendar, have passed since then."""
    if since is None:
        return False
    first = since.astimezone(actor.zone).date() if isinstance(since, datetime) else since
    return actor.today(now) <= first + timedelta(days=days)


def after_days(since: datetime | None, days: int, now: datetime) -> bool:
    """Return whether at least `days` times 24 hours have passed since then."""
    return since is not None and now >= since + timedelta(days=days)


def new_facts(row: Row, entry: Entry) -> Facts | None:
    """Return the facts that the act would declare: what was entered, else what is declared, else the plan."""
    return entry.facts or row.declared or row.planned


def _is_past(row: Row, entry: Entry, actor: Actor, now: datetime) -> bool:
    if entry.action is Action.CANCEL and actor.role is Role.MANAGER:
        return True
    entered = entry.facts or row.declared
    planned_end = row.planned.end if row.planned else row.retained.end
    return hours.is_past(
        row.day,
        planned_end,
        entered.end if entered else planned_end,
        now,
        actor.zone,
        same_day_allowed=actor.agence.same_day_allowed,
    )


def _is_billable(row: Row, entry: Entry, actor: Actor, now: datetime) -> bool:
    facts = new_facts(row, entry)
    terms = entry.contrat if entry.contrat_id else row.contrat
    return bool(facts and terms and terms.covers(row.client_id, hours.day_of(facts.start, actor.zone)))


def _facts_valid(row: Row, entry: Entry, actor: Actor, now: datetime) -> bool:
    facts = proposed_facts(row, entry) if entry.action in (Action.CONTEST, Action.OBJECT) else entry.facts
    return facts is None or not hours.facts_errors(facts.start, facts.end, facts.km, now, actor.zone)


def _is_own_act(row: Row, entry: Entry, actor: Actor, now: datetime) -> bool:
    own = row.last_role == Role.INTERVENANT and row.last_actor_id == actor.user_id
    kinds = {
        Status.DONE: (Action.COMPLETE, Action.REPORT, Action.CORRECT),
        Status.CANCELLED: (Action.CANCEL,),
        Status.DRAFT: (Action.REPORT_UNATTACHED,),
    }
    return own and row.last_action in kinds.get(row.status, ())


def _in_undo_window(row: Row, entry: Entry, actor: Actor, now: datetime) -> bool:
    return now <= row.last_at + timedelta(minutes=actor.agence.undo_minutes)


def _is_retractable(row: Row, entry: Entry, actor: Actor, now: datetime) -> bool:
    if row.status is Status.CANCELLED:
        return row.last_action == Action.CANCEL_BY_CLIENT
    return row.status is Status.CONTESTED or row.last_action == Action.VALIDATE


def _in_retract_window(row: Row, entry: Entry, actor: Actor, now: datetime) -> bool:
    if row.status is Status.VALIDATED:
        return _in_undo_window(row, entry, actor, now)
    return within_days(row.last_at, actor.agence.retract_days, actor, now)


def _is_disputable(row: Row, entry: Entry, actor: Actor, now: datetime) -> bool:
    if row.withdrawn or row.last_action not in (Action.CANCEL, Action.CANCEL_BY_CLIENT):
        return False
    if actor.role is Role.INTERVENANT:
        return row.last_role != Role.INTERVENANT
    return row.last_action == Action.CANCEL


def _in_dispute_window(row: Row, entry: Entry, actor: Actor, now: datetime) -> bool:
    since = max(row.last_at.astimezone(actor.zone).date(), row.day)
    return within_days(since, actor.agence.dispute_days, actor, now)


def _is_objectable(row: Row, entry: Entry, actor: Actor, now: datetime) -> bool:
    return row.settled_by in (Settled.ON_BEHALF, Settled.TACIT)


def _in_object_window(row: Row, entry: Entry, actor: Actor, now: datetime) -> bool:
    return within_days(row.settled_at, actor.agence.object_days, actor, now)


def asked_since(row: Row, actor: Actor) -> datetime | None:
    """Return the instant from which the days of silence count, or None while no mail has reached anyone.

    The latest of that delivery, the entry into done, the last declared version and the module's switching on.
    """
    if row.delivered_at is None:
        return None
    marks = (row.delivered_at, row.done_at, row.declared_at, actor.agence.module_enabled_at)
    return max(mark for mark in marks if mark is not None)


def _is_unanswered(row: Row, entry: Entry, actor: Actor, now: datetime) -> bool:
    if entry.ground is not Ground.NO_ANSWER:
        return True
    return after_days(asked_since(row, actor), actor.agence.no_answer_days, now)


def _is_tacit(row: Row, entry: Entry, actor: Actor, now: datetime) -> bool:
    since = asked_since(row, actor)
    return (
        actor.agence.tacit_enabled
        and not row.tacit_opt_out
        and not row.declared_on_behalf
        and since is not None
        and row.reminded_at is not None
        and after_days(since, actor.agence.tacit_days, now)
    )


def _may_escalate(row: Row, entry: Entry, actor: Actor, now: datetime) -> bool:
    if actor.role is Role.MANAGER:
        return True
    return actor.agence.escalate_enabled and after_days(row.last_at, actor.agence.escalate_days, now)


def _may(right: Right) -> Check:
    def check(row: Row, entry: Entry, actor: Actor, now: datetime) -> bool:
        if actor.role is Role.PROCHE:
            return actor.has(right)
        return actor.may_act or actor.role is not Role.CLIENT

    return check


def proposed_facts(row: Row, entry: Entry) -> Facts | None:
    """Return what a contest proposes: what the motif opens from what was entered, the rest as it is retained."""
    base = row.declared or row.retained
    if entry.facts is None or entry.motif is None:
        return None
    start, end = (entry.facts.start, entry.facts.end) if entry.motif.opens_hours else (base.start, base.end)
    return Facts(start, end, entry.facts.km if entry.motif.opens_km else base.km)


def _is_changed(row: Row, entry: Entry, actor: Actor, now: datetime) -> bool:
    if entry.action is Action.OBJECT and entry.cancels:
        return True
    proposed = proposed_facts(row, entry)
    reference = (row.declared or row.retained) if entry.action is Action.CONTEST else row.retained
    return proposed is not None and proposed != reference


def side_version(row: Row, choice: Choice) -> tuple[bool, Facts | None]:
    """Return what a side says of a visit in arbitration: (it took place, facts), or (False, None) for a cancelled one.

    Raises LookupError where that side has no version to offer.
    """
    if choice is Choice.INTERVENANT:
        if row.cancelled_by == Role.INTERVENANT:
            return False, None
        if row.declared is not None:
            return True, row.declared
    elif row.proposition is not None:
        return not row.proposition.is_annulation, row.proposition.facts
    elif row.last_action == Action.DISPUTE_CANCELLATION and row.last_role != Role.INTERVENANT and row.planned:
        return True, row.planned
    raise LookupError(choice)


def has_version(row: Row, choice: Choice) -> bool:
    """Return whether that side offers a version of the visit."""
    try:
        side_version(row, choice)
    except LookupError:
        return False
    return True


def _has_chosen_version(row: Row, entry: Entry, actor: Actor, now: datetime) -> bool:
    if entry.choice is None:
        return False
    if entry.choice is Choice.THIRD:
        return entry.cancels or entry.facts is not None
    return has_version(row, entry.choice)


def _is_billable_once(row: Row, entry: Entry, actor: Actor, now: datetime) -> bool:
    if row.billable_checked or entry.choice is None or (entry.choice is Choice.THIRD and entry.cancels):
        return True
    if entry.choice is not Choice.THIRD:
        if not has_version(row, entry.choice):
            return True
        took_place, facts = side_version(row, entry.choice)
        if not took_place:
            return True
    else:
        facts = entry.facts
    terms = row.contrat
    return bool(terms and facts and terms.covers(row.client_id, hours.day_of(facts.start, actor.zone)))


CHECKS: dict[Guard, Check] = {
    Guard.PAST: _is_past,
    Guard.BILLABLE: _is_billable,
    Guard.NO_BILLABLE: lambda row, entry, actor, now: not _is_billable(row, entry, actor, now),
    Guard.BILLABLE_ONCE: _is_billable_once,
    Guard.FACTS: _facts_valid,
    Guard.OWN_PLANNED: lambda row, entry, actor, now: actor.role is Role.MANAGER or row.status is Status.PLANNED,
    Guard.INTERVENANT: lambda row, entry, actor, now: bool(entry.intervenant_id or row.intervenant_id),
    Guard.DECLARED: lambda row, entry, actor, now: row.declared is not None,
    Guard.NOTHING_DECLARED: lambda row, entry, actor, now: row.declared is None,
    Guard.OWN_ACT: _is_own_act,
    Guard.UNDO_WINDOW: _in_undo_window,
    Guard.RETRACTABLE: _is_retractable,
    Guard.RETRACT_WINDOW: _in_retract_window,
    Guard.DISPUTABLE: _is_disputable,
    Guard.DISPUTE_WINDOW: _in_dispute_window,
    Guard.OBJECTABLE: _is_objectable,
    Guard.OBJECT_WINDOW: _in_object_window,
    Guard.NO_ANSWER: _is_unanswered,
    Guard.TACIT: _is_tacit,
    Guard.ESCALATE_DELAY: _may_escalate,
    Guard.NOT_WITHDRAWN: lambda row, entry, actor, now: not row.withdrawn,
    Guard.MAY_VALIDATE: _may(Right.VALIDATE),
    Guard.MAY_CONTEST: _may(Right.CONTEST),
    Guard.MAY_ARBITRATE: lambda row, entry, actor, now: actor.has(Right.ARBITRATE),
    Guard.CHANGED: _is_changed,
    Guard.VERSION: _has_chosen_version,
}
