"""What a gestionnaire enters of an absence, and what becomes of the visits inside: asked once there are any."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from interventions.actor import Actor
from interventions.models import Absence, AbsenceKind, Intervention, Motif, MotifKind
from interventions.planning.absences import Fate, inside
from portals.manager.fields import InBlocks, long_text, offer, offer_choices
from portals.manager.series_forms import a_day

OF_CLIENT = (AbsenceKind.HOSPITAL, AbsenceKind.HOLIDAY, AbsenceKind.DEATH, AbsenceKind.OTHER)
OF_INTERVENANT = (AbsenceKind.ILLNESS, AbsenceKind.HOLIDAY, AbsenceKind.UNAVAILABLE, AbsenceKind.OTHER)
ABOUT_VISITS = frozenset({"fate", "motif", "reason"})


class AbsenceForm(InBlocks):
    """Why and when somebody is away; then, with the visits listed, whether they are kept, cancelled or given away."""

    kind = forms.ChoiceField(label=gettext_lazy("Raison"))
    starts_on = a_day(gettext_lazy("Du"))
    ends_on = a_day(
        gettext_lazy("Au"), required=False, help_text=gettext_lazy("Compris. Vide : jusqu’à nouvel ordre.")
    )
    fate = forms.ChoiceField(
        label=gettext_lazy("Que deviennent ces visites ?"), widget=forms.RadioSelect, required=False
    )
    motif = forms.ModelChoiceField(
        Motif.objects.none(), label=gettext_lazy("Motif, pour les annuler"), required=False, empty_label="—"
    )
    reason = long_text(
        gettext_lazy("Pourquoi, pour retirer l’intervenant"),
        required=False,
        help_text=gettext_lazy("Reste au journal de chaque visite."),
    )

    def __init__(self, *, absence: Absence, actor: Actor, today: Any, data: Any = None) -> None:
        """Start from what the absence says."""
        self.absence, self.actor, self.today = absence, actor, today
        self.inside: list[Intervention] = []
        now = {"kind": absence.kind, "starts_on": absence.starts_on or today, "ends_on": absence.ends_on}
        super().__init__(data, initial=now)
        of_client = absence.client_id is not None
        offer_choices(
            self, "kind", ((kind.value, kind.label) for kind in (OF_CLIENT if of_client else OF_INTERVENANT))
        )
        fates = (Fate.KEEP, Fate.CANCEL) if of_client else (Fate.UNASSIGN, Fate.CANCEL, Fate.KEEP)
        offer_choices(self, "fate", ((fate.value, fate.label) for fate in fates))
        motifs = Motif.objects.filter(agence_id=actor.agence_id, kind=MotifKind.ANNULATION, archived_at__isnull=True)
        offer(self, "motif", motifs)
        if of_client:
            del self.fields["reason"]

    @property
    def blocks(self) -> list[list[forms.BoundField]]:
        """The fields; what is about visits only where there are any inside."""
        return [block for block in super().blocks if self.inside or block[0].name not in ABOUT_VISITS]

    def clean(self) -> dict[str, Any]:
        """Find the visits inside, and ask what becomes of them."""
        cleaned = super().clean() or {}
        if self.errors:
            return cleaned
        if cleaned["ends_on"] and cleaned["ends_on"] < cleaned["starts_on"]:
            self.add_error("ends_on", _("L’absence finit avant de commencer."))
            return cleaned
        for name in ("kind", "starts_on", "ends_on"):
            setattr(self.absence, name, cleaned[name])
        self.inside = inside(self.absence, self.actor, self.today)
        if self.inside:
            self._ask(cleaned)
        return cleaned

    def _ask(self, cleaned: dict[str, Any]) -> None:
        if not cleaned["fate"]:
            self.add_error("fate", _("Choisissez ce que deviennent les visites prévues pendant cette absence."))
        elif cleaned["fate"] == Fate.CANCEL and not cleaned["motif"]:
            self.add_error("motif", _("Choisissez le motif de l’annulation."))
        elif cleaned["fate"] == Fate.UNASSIGN and not cleaned["reason"].strip():
            self.add_error("reason", _("Écrivez pourquoi."))

    @property
    def fate_chosen(self) -> Fate:
        """What becomes of the visits; they stay where there are none."""
        return Fate(self.cleaned_data["fate"]) if self.inside else Fate.KEEP
