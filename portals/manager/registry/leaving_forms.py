"""What becomes of the visits of somebody who is put away: asked with the visits in sight."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from interventions.actor import Actor
from interventions.models import Client, Intervenant, Motif, MotifKind
from interventions.operations import Outcome
from interventions.registry.leaving import Behind, Choice, Fate
from interventions.registry.people import Person
from portals.manager.fields import long_text, offer, offer_choices
from portals.manager.replacement_field import slot_of
from portals.manager.weighing import Weighed
from portals.web import format as fmt
from portals.web.presses import SENTENCES

KEEP, CANCEL = "keep", "cancel"
NO_MOTIF = gettext_lazy("Choisissez le motif de l’annulation.")
NO_REASON = gettext_lazy("Écrivez pourquoi.")


class LeavingForm(Weighed):
    """The fate of the visits to come and of past ones that nobody declared; only what there is to be asked."""

    fate = forms.ChoiceField(
        label=gettext_lazy("Que deviennent les visites à venir ?"),
        widget=forms.RadioSelect,
        choices=Fate.choices,
        error_messages={"required": gettext_lazy("Choisissez ce que deviennent les visites à venir.")},
    )
    intervenant = forms.ModelChoiceField(
        Intervenant.objects.none(), label=gettext_lazy("À qui, pour les confier"), required=False, empty_label="—"
    )
    past = forms.ChoiceField(
        label=gettext_lazy("Et les visites passées, encore à réaliser ?"),
        widget=forms.RadioSelect,
        choices=((KEEP, gettext_lazy("Les garder : l’agence les déclare")), (CANCEL, gettext_lazy("Les annuler"))),
        initial=KEEP,
    )
    motif = forms.ModelChoiceField(
        Motif.objects.none(),
        label=gettext_lazy("Motif, pour annuler"),
        required=False,
        empty_label="—",
        error_messages={"required": NO_MOTIF},
    )
    why = long_text(
        gettext_lazy("Pourquoi"),
        required=False,
        help_text=gettext_lazy("Reste au journal de chaque visite que vous changez ici."),
        error_messages={"required": NO_REASON},
    )

    field_order = ("fate", "intervenant", "past", "motif", "why", "reason")

    def __init__(self, person: Person, found: Behind, actor: Actor, data: Any = None) -> None:
        """Ask what there is to ask about what this person leaves behind."""
        self.person, self.found, self.actor = person, found, actor
        super().__init__(data, initial={"past": KEEP})
        if isinstance(person, Client) or not found.ahead:
            del self.fields["fate"], self.fields["intervenant"]
        else:
            others = Intervenant.objects.visible_to(actor).current().exclude(pk=person.pk)
            offer(self, "intervenant", others.by_name())
        if not (found.ahead or found.past):
            del self.fields["motif"], self.fields["why"]
        else:
            kept = Motif.objects.filter(agence_id=actor.agence_id, kind=MotifKind.ANNULATION, archived_at__isnull=True)
            offer(self, "motif", kept).required = bool(found.ahead) and isinstance(person, Client)
            self.fields["why"].required = bool(found.ahead)
        if not found.past:
            del self.fields["past"]
        elif isinstance(person, Client):
            keep = _("Les garder : l’intervenant ou l’agence les déclare")
            offer_choices(self, "past", ((KEEP, keep), (CANCEL, _("Les annuler"))))

    def clean(self) -> dict[str, Any]:
        """Ask for what the choice needs, then weigh the hours of whoever takes the visits over."""
        cleaned = super().clean() or {}
        if self.data.get("seen") != self.found.mark:
            self.say_moved()
        if self.errors or not (self.found.ahead or self.found.past):
            return cleaned
        fate, cancels = self.fate_chosen, self.cancels_any
        if fate is Fate.GIVE and self.found.ahead and not cleaned.get("intervenant"):
            self.add_error("intervenant", _("Choisissez à qui confier ces visites."))
        if cancels and not cleaned.get("motif"):
            self.add_error("motif", NO_MOTIF)
        if self.changes_any and not cleaned["why"].strip():
            self.add_error("why", NO_REASON)
        if fate is Fate.GIVE and not self.errors:
            taker = cleaned["intervenant"].pk
            self.weigh([slot_of(visit, taker) for visit in self.found.ahead], self.actor)
        return cleaned

    def say_moved(self) -> None:
        """Say that the visits are no longer those that were shown; the page now shows what they are."""
        self.add_error(None, _("Ces visites ont changé depuis l’ouverture de la page : relisez-les."))

    def say_refused(self, outcome: Outcome) -> None:
        """Name the visits that cannot go the way that was chosen, each with why."""
        visits = {visit.pk: visit for visit in [*self.found.ahead, *self.found.past]}
        for row in outcome.refused[:SENTENCES]:
            visit = visits[row.intervention_id or 0]
            when = f"{fmt.day_short(visit.day)} {fmt.time_range(visit.retained_start, visit.retained_end)}"
            self.add_error(None, f"{when} : {row.message}")

    @property
    def fate_chosen(self) -> Fate:
        """What becomes of the visits to come; those of a client are cancelled."""
        return Fate(self.cleaned_data.get("fate") or Fate.CANCEL)

    @property
    def cancels_past(self) -> bool:
        """Whether past visits are cancelled too."""
        return self.cleaned_data.get("past") == CANCEL

    @property
    def cancels_any(self) -> bool:
        """Whether any visit is cancelled."""
        return self.cancels_past or (bool(self.found.ahead) and self.fate_chosen is Fate.CANCEL)

    @property
    def changes_any(self) -> bool:
        """Whether any visit is changed."""
        return bool(self.found.ahead) or self.cancels_past

    def choice(self) -> Choice:
        """Return what was chosen; the form must be valid."""
        entered = self.cleaned_data
        taker, motif = entered.get("intervenant"), entered.get("motif")
        reasons = [entered.get("why", "").strip(), self.given_reason.strip()]
        return Choice(
            self.found.mark,
            self.fate_chosen,
            taker.pk if taker else None,
            motif.pk if motif else None,
            self.cancels_past,
            "\n".join(reason for reason in reasons if reason),
        )
