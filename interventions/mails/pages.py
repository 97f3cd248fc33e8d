"""Where a mail's button leads: where what is asked can be done.

Whom a mail of visits asks on the client's side gets a link that needs no password; all others a page behind sign-in.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext as _

from interventions import links
from interventions.mails.reading import Matter
from interventions.mails.texts import text_of
from interventions.states import Role, Status
from interventions.workflow import Told

# Where a person chooses when mails come, by the role in which they read; the first role of a mail counts.
RHYTHM_PAGES = {
    Role.CLIENT: "/client/mails/",
    Role.INTERVENANT: "/intervenant/mails/",
    Role.MANAGER: "/gestion/mails/",
}


@dataclass(frozen=True, slots=True)
class Button:
    """What the button says, and its whole address; `personal` if it opens without a password."""

    label: str
    url: str
    personal: bool = False


def button(matters: Sequence[Matter]) -> Button:
    """Return the button of one person's part: towards what is asked if something is, else to what they were told."""
    asking = [matter for matter in matters if matter.asks and text_of(matter).ask] or matters
    return _BY_ROLE[asking[0].told](asking)


def rhythm_url(roles: Iterable[str]) -> str:
    """Return the whole address of the page on which who reads a mail in these roles chooses when mails come."""
    held = {Role(role) for role in roles}
    return settings.BASE_URL + next(page for role, page in RHYTHM_PAGES.items() if role in held)


def _of_client(matters: Sequence[Matter]) -> Button:
    if any(matter.asks and text_of(matter).ask for matter in matters):
        return Button(_("Voir et valider"), links.address(), personal=True)
    if any(text_of(matter).right for matter in matters):
        return Button(_("Voir et répondre"), links.address(), personal=True)
    return Button(_("Voir mes prestations"), f"{settings.BASE_URL}/client/")


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
