"""Which contrats of a client suit a visit, and in words why the others do not."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from interventions.actor import Actor
from interventions.models import Contrat, ContratState
from interventions.registry.contrats import terms
from portals.web import format as fmt

__all__ = ["Option", "options", "sort", "suggestion", "terms", "why_not"]


@dataclass(frozen=True)
class Option:
    """A contrat as the field Contrat offers it: `why_not` is empty for one that suits."""

    contrat: Contrat
    why_not: str
    suggested: bool = False

    @property
    def label(self) -> str:
        """«CT00003 · Aide à la toilette, Signé», with its dates."""
        return f"{self.contrat.number} · {self.contrat.prestation}, {self.contrat.state_label} ({self.dates})"

    @property
    def dates(self) -> str:
        """«depuis le 01/09/2026» or «du 01/09/2026 au 31/12/2026»."""
        start = f"{self.contrat.starts_on:%d/%m/%Y}"
        if self.contrat.ends_on is None:
            return _("depuis le %(start)s") % {"start": start}
        return _("du %(start)s au %(end)s") % {"start": start, "end": f"{self.contrat.ends_on:%d/%m/%Y}"}


def options(actor: Actor, client_id: int, prestation_id: int | None, day: date) -> list[Option]:
    """Return every contrat of the client for a visit on `day`: the suitable ones first, the suggestion marked.

    Suggested is one of the same prestation, the latest début if there are several.
    """
    found = Contrat.objects.visible_to(actor).filter(client_id=client_id).select_related("prestation")
    contrats = list(found.order_by("-starts_on", "-id"))
    return sort(contrats, suggestion(contrats, prestation_id, client_id, day), client_id, day)


def sort(contrats: Iterable[Contrat], suggested: Contrat | None, client_id: int, day: date) -> list[Option]:
    """Return the contrats as options, those that suit before those that do not."""
    listed = [Option(contrat, why_not(contrat, client_id, day), contrat == suggested) for contrat in contrats]
    return sorted(listed, key=lambda option: (bool(option.why_not), not option.suggested))


def suggestion(contrats: list[Contrat], prestation_id: int | None, client_id: int, day: date) -> Contrat | None:
    """Return the contrat to attach, or None; `contrats` come by début, the latest first."""
    same = (one for one in contrats if one.prestation_id == prestation_id and not why_not(one, client_id, day))
    return next(same, None)


def why_not(contrat: Contrat, client_id: int, day: date) -> str:
    """Return why a contrat is not a contrat facturable for that client's visit on that day, empty where it is."""
    if terms(contrat).covers(client_id, day):
        return ""
    if contrat.client_id != client_id:
        return _("C’est celui d’un autre client.")
    if contrat.state == ContratState.DRAFT:
        return _("Il est encore à l’état Brouillon.")
    if not contrat.billable:
        return _("Il n’est pas facturable.")
    if day < contrat.starts_on:
        return _("Il ne commence que le %(day)s.") % {"day": fmt.date_words(contrat.starts_on, day)}
    if contrat.ends_on is not None:
        return _("Il a fini le %(day)s.") % {"day": fmt.date_words(contrat.ends_on, day)}
    return _("Il est résilié.")
