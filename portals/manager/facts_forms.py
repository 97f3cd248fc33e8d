"""Acts for which a gestionnaire types hours and kilometres."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from interventions import hours
from interventions.guards import Facts
from interventions.models import Intervenant, Intervention, Motif, MotifKind
from interventions.planning.slots import Slot
from portals.manager import contrats
from portals.manager.act_forms import ActForm, CommentForm, GroundForm, MotifForm, ReasonForm
from portals.manager.contrat_forms import AttachForm
from portals.manager.fields import long_text
from portals.manager.hours_fields import FactsFields, PlannedFields, facts_initial
from portals.manager.replacement_field import offer_intervenants
from portals.manager.weighing import Weighed


class PastFactsForm(FactsFields, ActForm):
    """Hours and kilometres of a visit that took place."""

    def reference(self, visit: Intervention) -> Facts:
        """Return the version that the hours start from."""
        return visit.planned or visit.retained

    def starting_values(self, visit: Intervention) -> dict[str, Any]:
        """Start from the reference version."""
        return {**super().starting_values(visit), **facts_initial(self.reference(visit), self.actor.zone)}

    def prepare(self) -> None:
        """Ask for the round of a repeated hour where there is one."""
        super().prepare()
        self.keep_second_round(hours.day_of(self.reference(self.visit).start, self.actor.zone), self.actor.zone)

    def clean(self) -> dict[str, Any]:
        """Turn what was typed into instants."""
        cleaned = super().clean() or {}
        self.facts = self.read(self.actor.zone, near=self.reference(self.visit).start)
        self.refuse_future(self.facts, self.now, self.actor.zone)
        return cleaned

    def entered(self) -> dict[str, Any]:
        """Return the facts too."""
        return {**super().entered(), "facts": self.facts}


class CompleteForm(ReasonForm, AttachForm, PastFactsForm):
    """Declare in the intervenant's place."""

    field_order = ("start", "end", "km", "second_start", "second_end", "contrat", "reason")


class RefusField(forms.ModelChoiceField):
    """The field Motif de refus: each says what it opens."""

    def label_from_instance(self, obj: Motif) -> str:
        """Return the motif with what it opens: only that is taken over."""
        opened = [name for name, is_open in ((_("heures"), obj.opens_hours), (_("km"), obj.opens_km)) if is_open]
        return f"{obj.label} ({', '.join(opened)})"


class ContestForm(CommentForm, PastFactsForm, MotifForm, GroundForm):
    """Change a visit as the client says by phone, by letter or on site."""

    kind = MotifKind.REFUS
    motif = RefusField(Motif.objects.none(), widget=forms.RadioSelect, empty_label=None)
    field_order = (
        "motif",
        "start",
        "end",
        "km",
        "second_start",
        "second_end",
        "comment",
        "ground",
        "ground_text",
        "scan",
    )

    def reference(self, visit: Intervention) -> Facts:
        """Start from what the intervenant declared."""
        return visit.declared or visit.retained

    def prepare(self) -> None:
        """Say what each motif opens: only that is taken over."""
        super().prepare()
        field = self.fields["motif"]
        field.label = _("Motif de refus")
        field.help_text = _("Seul ce que le motif ouvre est modifié.")


class MoveForm(Weighed, PlannedFields, ActForm):
    """Move a visit that is still to come, or give it to somebody else."""

    intervenant = forms.ModelChoiceField(
        Intervenant.objects.none(), label=gettext_lazy("Intervenant"), empty_label=None
    )
    ordre_de_mission = long_text(gettext_lazy("Ordre de mission"), required=False)
    field_order = ("day", "start", "end", "km", "second_start", "second_end", "intervenant", "ordre_de_mission")

    def starting_values(self, visit: Intervention) -> dict[str, Any]:
        """Start from what is planned now."""
        now = {"day": visit.day, "intervenant": visit.intervenant_id, "ordre_de_mission": visit.ordre_de_mission}
        return {**super().starting_values(visit), **now, **facts_initial(visit.retained, self.actor.zone)}

    def prepare(self) -> None:
        """Offer the other intervenants; a draft without one is given to somebody by another act."""
        super().prepare()
        if self.visit.intervenant_id is None:
            del self.fields["intervenant"]
        else:
            offer_intervenants(self, self.visit, self.actor)
        self._ask_second_round()

    def _ask_second_round(self) -> None:
        typed = self.data.get("day") if self.is_bound else None
        try:
            day = dt.date.fromisoformat(typed) if typed else self.visit.day
        except ValueError:
            day = self.visit.day
        self.keep_second_round(day, self.actor.zone)

    def clean(self) -> dict[str, Any]:
        """Turn what was typed into instants."""
        cleaned = super().clean() or {}
        self.facts = self.read_planned(self.actor.zone)
        if self.facts and not self.errors:
            self.weigh([self._slot(self.facts)], self.actor)
        return cleaned

    def _slot(self, facts: Facts) -> Slot:
        visit, chosen = self.visit, self.cleaned_data.get("intervenant")
        terms = contrats.terms(visit.contrat) if visit.contrat else None
        moved = hours.day_of(facts.start, self.actor.zone) != visit.day
        return Slot(
            visit.client_id, facts.start, facts.end, chosen.pk if chosen else None, terms, visit.pk, asks_contrat=moved
        )

    def entered(self) -> dict[str, Any]:
        """Return the facts, the intervenant and the ordre de mission."""
        chosen = self.cleaned_data.get("intervenant")
        return {
            **super().entered(),
            "facts": self.facts,
            "intervenant_id": chosen.pk if chosen else None,
            "ordre_de_mission": self.cleaned_data["ordre_de_mission"],
            "reason": self.given_reason,
        }
