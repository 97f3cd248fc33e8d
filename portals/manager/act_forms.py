"""What a gestionnaire enters with an act: fields by what the workflow needs, each turned into one domain change."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from interventions import operations
from interventions.actor import Actor
from interventions.guards import Guard
from interventions.models import Intervenant, Intervention, Motif, MotifKind
from interventions.states import Action, Ground
from portals.manager.fields import InBlocks, long_text, offer, offer_choices, refuse
from portals.manager.replacement_field import offer_intervenants, slot_of
from portals.manager.scans import ScanField
from portals.manager.weighing import Weighed


class ActForm(InBlocks):
    """One act on one visit. A subclass adds fields and, in `entered`, what they mean to the domain."""

    def __init__(
        self, *, action: Action, visit: Intervention, actor: Actor, now: Any, data: Any = None, files: Any = None
    ) -> None:
        self.action, self.visit, self.actor, self.now = action, visit, actor, now
        super().__init__(data, files, initial=self.starting_values(visit))
        self.prepare()

    def starting_values(self, visit: Intervention) -> dict[str, Any]:
        """Return what the fields hold before anything is typed."""
        return {}

    def prepare(self) -> None:
        """Narrow the choices to what belongs to the visit and the actor."""

    def entered(self) -> dict[str, Any]:
        """Return the fields of `operations.Change` that were entered."""
        return {}

    def change(self, seen: int | None) -> operations.Change:
        """Return the change to apply, for the version of the visit that the person saw."""
        return operations.Change(self.action, intervention_id=self.visit.pk, seen=seen, **self.entered())

    @property
    def chosen_ground(self) -> Ground | None:
        """What allows acting in the client's place, where it was asked for."""
        chosen = self.cleaned_data.get("ground")
        return Ground(chosen) if chosen else None

    def refuse(self, refusal: Guard | None, message: str) -> None:
        """Show a refusal of the domain beside the field that it is about."""
        refuse(self, refusal, message)


class ReasonForm(ActForm):
    """Acts that need a reason."""

    reason = long_text(gettext_lazy("Pourquoi"), help_text=gettext_lazy("Reste au journal de la visite."))

    def entered(self) -> dict[str, Any]:
        """Return the reason too."""
        return {**super().entered(), "reason": self.cleaned_data["reason"]}


class IntervenantForm(Weighed, ActForm):
    """Who is to make the visit."""

    intervenant = forms.ModelChoiceField(Intervenant.objects.none(), label=gettext_lazy("Intervenant"))

    def prepare(self) -> None:
        """Offer the agency's intervenants who are not archived, the best placed first."""
        super().prepare()
        offer_intervenants(self, self.visit, self.actor)

    def clean(self) -> dict[str, Any]:
        """Weigh the hours of the visit with this intervenant."""
        cleaned = super().clean() or {}
        if "intervenant" in cleaned:
            self.weigh([slot_of(self.visit, cleaned["intervenant"].pk)], self.actor)
        return cleaned

    def entered(self) -> dict[str, Any]:
        """Return the intervenant too."""
        chosen = self.cleaned_data["intervenant"]
        return {**super().entered(), "intervenant_id": chosen.pk, "reason": self.given_reason}


class MotifForm(ActForm):
    """A motif out of the agency's own list."""

    kind = MotifKind.ANNULATION
    motif = forms.ModelChoiceField(
        Motif.objects.none(), label=gettext_lazy("Motif de l’annulation"), widget=forms.RadioSelect, empty_label=None
    )

    def starting_values(self, visit: Intervention) -> dict[str, Any]:
        """Start from the motif that the visit has."""
        return {**super().starting_values(visit), "motif": visit.motif_id}

    def prepare(self) -> None:
        """Offer the agency's motifs of this kind that are in use."""
        super().prepare()
        in_use = Motif.objects.filter(agence_id=self.actor.agence_id, kind=self.kind, archived_at__isnull=True)
        offer(self, "motif", in_use)

    def entered(self) -> dict[str, Any]:
        """Return the motif too."""
        return {**super().entered(), "motif_id": self.cleaned_data["motif"].pk}


class GroundForm(ActForm):
    """What allows acting in the client's place; «Autre» is said in words."""

    ground = forms.ChoiceField(
        label=gettext_lazy("Ce qui vous permet d’agir à la place du client"), widget=forms.RadioSelect
    )
    ground_text = long_text(
        gettext_lazy("Précision"),
        required=False,
        help_text=gettext_lazy("Qui, quand, comment."),
    )

    scan = ScanField()

    def prepare(self) -> None:
        """Offer the grounds of this act."""
        super().prepare()
        offer_choices(self, "ground", ((ground.value, ground.label) for ground in operations.GROUNDS[self.action]))
        if Ground.OTHER in operations.GROUNDS[self.action]:
            self.fields["ground_text"].help_text = _("Qui, quand, comment. Obligatoire pour « Autre ».")

    def clean(self) -> dict[str, Any]:
        """Refuse «Autre» without words."""
        cleaned = super().clean() or {}
        if cleaned.get("ground") == Ground.OTHER and not cleaned.get("ground_text", "").strip():
            self.add_error("ground_text", _("Précisez ce qui vous permet d’agir."))
        return cleaned


class CommentForm(ActForm):
    """What the client says, in their own words."""

    comment = long_text(gettext_lazy("Ce que dit le client"), required=False)

    def entered(self) -> dict[str, Any]:
        """Return the comment too."""
        return {**super().entered(), "comment": self.cleaned_data["comment"]}


class CancelByClientForm(CommentForm, MotifForm, GroundForm):
    """The client says that the visit did not take place."""

    field_order = ("motif", "comment", "ground", "ground_text", "scan")
