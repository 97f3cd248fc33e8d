"""Who has signed a visit and whose turn it is, as components/signatures.html shows it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from interventions.models import Intervention
from interventions.states import Action, Role, Settled, Status
from portals.web import format as fmt


@dataclass(frozen=True)
class Signature:
    """One of the two hands: who, what they have said, the glyph that goes with it."""

    name: str
    said: str
    state: str = ""
    status: str = ""


def signatures(visit: Intervention) -> list[Signature]:
    """Return the intervenant's signature, then the client's."""
    return [_intervenant(visit), _client(visit)]


def _on(moment: datetime | None) -> str:
    return fmt.date_words(fmt.as_date(moment), fmt.as_date(moment)) if moment else ""


def _intervenant(visit: Intervention) -> Signature:
    name = visit.intervenant.full_name if visit.intervenant else _("Intervenant à désigner")
    if visit.declared_at is not None:
        words = _("déclarée par l’agence le %(day)s") if visit.declared_on_behalf else _("a déclaré le %(day)s")
        return Signature(name, words % {"day": _on(visit.declared_at)}, "signed", Status.DONE)
    if visit.cancelled_by == Role.INTERVENANT:
        return Signature(name, _("a annulé la visite"), "refused", Status.CANCELLED)
    return Signature(name, _("n’a rien déclaré"))


_SETTLED = {
    Settled.CLIENT: gettext_lazy("a validé le %(day)s"),
    Settled.ON_BEHALF: gettext_lazy("validée à sa place le %(day)s"),
    Settled.TACIT: gettext_lazy("sans réponse, validée le %(day)s"),
    Settled.AGREEMENT: gettext_lazy("d’accord avec l’intervenant le %(day)s"),
    Settled.DELIBERATION: gettext_lazy("par délibération le %(day)s"),
}


def _client(visit: Intervention) -> Signature:
    name = visit.client.full_name
    if visit.status == Status.VALIDATED:
        words = _SETTLED[Settled(visit.settled_by)]
        return Signature(name, words % {"day": _on(visit.settled_at)}, "signed", Status.VALIDATED)
    if visit.status == Status.CONTESTED:
        return Signature(name, _("a refusé cette version"), "refused", Status.CONTESTED)
    if visit.cancelled_by == Role.CLIENT:
        return Signature(name, _("a annulé la visite"), "refused", Status.CANCELLED)
    if visit.status == Status.ARBITRATION:
        objects = visit.last_action == Action.OBJECT
        return Signature(name, _("conteste la validation") if objects else _("attend la délibération"), "refused")
    turn = {Status.DONE: _("doit valider"), Status.CANCELLED: _("n’a rien à signer")}
    return Signature(name, turn.get(visit.state, _("n’a pas encore à signer")))
