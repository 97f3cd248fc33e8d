"""What is entered for an import: the files, what each of them is, and which of its columns is which."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from interventions.imports.asking import Sent
from interventions.imports.columns import ABSENT, FileRefused
from interventions.imports.recognition import KINDS, look
from interventions.models import ImportFile, ImportKind

MEGABYTE = 1024 * 1024
LARGEST = 25 * MEGABYTE
TOGETHER = 40 * MEGABYTE
MOST = len(KINDS)
# What a worker holds at once grows with the lines: some 150 MB for 100,000.
MOST_LINES = 250_000


class FilesInput(forms.FileInput):
    """A control that takes several files at once."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """One or several text files, known by their content; `clean` returns them as `Sent`."""

    def clean(self, data: Any, initial: Any = None) -> list[Sent]:
        """Refuse too many, too large ones, and what is no table of text: each named."""
        files = [super(FilesField, self).clean(file, initial) for file in data or [None]]
        if len(files) > MOST:
            raise ValidationError(_("Envoyez %(n)d fichiers au plus à la fois.") % {"n": MOST})
        if sum(file.size or 0 for file in files) > TOGETHER:
            raise ValidationError(_("Ces fichiers dépassent ensemble 40 Mo : envoyez-les en plusieurs fois."))
        sent, wrong = [], []
        for file in files:
            try:
                sent.append(_read(file))
            except FileRefused as refused:
                wrong.append(ValidationError(f"{file.name}\u00a0: {refused}"))
        if wrong:
            raise ValidationError(wrong)
        if sum(one.data.count(b"\n") for one in sent) > MOST_LINES:
            raise ValidationError(_("Ces fichiers ont plus de 250 000 lignes : envoyez-les en plusieurs fois."))
        return sent


def _read(file: UploadedFile) -> Sent:
    if (file.size or 0) > LARGEST:
        raise FileRefused(_("il dépasse 25 Mo. Envoyez-le en plusieurs morceaux, avec la même première ligne."))
    file.seek(0)
    data = file.read()
    return Sent(file.name or "", data, look(data))


class FilesForm(forms.Form):
    """The files of an import."""

    fichiers = FilesField(
        label=gettext_lazy("Fichiers"),
        help_text=gettext_lazy(
            "CSV (séparateur : point-virgule), un ou plusieurs : clients, intervenants, contrats, interventions, "
            "ou un planning à sept colonnes. 25 Mo au plus par fichier."
        ),
        widget=FilesInput({"accept": ".csv,.txt,text/csv,text/plain"}),
        error_messages={
            "required": gettext_lazy("Choisissez au moins un fichier."),
            "empty": gettext_lazy("Ce fichier est vide."),
        },
    )


class KindsForm(forms.Form):
    """What each file is, where its columns do not say it or somebody says otherwise."""

    def __init__(self, files: Sequence[ImportFile], data: Any = None) -> None:
        super().__init__(data)
        self.sheets = files
        choices = [("", _("À choisir")), *ImportKind.choices]
        for place, file in enumerate(files):
            self.fields[f"{place}-genre"] = forms.ChoiceField(label=file.name, choices=choices, initial=file.kind)

    def clean(self) -> dict[str, Any]:
        """Refuse two files of one kind."""
        entered: dict[str, Any] = super().clean() or {}
        met: dict[str, str] = {}
        for name, kind in list(entered.items()):
            if kind in met:
                self.add_error(name, _("« %(name)s » est déjà ce fichier-là.") % {"name": met[kind]})
            met.setdefault(kind, str(self.fields[name].label))
        return entered

    def kinds(self) -> dict[int, str]:
        """Return the kind of each file by its key; the form must be valid."""
        return {file.pk: self.cleaned_data[f"{place}-genre"] for place, file in enumerate(self.sheets)}


class ColumnsForm(forms.Form):
    """For each column that a kind of file has, which column of the file it is, or that the file does not have it."""

    def __init__(self, files: Sequence[ImportFile], data: Any = None) -> None:
        super().__init__(data)
        self.sheets = files
        for place, file in enumerate(files):
            choices = [("", _("À choisir")), *((str(n), _named(file, n)) for n in range(len(file.heads)))]
            lacking = (str(ABSENT), _("Mon fichier ne l’a pas"))
            for number, column in enumerate(KINDS[file.kind].columns):
                self.fields[_name(place, number)] = forms.ChoiceField(
                    label=column,
                    choices=[*choices, lacking] if column in KINDS[file.kind].optional else choices,
                    initial=str(file.columns.get(column, "")),
                    error_messages={"required": _("Choisissez la colonne de votre fichier.")},
                )

    def clean(self) -> dict[str, Any]:
        """Refuse one column of a file for two expected ones."""
        entered: dict[str, Any] = super().clean() or {}
        met: dict[tuple[str, str], str] = {}
        for name, chosen in list(entered.items()):
            key = (name.partition("-")[0], chosen)
            if chosen == str(ABSENT):
                continue
            if key in met:
                self.add_error(name, _("Cette colonne sert déjà pour « %(name)s ».") % {"name": met[key]})
            met.setdefault(key, str(self.fields[name].label))
        return entered

    @property
    def by_file(self) -> list[tuple[ImportFile, list[forms.BoundField], int]]:
        """The files with their fields, and how many columns are still to be chosen."""
        parts = []
        for place, file in enumerate(self.sheets):
            expected = KINDS[file.kind].columns
            fields = [self[_name(place, number)] for number in range(len(expected))]
            parts.append((file, fields, len(expected) - len(file.columns)))
        return parts

    def columns(self) -> dict[int, dict[str, int]]:
        """Return by file where each column stands, or ABSENT; the form must be valid."""
        return {
            file.pk: {
                column: int(self.cleaned_data[_name(place, number)])
                for number, column in enumerate(KINDS[file.kind].columns)
            }
            for place, file in enumerate(self.sheets)
        }


def _name(place: int, number: int) -> str:
    return f"{place}-{number}-colonne"


def _named(file: ImportFile, place: int) -> str:
    """Return a column of a file as it is offered: its name, and what its first line holds."""
    head = file.heads[place] or _("colonne %(n)d, sans nom") % {"n": place + 1}
    return f"{head} ({file.sample[place][:30]})" if file.sample[place] else head
