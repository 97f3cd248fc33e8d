"""A contrat as it is entered; ending or shortening one with visits after its end is confirmed with these in sight."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from interventions.actor import Actor
from interventions.models import Contrat, ContratState, Intervention, Prestation
from interventions.registry.contrats import AT_FIRST, MAY_BECOME, left_without, terms
from portals.manager.fields import offer, offer_choices
from portals.manager.registry.durations import HoursField
from portals.manager.registry.forms import LineForm
from portals.manager.series_forms import a_day


class ContratForm(LineForm):
    """A contrat of one client. `left` are the visits that the change would leave without a contrat facturable."""

    columns = ("number", "prestation", "state", "starts_on", "ends_on", "billable", "monthly_minutes")
    number = forms.CharField(label=gettext_lazy("Numéro"), max_length=40)
    prestation = forms.ModelChoiceField(Prestation.objects.none(), label=gettext_lazy("Prestation"))
    state = forms.ChoiceField(
        label=gettext_lazy("État"),
        help_text=gettext_lazy("Brouillon, puis Validé, puis Signé ; Résilié y met fin à une date."),
    )
    starts_on = a_day(gettext_lazy("Début"))
    ends_on = a_day(
        gettext_lazy("Fin"),
        required=False,
        help_text=gettext_lazy("Comprise. Vide : sans fin ; un contrat résilié en a une."),
    )
    billable = forms.BooleanField(label=gettext_lazy("Facturable"), required=False)
    monthly_minutes = HoursField(
        label=gettext_lazy("Heures par mois"), help_text=gettext_lazy("10, 10,5 ou 10:30. Vide : sans limite.")
    )
    accept = forms.BooleanField(
        label=gettext_lazy("J’ai lu quelles visites restent sans contrat facturable"), required=False
    )

    def __init__(self, row: Contrat, actor: Actor, data: Any = None) -> None:
        """Offer the prestations in use and the états that may follow."""
        self.actor = actor
        self.left: list[Intervention] = []
        super().__init__(row, data)
        mine = Prestation.objects.filter(
            Q(archived_at__isnull=True) | Q(pk=row.prestation_id), agence_id=actor.agence_id
        )
        offer(self, "prestation", mine.order_by("sort_name", "id"))
        follow = MAY_BECOME[row.state] if row.pk else AT_FIRST
        offer_choices(self, "state", ((state.value, state.label) for state in follow))

    @property
    def blocks(self) -> list[list[forms.BoundField]]:
        """The fields; the confirmation only where there is something to confirm."""
        return [block for block in super().blocks if self.left or block[0].name != "accept"]

    def clean(self) -> dict[str, Any]:
        """Hold the dates in order, then look for the visits that would be left without a contrat facturable."""
        cleaned = super().clean() or {}
        first, last = cleaned.get("starts_on"), cleaned.get("ends_on")
        if first and last and last < first:
            self.add_error("ends_on", _("Le contrat finit avant de commencer."))
        if cleaned.get("state") == ContratState.TERMINATED and not last and "ends_on" not in self.errors:
            self.add_error("ends_on", _("Un contrat résilié finit à une date : saisissez-la."))
        if self.row.pk and not self.errors:
            self._look(cleaned)
        return cleaned

    def _look(self, cleaned: dict[str, Any]) -> None:
        now = terms(self.row)
        becomes = replace(now, **{name: cleaned[name] for name in ("state", "billable", "starts_on", "ends_on")})
        if becomes == now:
            return
        self.left = left_without(self.row, becomes, self.actor)
        if self.left and not cleaned["accept"]:
            self.add_error("accept", _("Lisez quelles visites sont touchées, puis confirmez."))
