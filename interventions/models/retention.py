"""How long an agency keeps what the law lets it choose; what has to go goes by itself (docs/rgpd.md)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


def between(
    label: _StrPromise | str, least: int, most: int, default: int, sentence: _StrPromise | str
) -> models.PositiveSmallIntegerField[int, int]:
    """Return a setting that lies between two numbers, both included."""
    return models.PositiveSmallIntegerField(
        label,
        default=default,
        db_default=default,
        help_text=sentence,
        validators=[MinValueValidator(least), MaxValueValidator(most)],
    )


class RetentionSettings(models.Model):
    """The part of an agency's settings that says when words about people go."""

    words_years = between(
        _("Mots écrits sur une visite (années)"),
        5,
        10,
        5,
        _(
            "Commentaires, raisons et motivations d’un mois clôturé. Au moins cinq ans : un litige sur la paie ou la "
            "facture se plaide jusque-là. Les heures et les décisions restent."
        ),
    )
    mail_years = between(
        _("Texte des mails (années)"),
        1,
        10,
        5,
        _("Le texte est effacé après ce délai ; il reste qui a été prévenu, quand, et si le mail est arrivé."),
    )
    access_days = between(
        _("Consultations (jours)"),
        180,
        365,
        365,
        _("Qui a consulté ce qui est sensible : entre six mois et un an, comme la CNIL le recommande."),
    )
    left_years = between(
        _("Personnes parties (années)"),
        5,
        10,
        10,
        _(
            "Une personne archivée ou partie, sans visite depuis ce délai, est anonymisée. Cinq ans pour la paie, "
            "dix pour les pièces comptables."
        ),
    )

    class Meta:
        abstract = True
