"""Where a mail's button leads: a page behind sign-in, the reader's own, where what is asked can be done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext as _

from interventions.mails.reading import Matter
from interventions.mails.texts import text_of
from interventions.states import Status
from interventions.workflow import Told


@dataclass(frozen=True, slots=True)
class Button:
    """What the button says, and its whole address."""

    label: str
    url: str


def button(matters: Sequence[Matter]) -> Button:
    """Return the button of one person's part: towards what is asked if something is, else to what they were told."""
    asking = [matter for matter in matters if matter.asks and text_of(matter).ask] or matters
    return _BY_ROLE[asking[0].told](asking)


def _of_client(matters: Sequence[Matter]) -> Button:
    label = _("Voir et valider") if matters[0].asks else _("Voir mes prestations")
    return Button(label, f"{settings.BASE_URL}/client/")


def _of_intervenant(matters: Sequence[Matter]) -> Button:
    first = matters[0]
    if first.visit.state is Status.CONTESTED:
        return Button(_("Voir et répondre"), f"{settings.BASE_URL}/intervenant/refusees/")
    if first.asks and text_of(first).ask:
        return Button(_("Déclarer la visite"), f"{settings.BASE_URL}/intervenant/interventions/")
    return Button(_("Voir mon planning"), f"{settings.BASE_URL}/intervenant/")


def _of_manager(matters: Sequence[Matter]) -> Button:
    if matters[0].visit.state is Status.ARBITRATION:
        return Button(_("Comparer et décider"), f"{settings.BASE_URL}/gestion/deliberations/")
    if len(matters) == 1:
        return Button(_("Voir la visite"), f"{settings.BASE_URL}/gestion/interventions/{matters[0].visit.public_id}/")
    return Button(_("Voir ce qui attend"), f"{settings.BASE_URL}/gestion/")


_BY_ROLE = {
    Told.CLIENT: _of_client,
    Told.INTERVENANT: _of_intervenant,
    Told.FORMER_INTERVENANT: _of_intervenant,
    Told.MANAGER: _of_manager,
}
