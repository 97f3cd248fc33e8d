"""Settings as forms: each a typed field of the agency, with what it does in a sentence; and who changed which."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, ClassVar, cast

from django import forms
from django.db import models
from django.utils import timezone
from django.utils.formats import localize
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from interventions.models import Agence, SettingEntry, Strictness
from portals.web import format as fmt

RECORDED = 20
CONFIRMS = gettext_lazy("L’intervenant confirme avant d’enregistrer.")
EXPLAINS = gettext_lazy("L’intervenant écrit un motif avant d’enregistrer.")
TOLD = gettext_lazy("L’intervenant enregistre aussitôt, et la remarque lui est dite avec la réponse.")


class SettingsForm(forms.ModelForm):
    """Some settings of an agency: name, sentence, type and limits are those of the field of `Agence`.

    A subclass names its fields, and may say one otherwise (help_texts). It saves nothing, `operations.choose` does.
    `said` gives the sentence of each value of a setting that is chosen among a few.
    """

    said: ClassVar[Mapping[str, Mapping[str, Promise]]] = {}

    def __init__(self, agence: Agence, typed: Any = None) -> None:
        # A copy: checking what was typed writes into it, and the page shows the agency as it is.
        super().__init__(typed, instance=Agence.objects.get(pk=agence.pk))
        for field in self.fields.values():
            if isinstance(field, forms.DecimalField):
                field.localize = True
                field.widget = forms.TextInput(attrs={"inputmode": "decimal"})
                field.widget.is_localized = True
        for name, sentences in self.said.items():
            choices = list(sentences.items())
            chosen = cast("forms.TypedChoiceField", self.fields[name])
            chosen.widget = forms.RadioSelect(choices=choices)
            chosen.choices = choices

    class Meta:
        model = Agence
        fields: Sequence[str] = ()

    def clean(self) -> dict[str, Any]:
        """Give every text the ends of line that the agency's own have: a browser sends others."""
        entered: dict[str, Any] = super().clean() or {}
        return {k: v.replace("\r\n", "\n") if isinstance(v, str) else v for k, v in entered.items()}


class EntryRules(SettingsForm):
    """What is pointed out to an intervenant before saving, from where on, and how strictly."""

    said: ClassVar[Mapping[str, Mapping[str, Promise]]] = {
        name: {Strictness.ASK: EXPLAINS if name == "gap_caution" else CONFIRMS, Strictness.TELL: TOLD}
        for name in ("overlap_caution", "long_caution", "contrat_caution", "km_caution", "gap_caution")
    }

    class Meta(SettingsForm.Meta):
        fields = (
            "overlap_caution",
            "long_caution",
            "contrat_caution",
            "usual_km",
            "km_caution",
            "tolerance_minutes",
            "gap_caution",
            "quick_comments",
        )
        # What the field says is its name again; beside a choice, what it is about helps more.
        help_texts: ClassVar[Mapping[str, Promise]] = {
            "long_caution": gettext_lazy("Le plus souvent, une heure de fin mal saisie."),
        }


class ReminderRules(SettingsForm):
    """Who is asked once more without anybody's doing, after how long, and when a gestionnaire takes over."""

    class Meta(SettingsForm.Meta):
        fields = ("reminder_days", "proche_reminder_days", "unanswered_days")


# Each form of the page, by the value of the button that sends it and the place where it stands.
FORMS: Mapping[str, type[SettingsForm]] = {"relances": ReminderRules, "saisie": EntryRules}


def record(agence: Agence) -> list[str]:
    """Return the latest changes of settings in words, a line each, the newest first."""
    entries = SettingEntry.objects.filter(agence=agence).order_by("-at", "-pk")[:RECORDED]
    return [line for entry in entries for line in _lines(entry)]


def _lines(entry: SettingEntry) -> list[str]:
    at = timezone.localtime(entry.at)
    words = {"who": entry.actor_name, "day": fmt.day(at.date(), at.date()), "hour": fmt.hour(at)}
    when = _("%(day)s à %(hour)s, %(who)s") % words
    return [
        _("%(when)s\u00a0: %(setting)s, de «\u00a0%(before)s\u00a0» à «\u00a0%(after)s\u00a0».")
        % {
            "when": when,
            "setting": _label(name),
            "before": _said(name, entry.before[name]),
            "after": _said(name, value),
        }
        for name, value in entry.after.items()
    ]


def _label(name: str) -> str:
    return str(getattr(Agence._meta.get_field(name), "verbose_name", name))


def _said(name: str, value: Any) -> str:
    """Return a value as the page says it: a choice by its label, yes or no, a list on one line."""
    field = Agence._meta.get_field(name)
    if isinstance(value, bool):
        return _("oui") if value else _("non")
    if isinstance(field, models.DecimalField):
        return str(localize(Decimal(value)))
    choices = dict(getattr(field, "flatchoices", ()))
    return " · ".join(str(choices.get(value, value)).split("\n")) or _("rien")
