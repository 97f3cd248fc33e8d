"""The field Contrat of a visit."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy

from interventions.models import Contrat
from portals.manager import contrats
from portals.manager.act_forms import ActForm
from portals.manager.fields import ContratField, offer


class AttachForm(ActForm):
    """The contrat that a visit hangs on. `listed` has the others too, with why they do not suit."""

    contrat = ContratField(Contrat.objects.none(), label=gettext_lazy("Contrat"), empty_label=None)

    def prepare(self) -> None:
        """Offer what suits; start from the contrat attached, else from the suggestion."""
        super().prepare()
        visit = self.visit
        self.listed = contrats.options(self.actor, visit.client_id, visit.prestation_id, visit.day)
        suitable = [option for option in self.listed if not option.why_not]
        self.has_choice = bool(suitable)
        known = Contrat.objects.filter(pk__in=[option.contrat.pk for option in suitable])
        offer(self, "contrat", known.select_related("prestation"))
        suggested = next((option.contrat.pk for option in suitable if option.suggested), None)
        attached = visit.contrat_id if any(option.contrat.pk == visit.contrat_id for option in suitable) else None
        self.initial["contrat"] = attached or suggested

    @property
    def unsuitable(self) -> list[contrats.Option]:
        """The client's other contrats."""
        return [option for option in self.listed if option.why_not]

    @property
    def suggested(self) -> contrats.Option | None:
        """The contrat that the prestation suggests."""
        return next((option for option in self.listed if option.suggested), None)

    def entered(self) -> dict[str, Any]:
        """Return the contrat too."""
        return {**super().entered(), "contrat_id": self.cleaned_data["contrat"].pk}
