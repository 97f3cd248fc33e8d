"""What is entered of a line of a list; `values` are the columns that it gives."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from interventions.billed_hours import Rounding, billed_minutes
from interventions.models import Motif, MotifKind, Prestation
from interventions.models.contrats import BILLING_STEPS
from portals.manager.fields import InBlocks, long_text
from portals.web import format as fmt

# Minutes of the visit by which the effect of a rounding is shown.
EXAMPLE = 67
TAKEN = gettext_lazy("Déjà pris dans votre agence : choisissez-en un autre.")


class LineForm(InBlocks):
    """A line of a list, as it stands or new."""

    columns: tuple[str, ...] = ()

    def __init__(self, row: Any, data: Any = None) -> None:
        """Start from what the row says."""
        self.row = row
        fields = {name: row._meta.get_field(name).attname for name in self.columns}
        super().__init__(data, initial={name: getattr(row, column) for name, column in fields.items()})

    def values(self) -> dict[str, Any]:
        """Return the columns and what they are to hold; the form must be valid."""
        return {name: self.cleaned_data[name] for name in self.columns if name in self.cleaned_data}

    def refuse_taken(self, fields: tuple[str, ...]) -> None:
        """Say beside the field that another line already has this number or name."""
        self.add_error(next((name for name in fields if name in self.fields), None), TAKEN)


class PrestationForm(LineForm):
    """A kind of service, and what its visits are rounded to on the invoice."""

    columns = ("name", "billing_step", "billing_rounding")
    name = forms.CharField(label=gettext_lazy("Nom"), max_length=120)
    billing_step = forms.TypedChoiceField(
        label=gettext_lazy("Facturation arrondie à"),
        coerce=int,
        choices=BILLING_STEPS,
        help_text=gettext_lazy("Visite par visite, dans l’export de facturation. La paie n’est jamais arrondie."),
    )
    billing_rounding = forms.ChoiceField(label=gettext_lazy("Sens de l’arrondi"), choices=Rounding.choices)

    def __init__(self, row: Prestation, data: Any = None) -> None:
        """Say what the rounding does as it stands."""
        super().__init__(row, data)
        self.fields["billing_rounding"].help_text = _effect(row)


def _effect(row: Prestation) -> str:
    """Return what a visit of 67 minutes is billed, in words, and from when a change counts."""
    later = _("Un changement vaut pour les prochains exports ; ce qui est exporté le reste.")
    if not row.billing_step:
        return later
    billed = billed_minutes(EXAMPLE, row.billing_step, Rounding(row.billing_rounding))
    said = {"lasts": fmt.duration(EXAMPLE), "billed": fmt.duration(billed)}
    return f"{_('Aujourd’hui, une visite de %(lasts)s se facture %(billed)s.') % said} {later}"


class SecteurForm(LineForm):
    """A part of the agency."""

    columns = ("name",)
    name = forms.CharField(label=gettext_lazy("Nom"), max_length=120)


class GroundsForm(LineForm):
    """A text with which grounds may begin."""

    columns = ("name", "text")
    name = forms.CharField(label=gettext_lazy("Nom"), max_length=120)
    text = long_text(gettext_lazy("Texte"))


class MotifForm(LineForm):
    """A motif: what it opens (refus), or whether the visit is billed and paid (annulation)."""

    columns = ("label", "position", "opens_hours", "opens_km", "billed", "paid")
    label = forms.CharField(label=gettext_lazy("Libellé"), max_length=120)
    position = forms.IntegerField(
        label=gettext_lazy("Ordre dans la liste"),
        min_value=0,
        max_value=999,
        help_text=gettext_lazy("0 vient d’abord."),
    )
    opens_hours = forms.BooleanField(label=gettext_lazy("Ouvre les heures"), required=False)
    opens_km = forms.BooleanField(label=gettext_lazy("Ouvre les kilomètres"), required=False)
    billed = forms.BooleanField(label=gettext_lazy("La visite reste facturée"), required=False)
    paid = forms.BooleanField(label=gettext_lazy("La visite reste payée à l’intervenant"), required=False)

    def __init__(self, row: Motif, data: Any = None) -> None:
        """Ask only what goes with the list that the motif is of."""
        super().__init__(row, data)
        for name in ("billed", "paid") if row.kind == MotifKind.REFUS else ("opens_hours", "opens_km"):
            del self.fields[name]

    def clean(self) -> dict[str, Any]:
        """Refuse a motif de refus that opens nothing."""
        cleaned = super().clean() or {}
        if self.row.kind == MotifKind.REFUS and not (cleaned.get("opens_hours") or cleaned.get("opens_km")):
            self.add_error("opens_hours", _("Un motif de refus ouvre les heures, les kilomètres ou les deux."))
        return cleaned
