"""What a lot asks before the press."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from interventions.actor import Actor
from interventions.models import Motif, MotifKind
from interventions.states import Ground


class LotForm(forms.Form):
    """What is asked for every visit of a lot; `entered` says what it means to the domain."""

    def __init__(self, data: Any = None, *, actor: Actor) -> None:
        super().__init__(data)
        self.actor = actor
        self.prepare()

    def prepare(self) -> None:
        """Narrow the choices to the actor's agency."""

    def entered(self) -> dict[str, Any]:
        """Return the fields of `operations.Change` that were entered."""
        return {}

    @property
    def chosen_ground(self) -> Ground | None:
        """What allows acting in the client's place, where it was asked for."""
        chosen = self.cleaned_data.get("ground")
        return Ground(chosen) if chosen else None


class EmptyForm(LotForm):
    """Nothing is asked."""


class ReasonForm(LotForm):
    """Why it is done in somebody's place."""

    reason = forms.CharField(
        label=_("Pourquoi"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Reste au journal de chaque visite."),
        error_messages={"required": _("Écrivez pourquoi.")},
    )

    def entered(self) -> dict[str, Any]:
        """Return the reason."""
        return {"reason": self.cleaned_data["reason"]}


class MotifForm(LotForm):
    """A motif out of the agency's own list."""

    motif = forms.ModelChoiceField(
        Motif.objects.none(),
        label=_("Motif de l’annulation"),
        widget=forms.RadioSelect,
        empty_label=None,
        error_messages={"required": _("Choisissez un motif.")},
    )

    def prepare(self) -> None:
        """Offer the agency's motifs that are in use."""
        found = Motif.objects.filter(agence_id=self.actor.agence_id, kind=MotifKind.ANNULATION, archived_at=None)
        self.fields["motif"].queryset = found  # type: ignore[attr-defined]

    def entered(self) -> dict[str, Any]:
        """Return the motif."""
        return {"motif_id": self.cleaned_data["motif"].pk}
