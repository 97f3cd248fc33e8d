"""The fields that the forms of this portal share."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from interventions.models import Motif, MotifKind

LONGEST = 2000


class WordField(forms.CharField):
    """A word to the other side, offered rather than asked for; choosing another motif keeps what was typed."""

    def __init__(self, **options: Any) -> None:
        """Take what differs from the usual: a label, whether it is required, its messages."""
        widget = forms.Textarea({"rows": 2, "hx-preserve": "true"})
        usual = {
            "label": gettext_lazy("Un mot d’explication"),
            "required": False,
            "max_length": LONGEST,
            "widget": widget,
        }
        super().__init__(**{**usual, **options})


class MotifField(forms.ModelChoiceField):
    """A choice among motifs, which says what a motif de l’annulation means for the invoice."""

    def label_from_instance(self, obj: Motif) -> str:
        """Return the label, with what follows from choosing it."""
        billed = obj.kind == MotifKind.ANNULATION and obj.billed
        return _("%(motif)s (la visite reste facturée)") % {"motif": obj.label} if billed else obj.label
