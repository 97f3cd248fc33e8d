"""On what ground a manager acts in the client's place."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from interventions.operations import GROUNDS
from interventions.states import Action, Ground
from tracking.act_forms import LotForm


class GroundForm(LotForm):
    """The ground, and what is kept with it in the journal."""

    ground = forms.ChoiceField(
        label=_("Sur quel fondement\u202f?"),
        choices=[(ground.value, ground.label) for ground in GROUNDS[Action.VALIDATE_FOR_CLIENT]],
        widget=forms.RadioSelect,
        error_messages={"required": _("Indiquez ce qui vous permet d’agir à la place du client.")},
    )
    ground_text = forms.CharField(
        label=_("Précision, gardée au journal"),
        required=False,
        max_length=500,
        help_text=_("Nécessaire pour «\u00a0Autre\u00a0»."),
    )

    def clean(self) -> dict[str, Any]:
        """Ask for the words behind «Autre»."""
        cleaned = super().clean() or {}
        if cleaned.get("ground") == Ground.OTHER and not cleaned.get("ground_text"):
            self.add_error("ground_text", _("Écrivez ce qui vous permet d’agir à la place du client."))
        return cleaned
