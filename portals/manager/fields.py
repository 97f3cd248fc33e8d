"""What the desk's forms are made of: fields, their choices, and where a refusal of the domain is shown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any, cast

from django import forms
from django.db.models import QuerySet
from django.forms.models import ModelChoiceField

from interventions.guards import Guard
from interventions.models import Contrat
from portals.manager import contrats

TOGETHER = frozenset({"day", "start", "end", "km"})
# Where a refusal of the domain is shown, first match; any other stands above the form.
FIELD_OF = {
    Guard.FACTS: ("start",),
    Guard.PAST: ("end",),
    Guard.CHANGED: ("motif",),
    Guard.MOTIF: ("motif",),
    Guard.REASON: ("reason",),
    Guard.GROUND: ("ground",),
    Guard.NO_ANSWER: ("ground",),
    Guard.CONTRAT: ("contrat",),
    Guard.BILLABLE: ("contrat",),
    Guard.INTERVENANT: ("intervenant",),
    Guard.COMMENT: ("comment",),
    Guard.VERSION: ("choice",),
}


def offer(form: forms.Form, name: str, rows: QuerySet[Any]) -> ModelChoiceField[Any]:
    """Let the field offer these rows only."""
    field = cast("ModelChoiceField[Any]", form.fields[name])
    field.queryset = rows
    return field


def offer_choices(form: forms.Form, name: str, choices: Iterable[tuple[str, Any]]) -> None:
    """Let the field offer these values only."""
    cast("forms.ChoiceField", form.fields[name]).choices = list(choices)


def long_text(label: Any, **options: Any) -> forms.CharField:
    """Return a field for a few sentences."""
    return forms.CharField(label=label, widget=forms.Textarea(attrs={"rows": 3}), max_length=2000, **options)


class InBlocks(forms.Form):
    """A form whose hours stand side by side; anything else has a line of its own.

    `cautions` are sentences about what deserves a second look, shown above the fields.
    """

    cautions: Sequence[str] = ()

    @property
    def blocks(self) -> list[list[forms.BoundField]]:
        """The visible fields in their order, those of the hours together."""
        parts = groupby(self.visible_fields(), key=lambda field: field.name in TOGETHER or field.name)
        return [list(fields) for _name, fields in parts]


def refuse(form: forms.Form, refusal: Guard | None, message: str) -> None:
    """Show a refusal of the domain beside the field that it is about, else above the form."""
    names = FIELD_OF.get(refusal, ()) if refusal else ()
    form.add_error(next((name for name in names if name in form.fields), None), message)


class ContratField(forms.ModelChoiceField):
    """The field Contrat: only what suits can be chosen."""

    def label_from_instance(self, obj: Contrat) -> str:
        """Return number, prestation, état and dates."""
        return contrats.Option(obj, "").label
