"""The decision: which version is retained, and why, in writing."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from interventions import hours
from interventions.guards import Facts, Row
from interventions.models import Intervention, Motif, MotifKind
from interventions.states import Choice
from interventions.versions import side_version
from portals.manager import versions
from portals.manager.act_forms import ActForm
from portals.manager.fields import long_text, offer, offer_choices
from portals.manager.hours_fields import FactsFields, facts_initial

NOTHING = "cancelled"


class ArbitrateForm(FactsFields, ActForm):
    """One of the two sides' versions, where there is one; a third with its hours; or a cancelled visit."""

    choice = forms.ChoiceField(label=gettext_lazy("La version retenue"), widget=forms.RadioSelect)
    motif = forms.ModelChoiceField(
        Motif.objects.none(),
        label=gettext_lazy("Motif de l’annulation"),
        required=False,
        empty_label=gettext_lazy("Choisissez un motif"),
        help_text=gettext_lazy("Si vous retenez que la visite n’a pas eu lieu."),
    )
    reason = long_text(
        gettext_lazy("Motivation, envoyée aux deux parties"),
        error_messages={
            "required": gettext_lazy("Écrivez pourquoi : une délibération sans motivation n’est pas enregistrée.")
        },
    )
    field_order = ("choice", "start", "end", "km", "second_start", "second_end", "motif", "reason")

    def __init__(self, *, row: Row, **options: Any) -> None:
        self.row = row
        super().__init__(**options)

    def starting_values(self, visit: Intervention) -> dict[str, Any]:
        """Start the third version from what is declared."""
        return facts_initial(self._reference(), self.actor.zone)

    def _reference(self) -> Facts:
        return self.row.declared or self.row.planned or self.row.retained

    def prepare(self) -> None:
        """Offer the versions that exist; hours and motif are asked for by the choices that need them."""
        offer_choices(self, "choice", self._choices())
        in_use = Motif.objects.filter(agence_id=self.actor.agence_id, kind=MotifKind.ANNULATION)
        offer(self, "motif", in_use.filter(archived_at__isnull=True))
        self.fields["start"].required = self.fields["end"].required = False
        self.keep_second_round(hours.day_of(self._reference().start, self.actor.zone), self.actor.zone)

    @property
    def third_fields(self) -> list[forms.BoundField]:
        """The fields of a third version."""
        names = ("start", "end", "km", "second_start", "second_end")
        return [self[name] for name in names if name in self.fields]

    def _choices(self) -> Any:
        for choice in (Choice.INTERVENANT, Choice.CLIENT):
            try:
                took_place, facts = side_version(self.row, choice)
            except LookupError:
                continue
            said = versions.span(facts) if took_place and facts else _("n’a pas eu lieu")
            counted = versions.counted(facts if took_place else None)
            yield choice.value, f"{choice.label} : {said}. {counted}"
        yield Choice.THIRD.value, _("Une troisième, saisie ici")
        yield NOTHING, _("La visite n’a pas eu lieu : l’annuler")

    def clean(self) -> dict[str, Any]:
        """Read the hours of a third version; ask for the motif of a cancelled visit."""
        cleaned = super().clean() or {}
        self.facts = None
        if cleaned.get("choice") == Choice.THIRD:
            for name in ("start", "end"):
                if not cleaned.get(name) and name not in self.errors:
                    self.add_error(name, _("Saisissez l’heure de cette version."))
            self.facts = self.read(self.actor.zone, near=self._reference().start)
            self.refuse_future(self.facts, self.now, self.actor.zone)
        if cleaned.get("choice") == NOTHING and not cleaned.get("motif"):
            self.add_error("motif", _("Choisissez un motif."))
        return cleaned

    def entered(self) -> dict[str, Any]:
        """Return the choice, the facts or the motif that go with it, and the grounds."""
        chosen = self.cleaned_data["choice"]
        cancels = chosen == NOTHING
        motif = self.cleaned_data.get("motif")
        return {
            "choice": Choice.THIRD if cancels else Choice(chosen),
            "cancels": cancels,
            "facts": self.facts,
            "motif_id": motif.pk if cancels and motif else None,
            "reason": self.cleaned_data["reason"],
        }
