"""Every act of a gestionnaire on one visit: its noun in the address, its words, its form.

What is allowed is not decided here but by `operations.possibilities`, and again by `operations.apply`.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from interventions.states import Action
from portals.manager.act_forms import (
    ActForm,
    CancelByClientForm,
    GroundForm,
    IntervenantForm,
    MotifForm,
    ReasonForm,
)
from portals.manager.contrat_forms import AttachForm
from portals.manager.facts_forms import CompleteForm, ContestForm, MoveForm


@dataclass(frozen=True)
class Act:
    """One act: `title` heads its page and names its link, `effect` says what follows, `button` does it."""

    action: Action
    noun: str
    form: type[ActForm]
    title: Promise
    effect: Promise
    button: Promise
    danger: bool = False

    @property
    def url_name(self) -> str:
        """Name its address: gestion:ACTION."""
        return f"gestion:{self.action.value}"


_ALL = (
    Act(
        Action.ASSIGN,
        "designation",
        IntervenantForm,
        _("Désigner un intervenant"),
        _("La visite passe à l’état À réaliser ; l’intervenant en est averti."),
        _("Désigner"),
    ),
    Act(
        Action.MOVE,
        "horaire",
        MoveForm,
        _("Modifier le planning"),
        _("L’intervenant et le client en sont avertis."),
        _("Enregistrer"),
    ),
    Act(
        Action.UNASSIGN,
        "retrait",
        ReasonForm,
        _("Retirer l’intervenant"),
        _("La visite redevient un brouillon ; l’intervenant en est averti."),
        _("Retirer l’intervenant"),
    ),
    Act(
        Action.ATTACH,
        "contrat",
        AttachForm,
        _("Rattacher à un contrat"),
        _("La visite peut être validée dès qu’un contrat facturable la couvre."),
        _("Rattacher"),
    ),
    Act(
        Action.ADMIT,
        "presentation",
        AttachForm,
        _("Rattacher et présenter au client"),
        _("La visite ajoutée par l’intervenant passe à l’état Réalisée ; le client est invité à la valider."),
        _("Présenter au client"),
    ),
    Act(
        Action.COMPLETE_FOR_INTERVENANT,
        "realisation",
        CompleteForm,
        _("Déclarer à la place de l’intervenant"),
        _("La visite passe à l’état Réalisée ; le client et l’intervenant en sont avertis."),
        _("Déclarer réalisée"),
    ),
    Act(
        Action.VALIDATE_FOR_CLIENT,
        "validation",
        GroundForm,
        _("Valider à la place du client"),
        _("La visite est validée en son nom ; il en est averti et peut la contester."),
        _("Valider à la place du client"),
    ),
    Act(
        Action.CONTEST,
        "modification",
        ContestForm,
        _("Modifier à la place du client"),
        _("L’intervenant accepte ou refuse ; le planning ne change pas d’ici là."),
        _("Enregistrer la modification"),
    ),
    Act(
        Action.CANCEL_BY_CLIENT,
        "annulation-du-client",
        CancelByClientForm,
        _("Annuler à la place du client"),
        _("La visite est annulée au nom du client ; l’intervenant en est averti et peut le contester."),
        _("Annuler à la place du client"),
        danger=True,
    ),
    Act(
        Action.RETRACT,
        "reprise",
        ReasonForm,
        _("Reprendre la réponse du client"),
        _("Sa réponse est effacée ; la visite attend de nouveau sa validation."),
        _("Reprendre la réponse"),
    ),
    Act(
        Action.SEND_BACK,
        "renvoi",
        ReasonForm,
        _("Renvoyer la déclaration"),
        _("La déclaration est levée ; la visite est à réaliser, ou annulée si elle avait été ajoutée."),
        _("Renvoyer"),
    ),
    Act(
        Action.ESCALATE,
        "transmission",
        ReasonForm,
        _("Passer en délibération sans attendre l’intervenant"),
        _("La visite est à délibérer ; les deux parties en sont averties."),
        _("Passer en délibération"),
    ),
    Act(
        Action.CANCEL,
        "annulation",
        MotifForm,
        _("Annuler la visite"),
        _("Elle compte 0 h ; le client et l’intervenant en sont avertis."),
        _("Annuler la visite"),
        danger=True,
    ),
    Act(
        Action.SET_MOTIF,
        "motif",
        MotifForm,
        _("Préciser le motif de l’annulation"),
        _("Le motif dit si la visite reste facturée et payée ; personne n’est averti."),
        _("Enregistrer le motif"),
    ),
    Act(
        Action.REOPEN,
        "reouverture",
        ReasonForm,
        _("Rouvrir la visite"),
        _("Elle revient à l’étape d’avant ; l’intervenant et le client en sont avertis."),
        _("Rouvrir"),
    ),
)

ACTS: dict[Action, Act] = {act.action: act for act in _ALL}
