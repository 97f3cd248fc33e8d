"""How the results of an import are called on screen."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from interventions.imports.findings import ABSENT, WARNING
from interventions.imports.report import Result


@dataclass(frozen=True, slots=True)
class ResultWords:
    """A result: its name, what it means, and whether its lines say a column, a value here, a reason."""

    name: str
    label: Promise
    said: Promise
    column: bool = False
    here: bool = False
    reason: bool = False


# In the order of the screen: what asks for a look before what does not.
RESULTS: dict[str, ResultWords] = {
    one.name: one
    for one in (
        ResultWords(
            Result.REFUSED,
            _("Refusées"),
            _("Ces lignes restent dehors ; les autres s’importent."),
            column=True,
            reason=True,
        ),
        ResultWords(
            Result.KEPT,
            _("Gardées"),
            _("Le fichier dit autre chose, mais c’est changé ici depuis, ou la visite est déclarée : rien ne change."),
            column=True,
            here=True,
        ),
        ResultWords(
            Result.UPDATED,
            _("Changées"),
            _("Le fichier change ces valeurs."),
            column=True,
            here=True,
        ),
        ResultWords(Result.CREATED, _("Nouvelles"), _("Ces lignes n’étaient pas encore ici.")),
        ResultWords(Result.UNCHANGED, _("Inchangées"), _("Ces lignes disent ce que le fichier d’avant disait déjà.")),
        ResultWords(
            WARNING,
            _("À regarder"),
            _("Ces lignes s’importent ; elles méritent un coup d’œil."),
            column=True,
            reason=True,
        ),
        ResultWords(
            ABSENT,
            _("Absentes"),
            _("Un fichier d’avant avait ces visites, celui-ci ne les a plus. Elles restent comme elles sont."),
        ),
    )
}
# In the order of a sentence: what changes, then what does not.
TOLD = (Result.CREATED, Result.UPDATED, Result.UNCHANGED, Result.KEPT, Result.REFUSED, WARNING, ABSENT)
MOVED = "moved"
MOVED_WORDS = ResultWords(
    MOVED, _("Autrement qu’annoncé"), _("Le sort de ces lignes a changé depuis l’aperçu confirmé."), True, True, True
)
