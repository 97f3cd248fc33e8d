"""The closed vocabularies of the workflow, with the French labels of the reference page."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Self

from django.utils.functional import Promise, lazystr
from django.utils.translation import gettext_lazy as _


class Labelled(StrEnum):
    """A string enumeration whose members carry a translatable label.

    Not Django's TextChoices: the workflow must not import the ORM.
    """

    if TYPE_CHECKING:
        label: Promise

    # The default is for type checkers, which take the look-up Status("done") for a call of this.
    def __new__(cls, value: str, label: Promise = lazystr("")) -> Self:  # noqa: B008
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        return member

    @classmethod
    def choices(cls) -> list[tuple[str, Promise]]:
        """Return (value, label) pairs as a model or form field wants them."""
        return [(member.value, member.label) for member in cls]


class Role(Labelled):
    """In what capacity somebody acts."""

    INTERVENANT = "intervenant", _("Intervenant")
    CLIENT = "client", _("Client")
    PROCHE = "proche", _("Proche")
    MANAGER = "manager", _("Gestionnaire")
    SYSTEM = "system", _("Système")


class Status(Labelled):
    """Where a visit stands. One field; the reference's "Etat" column derives from it."""

    DRAFT = "draft", _("Brouillon")
    PLANNED = "planned", _("À réaliser")
    DONE = "done", _("Réalisée, à valider par le client")
    CONTESTED = "contested", _("Refusée par le client")
    ARBITRATION = "arbitration", _("À délibérer")
    VALIDATED = "validated", _("Validée")
    CANCELLED = "cancelled", _("Annulée")

    @property
    def etat(self) -> str:
        """The "Etat" that the reference page shows: Brouillon, N/B, Réalisé or Annulé."""
        return _ETATS.get(self, ETAT_DONE)

    @property
    def turn(self) -> Role | None:
        """Whose turn it is, or None when nothing is asked of anyone."""
        return _TURNS.get(self)


ETAT_DONE = "Réalisé"
_ETATS = {Status.DRAFT: "Brouillon", Status.PLANNED: "N/B", Status.CANCELLED: "Annulé"}
_TURNS = {
    Status.DRAFT: Role.MANAGER,
    Status.PLANNED: Role.INTERVENANT,
    Status.DONE: Role.CLIENT,
    Status.CONTESTED: Role.INTERVENANT,
    Status.ARBITRATION: Role.MANAGER,
}


class Action(Labelled):
    """Every way a visit comes into being or changes; the labels read as a journal line."""

    PLAN = "plan", _("Planifiée")
    ASSIGN = "assign", _("Intervenant désigné")
    UNASSIGN = "unassign", _("Intervenant retiré")
    COMPLETE = "complete", _("Réalisé")
    COMPLETE_FOR_INTERVENANT = "complete_for_intervenant", _("Réalisé, à la place de l’intervenant")
    REPORT = "report", _("Ajoutée par l’intervenant")
    REPORT_UNATTACHED = "report_unattached", _("Ajoutée par l’intervenant, sans contrat facturable")
    ADMIT = "admit", _("Rattachée et présentée au client")
    CANCEL = "cancel", _("Annulé")
    CORRECT = "correct", _("Déclaration corrigée")
    WITHDRAW = "withdraw", _("Déclaration reprise")
    SEND_BACK = "send_back", _("Renvoyée par l’agence")
    VALIDATE = "validate", _("Validée par le client")
    VALIDATE_FOR_CLIENT = "validate_for_client", _("Validée à la place du client")
    VALIDATE_TACITLY = "validate_tacitly", _("Validée sans réponse du client")
    CONTEST = "contest", _("Modifiée par le client")
    CANCEL_BY_CLIENT = "cancel_by_client", _("Annulée par le client")
    RETRACT = "retract", _("Reprise par le client")
    ACCEPT_CHANGE = "accept_change", _("Modification acceptée")
    REFUSE_CHANGE = "refuse_change", _("Modification refusée")
    ESCALATE = "escalate", _("Transmise au gestionnaire")
    DISPUTE_CANCELLATION = "dispute_cancellation", _("Annulation contestée")
    OBJECT = "object", _("Validation contestée")
    ARBITRATE = "arbitrate", _("Délibération")
    REOPEN = "reopen", _("Rouverte")
    # Changes of the facts, not of the status.
    MOVE = "move", _("Planning modifié")
    ATTACH = "attach", _("Contrat rattaché")
    SET_MOTIF = "set_motif", _("Motif d’annulation précisé")
    # Changes of nothing: whoever has to answer is asked again.
    REMIND_CLIENT = "remind_client", _("Client relancé")
    REMIND_INTERVENANT = "remind_intervenant", _("Intervenant relancé")


class Origin(Labelled):
    """Where a visit comes from."""

    PLANNING = "planning", _("Planning")
    IMPORT = "import", _("Import")
    INTERVENANT = "intervenant", _("Ajoutée par l’intervenant")
    RECURRENCE = "recurrence", _("Récurrence")


class Settled(Labelled):
    """How a visit came to be validated."""

    CLIENT = "client", _("Par le client")
    ON_BEHALF = "on_behalf", _("À la place du client")
    TACIT = "tacit", _("Sans réponse du client")
    AGREEMENT = "agreement", _("Par accord sur la modification")
    DELIBERATION = "deliberation", _("Par délibération")


class Ground(Labelled):
    """Why a manager acts in somebody's place."""

    PHONE = "phone", _("Téléphone")
    SIGNED_SHEET = "signed_sheet", _("Feuille signée")
    NO_ANSWER = "no_answer", _("Sans réponse")
    LETTER = "letter", _("Courrier")
    ON_SITE = "on_site", _("Sur place")
    OTHER = "other", _("Autre")


class Closing(Labelled):
    """How a proposition was closed."""

    WITHDRAWN = "withdrawn", _("Reprise par le client")
    ACCEPTED = "accepted", _("Acceptée par l’intervenant")
    RETAINED = "retained", _("Retenue par délibération")
    SET_ASIDE = "set_aside", _("Écartée par délibération")
    REOPENED = "reopened", _("Close par la réouverture de la visite")


class Choice(Labelled):
    """Which version a délibération retains."""

    INTERVENANT = "intervenant", _("Celle de l’intervenant")
    CLIENT = "client", _("Celle du client")
    THIRD = "third", _("Une troisième")


class Via(Labelled):
    """By which way an act came in."""

    PORTAL = "portal", _("Portail")
    LINK = "link", _("Par lien")
    IMPORT = "import", _("Import")
    JOB = "job", _("Automatique")
    COMMAND = "command", _("Ligne de commande")


class Right(Labelled):
    """What a gestionnaire may do; "lecture" comes with the role itself."""

    MANAGE = "manage", _("Gestion")
    ARBITRATE = "arbitrate", _("Délibération")
    CLOSE = "close", _("Clôture")
    UNLOCK = "unlock", _("Déverrouillage")
    ADMINISTER = "administer", _("Administration")
    # What a proche's mandate may hold.
    VALIDATE = "validate", _("Valider")
    CONTEST = "contest", _("Contester")
