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
from portals.manager.shared_menu import SharedMenu, Written
from portals.manager.weighing import Weighed
from portals.web import format as fmt
from portals.web.presses import SENTENCES

KEEP, CANCEL = "keep", "cancel"
# For how many clients somebody of their own can be named; the others go to the same person.
BY_CLIENT = 20
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
        self.by_client: dict[str, Client] = {}
        if isinstance(person, Client) or not found.ahead:
            del self.fields["fate"], self.fields["intervenant"]
        else:
            self._ask_who(person)
        if found.ahead or found.past:
            self._ask_why(is_client=isinstance(person, Client))
        else:
            del self.fields["motif"], self.fields["why"]
        if not found.past:
            del self.fields["past"]

    def _ask_who(self, person: Person) -> None:
        others = Intervenant.objects.visible_to(self.actor).current().exclude(pk=person.pk).by_name()
        choices = [(one.pk, str(one)) for one in others.only("last_name", "first_name")]
        offer(self, "intervenant", Intervenant.objects.filter(pk__in=[key for key, _name in choices]))
        self.fields["intervenant"].widget = SharedMenu(Written("—", choices))
        clients = {visit.client_id: visit.client for visit in self.found.ahead}
        if len(clients) == 1:
            return
        written = Written(_("La même personne"), choices)
        for client in [*clients.values()][:BY_CLIENT]:
            name = f"{client.public_id.hex}-intervenant"
            self.by_client[name] = client
            self.fields[name] = forms.TypedChoiceField(
                label=_("Chez %(client)s") % {"client": client.full_name},
                choices=lambda: written.choices,  # looked at for what was chosen; a list is copied for each menu
                widget=SharedMenu(written),
                coerce=int,
                empty_value=None,
                required=False,
            )

    def _ask_why(self, *, is_client: bool) -> None:
        kept = Motif.objects.filter(
            agence_id=self.actor.agence_id, kind=MotifKind.ANNULATION, archived_at__isnull=True
        )
        offer(self, "motif", kept).required = bool(self.found.ahead) and is_client
        self.fields["why"].required = bool(self.found.ahead)
        if is_client:
            keep = _("Les garder : l’intervenant ou l’agence les déclare")
            offer_choices(self, "past", ((KEEP, keep), (CANCEL, _("Les annuler"))))

    @property
    def blocks(self) -> list[list[forms.BoundField]]:
        """The fields; those of one client each stand apart."""
        return [block for block in super().blocks if block[0].name not in self.by_client]

    @property
    def fields_by_client(self) -> list[forms.BoundField]:
        """Who takes over at each client, where that is not the same person."""
        return [self[name] for name in self.by_client]

    @property
    def takers(self) -> dict[int, int]:
        """Who was chosen for one client, by keys."""
        cleaned = getattr(self, "cleaned_data", {})
        chosen = {client.pk: cleaned.get(name) for name, client in self.by_client.items()}
        return {client: taker for client, taker in chosen.items() if taker}

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
            taken = self.choice().taker
            self.weigh([slot_of(visit, taken(visit.client_id)) for visit in self.found.ahead], self.actor)
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
            self.takers,
        )
