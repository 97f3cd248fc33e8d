"""The declaration of one visit: its state, hours, kilometres and comment, and the act that they ask for."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from interventions.models import Intervention
from interventions.operations import Change
from interventions.states import Action, Labelled
from portals.intervenant.entry import EntryForm
from portals.web import format as fmt


class Etat(Labelled):
    """The column "Etat" of the reference, as the intervenant sets it."""

    NB = "nb", gettext_lazy("N/B")
    DONE = "done", gettext_lazy("Réalisé")
    CANCELLED = "cancelled", gettext_lazy("Annulé")


ACTIONS = {Etat.DONE: Action.COMPLETE, Etat.CANCELLED: Action.CANCEL}


class DeclarationForm(EntryForm):
    """One visit to validate: its state beside what was entered, and the version that the person saw."""

    state = forms.ChoiceField(choices=Etat.choices, required=False)
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, visit: Intervention, conforming: bool = False, **kwargs: Any) -> None:
        known = visit.planned or visit.declared or visit.retained
        initial = {"seen": visit.version}
        super().__init__(
            *args, prefix=visit.public_id.hex, known=known, comment=visit.comment, initial=initial, **kwargs
        )
        self.visit, self.conforming = visit, conforming
        words = {"start": fmt.hour(known.start), "end": fmt.end_hour(known.start, known.end), "km": fmt.km(known.km)}
        shown = [name for name in words if name != "km" or known.km]
        self.planned = {
            **EntryForm.planned,
            **{name: _("Prévu\u00a0: %(what)s") % {"what": words[name]} for name in shown},
        }

    @property
    def etat(self) -> Etat:
        """The state that is set on screen; N/B until somebody sets another, or the whole day to Réalisé."""
        chosen = self.data.get(self.add_prefix("state"), "") if self.is_bound else ""
        found = next((etat for etat in Etat if etat == chosen), Etat.NB)
        return Etat.DONE if found is Etat.NB and self.conforming else found

    @property
    def seen_version(self) -> int:
        """The version on screen when the person pressed (0 if the form does not say); on a fresh form the present."""
        if not self.is_bound:
            return self.visit.version
        text = self.data.get(self.add_prefix("seen"), "")
        return int(text) if text.isdecimal() and len(text) < 10 else 0

    @property
    def is_stale(self) -> bool:
        """Whether the visit changed after the person saw it: what stands in the fields is then not all theirs."""
        return self.seen_version != self.visit.version

    @property
    def counts(self) -> bool:
        """Whether its hours are about to be declared; a stale row is refused by its version, whatever it says."""
        return self.etat is Etat.DONE and not self.is_stale

    def is_wrong(self) -> bool:
        """Whether what is entered stops the save: only for a visit set to Réalisé do hours count."""
        return self.counts and not self.is_valid()

    def change(self) -> Change:
        """Return the act that this card asks for, with facts where they differ from the plan."""
        action = ACTIONS[self.etat]
        comment = self.said
        touched = action is Action.COMPLETE and self.facts != self.known
        return Change(
            action,
            self.visit.pk,
            seen=self.seen_version,
            facts=self.facts if touched else None,
            comment=comment if comment.strip() != self.visit.comment else "",
        )
