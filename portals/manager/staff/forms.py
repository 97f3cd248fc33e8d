"""A gestionnaire as they are entered: names, rights, secteurs; of a new one the address too."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy

from interventions.actor import Actor
from interventions.models import Gestionnaire, Secteur
from interventions.registry import staff
from portals.manager.fields import InBlocks, offer

ALL, SOME = "tous", "certains"
SCOPES = [
    (ALL, gettext_lazy("Tous, clients sans secteur compris")),
    (SOME, gettext_lazy("Certains seulement")),
]


def right(label: Any, help_text: Any) -> forms.BooleanField:
    """Return the box of one right, with what it allows."""
    return forms.BooleanField(label=label, help_text=help_text, required=False)


class StaffForm(InBlocks):
    """What a gestionnaire is called, may do, and for whom."""

    last_name = forms.CharField(
        label=gettext_lazy("Nom"), max_length=100, error_messages={"required": gettext_lazy("Indiquez le nom.")}
    )
    first_name = forms.CharField(label=gettext_lazy("Prénom"), max_length=100, required=False)
    may_manage = right(
        gettext_lazy("Gestion"),
        gettext_lazy("Plannings, fiches, contrats, visites, validations à la place du client : tout, sauf délibérer."),
    )
    may_arbitrate = right(
        gettext_lazy("Délibération"),
        gettext_lazy("Trancher quand l’intervenant et le client ne sont pas d’accord."),
    )
    may_close = right(gettext_lazy("Clôture"), gettext_lazy("Clore un mois : plus rien n’y change."))
    may_unlock = right(gettext_lazy("Déverrouillage"), gettext_lazy("Rouvrir un mois clos."))
    may_administer = right(
        gettext_lazy("Administration"),
        gettext_lazy("Paramètres, prestations, motifs, utilisateurs et droits, les siens compris."),
    )
    scope = forms.ChoiceField(label=gettext_lazy("Secteurs"), choices=SCOPES, widget=forms.RadioSelect, initial=ALL)
    secteurs = forms.ModelMultipleChoiceField(
        Secteur.objects.none(),
        label=gettext_lazy("Secteurs"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        error_messages={"required": staff.NO_SECTEUR},
    )

    def __init__(self, member: Gestionnaire, actor: Actor, data: Any = None) -> None:
        """Start from what the member has; offer the secteurs in use that the actor sees, and the member's own."""
        held = list(member.secteurs.values_list("pk", flat=True)) if member.pk else []
        initial = {name: getattr(member, name) for name in ("last_name", "first_name", *staff.RIGHT_COLUMNS)}
        initial |= {"scope": ALL if member.all_secteurs else SOME, "secteurs": held}
        super().__init__(data, initial=initial)
        mine = Secteur.objects.visible_to(actor).filter(Q(archived_at__isnull=True) | Q(pk__in=held))
        offer(self, "secteurs", mine.order_by("sort_name", "id"))
        if actor.secteur_ids is not None:
            del self.fields["scope"]
            self.fields["secteurs"].required = True
        for name in ("last_name", "first_name", "email"):
            if name in self.fields:
                self.fields[name].widget.attrs["autocomplete"] = "off"

    def clean(self) -> dict[str, Any]:
        """Ask for a secteur of who is to have some only."""
        cleaned = super().clean() or {}
        if cleaned.get("scope") == SOME and not cleaned.get("secteurs"):
            self.add_error("secteurs", str(staff.NO_SECTEUR))
        return cleaned

    @property
    def values(self) -> dict[str, Any]:
        """The columns of a valid form."""
        return {name: self.cleaned_data[name] for name in ("last_name", "first_name", *staff.RIGHT_COLUMNS)}

    @property
    def chosen(self) -> list[int] | None:
        """The keys of the secteurs of a valid form; None for all of them."""
        if self.cleaned_data.get("scope") == ALL:
            return None
        return [secteur.pk for secteur in self.cleaned_data["secteurs"]]


class InvitationForm(StaffForm):
    """The same for somebody new."""

    email = forms.EmailField(
        label=gettext_lazy("Adresse e-mail"),
        max_length=254,
        help_text=gettext_lazy("Un mail y dit comment se connecter : par un code, sans mot de passe."),
        error_messages={
            "required": gettext_lazy("Indiquez l’adresse."),
            "invalid": gettext_lazy("Cette adresse n’est pas complète."),
        },
    )
    field_order = ("last_name", "first_name", "email")

    def clean_email(self) -> str:
        """Compare addresses in lower case."""
        return str(self.cleaned_data["email"]).strip().lower()
