"""A view's name, whether it is shared, and whether it keeps the dates."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from interventions.actor import Actor
from tracking.models import SavedView
from tracking.saved_views import may_share


class NameForm(forms.Form):
    """The name, once a person."""

    nom = forms.CharField(
        label=_("Nom de la vue"), max_length=60, error_messages={"required": _("Donnez un nom à cette vue.")}
    )

    def __init__(self, data: Any, actor: Actor, view: SavedView | None = None) -> None:
        super().__init__(
            data, auto_id=f"vue-{view.public_id if view else 'nouvelle'}-%s", use_required_attribute=False
        )
        self.actor, self.view = actor, view

    def clean_nom(self) -> str:
        """Refuse a name that another view of the same author has."""
        name = str(self.cleaned_data["nom"])
        author = self.view.user_id if self.view else self.actor.user_id
        same = SavedView.objects.filter(agence_id=self.actor.agence_id, user=author, name=name)
        if (same.exclude(pk=self.view.pk) if self.view else same).exists():
            raise forms.ValidationError(_("Une autre vue porte déjà ce nom."))
        return name


class NewViewForm(NameForm):
    """What is asked where a view is kept."""

    dates = forms.BooleanField(
        label=_("Garder ces dates"), required=False, help_text=_("Sinon la vue s’ouvre sur les 31 derniers jours.")
    )
    defaut = forms.BooleanField(label=_("Ouvrir le tableau sur cette vue"), required=False)
    partagee = forms.BooleanField(
        label=_("Partager avec l’agence"),
        required=False,
        help_text=_("Avec les gestionnaires qui suivent les mêmes secteurs."),
    )

    def __init__(self, data: Any, actor: Actor) -> None:
        super().__init__(data, actor)
        if not may_share(actor):
            del self.fields["partagee"]
