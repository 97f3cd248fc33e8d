"""What an act may be refused for, each with a name and a sentence, and what is looked at to decide it.

`checks` decides over these.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from interventions.states import Action, Choice, Ground, Labelled, Status


class Guard(Labelled):
    """Why a row is refused, with the sentence that tells a person so."""

    # The row as a whole.
    UNKNOWN = "unknown", _("Cette visite n’existe pas, ou ne vous concerne pas.")
    STALE = "stale", _("Cette visite a changé depuis que vous l’avez affichée : relisez-la avant d’agir.")
    STATUS = "status", _("L’état de cette visite ne permet plus cette action.")
    MONTH = "month", _("Mois clôturé : cette visite ne change plus.")
    MODULE = "module", _("La validation depuis les portails n’est pas activée par votre agence.")
    RIGHT = "right", _("Vos droits ne permettent pas cette action.")
    STOPPED = "stopped", _("Le lot s’est arrêté avant cette visite.")
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
    FOUR_EYES = (
        "four_eyes",
        _("Double regard : vous êtes déjà intervenu sur cette visite, une autre personne doit délibérer."),
    )
    NUMBER = "number", _("Une autre visite de l’agence a déjà ce numéro.")
    # Whether somebody may be asked once more.
    OPEN_PORTALS = "open_portals", _("Le module est désactivé : personne ne pourrait répondre.")
    REACHED = "reached", _("Aucun mail n’atteint cette personne : prévenez-la autrement.")
    NOT_ASKED_YET = "not_asked_yet", _("Un mail sur cette étape attend déjà de partir.")
    ONCE_A_DAY = "once_a_day", _("Déjà relancée aujourd’hui.")
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
    a reminder left; both are None where nobody asked for them to be read. `client_away` says, where it was asked for,
    that the visit lies in an absence of the client. `unreached`, `mail_waits` and `reminded_today` say, for
    a reminder, that no mail reaches whose turn it is, that one about this step waits to leave, that they were reminded
    of it today. `hands` says, where it was asked for, which users took part in the visit, each with the last act by
    which they did.
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
    series_id: int | None
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
    client_away: bool = False
    unreached: bool = False
    mail_waits: bool = False
    reminded_today: bool = False
    hands: Mapping[int, Action] = field(default_factory=dict)

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
