"""What an agency decides about entering visits: what is pointed out, how strictly, and the reasons offered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from interventions.states import Labelled

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

QUICK_COMMENTS = "\n".join(
    (
        "Soins plus longs que prévu",
        "Retard de la visite précédente",
        "Circulation difficile",
        "À la demande du client",
        "Courses en plus",
        "Client absent",
    )
)
MOST_QUICK_COMMENTS = 12


class Strictness(Labelled):
    """What a remark before saving does."""

    ASK = "ask", _("demande confirmation")
    TELL = "tell", _("est seulement signalé")


def strictness(
    label: _StrPromise | str, sentence: _StrPromise | str, default: Strictness = Strictness.ASK
) -> models.CharField[Any, Any]:
    """Return a setting that says whether a remark asks or only tells."""
    return models.CharField(label, max_length=4, choices=Strictness.choices, default=default, help_text=sentence)


class EntrySettings(models.Model):
    """The part of an agency's settings that its intervenants meet when they declare."""

    overlap_caution = strictness(
        _("Chevauchement"), _("Deux visites du même intervenant se recouvrent, minuit compris.")
    )
    long_caution = strictness(_("Visite de plus de 12 heures"), _("La visite dure plus de 12 heures."))
    contrat_caution = strictness(
        _("Heures du contrat dépassées"),
        _("Les heures du mois dépassent celles que prévoit le contrat."),
        Strictness.TELL,
    )
    km_caution = strictness(
        _("Kilomètres inhabituels"), _("Les kilomètres dépassent les kilomètres habituels de l’agence.")
    )
    gap_caution = strictness(
        _("Écart au prévu"),
        _("L’écart au prévu dépasse la tolérance de l’agence ; s’il demande confirmation, un motif est à écrire."),
    )
    quick_comments = models.TextField(
        _("Motifs d’un geste"),
        blank=True,
        default=QUICK_COMMENTS,
        max_length=1000,
        help_text=_("Un texte court par ligne : l’intervenant l’ajoute à son commentaire en le touchant."),
    )

    class Meta:
        abstract = True

    @property
    def comment_chips(self) -> list[str]:
        """The texts that an intervenant may add in one tap, in the agency's order."""
        lines = dict.fromkeys(line.strip() for line in self.quick_comments.splitlines())
        return [line for line in lines if line][:MOST_QUICK_COMMENTS]
