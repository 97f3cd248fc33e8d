"""The short lists of an agency as the desk keeps them: their rows, forms and words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from interventions.models import GroundsTemplate, Motif, Prestation, RegistryKind, Secteur
from portals.manager.registry.forms import GroundsForm, LineForm, MotifForm, PrestationForm, SecteurForm


@dataclass(frozen=True)
class Kept:
    """A list: its rows, its form, its words. `key` is the column that sorts it, `text` the one that is searched."""

    kind: RegistryKind
    model: Any
    form: type[LineForm]
    noun: str
    key: str
    text: str
    title: Promise
    about: Promise
    new: Promise
    rights: Promise

    def url(self, what: str = "", *args: Any) -> str:
        """Return an address of the list: "" itself, "new", "line", "archive"."""
        return reverse(f"gestion:{self.noun}{'-' + what if what else ''}", args=args)

    @property
    def index_url(self) -> str:
        """Where the list is."""
        return self.url("list")


LISTS = {
    "prestation": Kept(
        RegistryKind.PRESTATION,
        Prestation,
        PrestationForm,
        "prestation",
        "sort_name",
        "name",
        gettext_lazy("Prestations"),
        gettext_lazy(
            "Les services que votre agence rend. Une prestation archivée reste lisible sur les anciennes visites."
        ),
        gettext_lazy("Nouvelle prestation"),
        gettext_lazy("Changer cette liste demande le droit d’administration."),
    ),
    "motif": Kept(
        RegistryKind.MOTIF,
        Motif,
        MotifForm,
        "motif",
        "rank",
        "label",
        gettext_lazy("Motifs"),
        gettext_lazy(
            "Un motif de refus dit ce qu’il ouvre au client ; "
            "un motif d’annulation, si la visite reste facturée et payée."
        ),
        gettext_lazy("Nouveau motif"),
        gettext_lazy("Changer cette liste demande le droit d’administration."),
    ),
    "motivation": Kept(
        RegistryKind.GROUNDS,
        GroundsTemplate,
        GroundsForm,
        "motivation",
        "sort_name",
        "name",
        gettext_lazy("Motivations types"),
        gettext_lazy("Les textes de votre agence par lesquels une délibération peut commencer."),
        gettext_lazy("Nouvelle motivation type"),
        gettext_lazy("Changer cette liste demande le droit d’administration ou de délibération."),
    ),
    "secteur": Kept(
        RegistryKind.SECTEUR,
        Secteur,
        SecteurForm,
        "secteur",
        "sort_name",
        "name",
        gettext_lazy("Secteurs"),
        gettext_lazy(
            "Les parties de votre agence. Un gestionnaire peut être limité à certains secteurs ; "
            "un secteur archivé garde ses clients."
        ),
        gettext_lazy("Nouveau secteur"),
        gettext_lazy("Changer cette liste demande le droit de gestion."),
    ),
}
