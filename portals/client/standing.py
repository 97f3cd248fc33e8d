"""Where a visit stands, in one sentence for the client's side: whose turn it is, or how it ended."""

from __future__ import annotations

from django.utils.translation import gettext as _

from interventions.actor import CLIENT_ROLES
from interventions.models import Deliberation, Proposition
from interventions.states import Action, Choice, Closing, Role, Settled, Status
from portals.client.visits import Visit


def standing(visit: Visit, proposition: Proposition | None, deliberation: Deliberation | None) -> str:
    """Return the sentence for the visit as it is now."""
    by_status = {
        Status.CONTESTED: _contested,
        Status.ARBITRATION: _in_arbitration,
        Status.VALIDATED: _validated,
        Status.CANCELLED: _cancelled,
    }
    say = by_status.get(visit.row.state)
    if say is None:
        return _open(visit, proposition)
    return say(visit, deliberation)


def _open(visit: Visit, proposition: Proposition | None) -> str:
    if visit.row.state is not Status.DONE:
        return _("Cette visite n’a pas encore été déclarée.")
    if proposition and proposition.outcome == Closing.WITHDRAWN:
        return _("Vous avez repris votre réponse. La visite attend de nouveau votre avis.")
    if proposition and proposition.outcome == Closing.REOPENED:
        return _("L’agence a rouvert cette visite. Elle attend votre avis.")
    return _("Cette visite attend votre avis.")


def _contested(visit: Visit, deliberation: Deliberation | None) -> str:
    return _("%(carer)s doit répondre. D’ici là, votre planning ne change pas.") % {"carer": visit.carer}


def _in_arbitration(visit: Visit, deliberation: Deliberation | None) -> str:
    """Say why the agency has to decide, from the act that brought the visit there."""
    row, carer = visit.row, {"carer": visit.carer}
    if row.last_action == Action.REFUSE_CHANGE:
        return _("%(carer)s n’est pas d’accord. L’agence va décider.") % carer
    if row.last_action == Action.DISPUTE_CANCELLATION and row.last_role == Role.INTERVENANT:
        return _("%(carer)s dit que la visite a bien eu lieu. L’agence va décider.") % carer
    if row.last_action == Action.DISPUTE_CANCELLATION:
        return _("Vous avez dit que la visite a bien eu lieu. L’agence va décider.")
    if row.last_action == Action.OBJECT:
        return _("Vous avez contesté la validation. L’agence va décider.")
    return _("Votre demande est chez l’agence, qui va décider.")


def _validated(visit: Visit, deliberation: Deliberation | None) -> str:
    row, carer = visit.row, {"carer": visit.carer}
    by_way = {
        Settled.CLIENT: _("Vous avez validé cette visite."),
        Settled.ON_BEHALF: _("Cette visite a été validée à votre place par l’agence."),
        Settled.TACIT: _("Sans réponse de votre part, cette visite a été validée."),
        Settled.AGREEMENT: _("%(carer)s est d’accord. Votre planning est corrigé.") % carer,
    }
    return by_way.get(Settled(row.settled_by)) or _decided(deliberation)


def _cancelled(visit: Visit, deliberation: Deliberation | None) -> str:
    row = visit.row
    if row.last_action == Action.ARBITRATE:
        return _decided(deliberation)
    if row.last_action == Action.CANCEL_BY_CLIENT and row.last_role in CLIENT_ROLES:
        return _("Vous avez annulé cette visite.")
    if row.last_action == Action.CANCEL_BY_CLIENT:
        return _("L’agence a annulé cette visite à votre demande.")
    if row.cancelled_by == Role.INTERVENANT:
        return _("%(carer)s a déclaré que cette visite n’a pas eu lieu.") % {"carer": visit.carer}
    return _("Cette visite a été annulée par l’agence.")


def _decided(deliberation: Deliberation | None) -> str:
    """Say what the agency retained; its grounds stand beside."""
    if deliberation is None:
        return _("L’agence a décidé.")
    by_choice = {
        Choice.CLIENT: _("L’agence a retenu votre version."),
        Choice.INTERVENANT: _("L’agence a retenu la version de l’intervenant."),
        Choice.THIRD: _("L’agence a décidé d’une troisième version."),
    }
    return by_choice[Choice(deliberation.choice)]
