"""How an agency looks on its portals: the logo in their head, and the words above what a person is asked."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db import models
from django.utils.translation import gettext_lazy as _

# The largest that a logo is shown in the head of a page, in CSS pixels.
WIDEST, HIGHEST = 160, 40
MOST_WORDS = 300


@dataclass(frozen=True, slots=True)
class HeadLogo:
    """A logo as the head of a page shows it: its public id and its size in CSS pixels."""

    public_id: UUID
    width: int
    height: int


class Look(models.Model):
    """The part of an agency that its portals show of it.

    The logo is a `MailLogo` of the agency's; what the head of each page needs of it stands here, so that no page reads
    more for it. `interventions.letterheads` alone writes it.
    """

    logo_id = models.UUIDField(null=True, editable=False)
    logo_width = models.PositiveIntegerField(null=True, editable=False)
    logo_height = models.PositiveIntegerField(null=True, editable=False)
    client_words = models.CharField(
        _("Vos mots aux clients"),
        max_length=MOST_WORDS,
        blank=True,
        default="",
        db_default="",
        help_text=_("Au-dessus de leurs visites à valider, sur leur portail et sur la page du lien d’un mail."),
    )
    intervenant_words = models.CharField(
        _("Vos mots aux intervenants"),
        max_length=MOST_WORDS,
        blank=True,
        default="",
        db_default="",
        help_text=_("Au-dessus de leurs visites à déclarer."),
    )

    class Meta:
        abstract = True

    @property
    def head_logo(self) -> HeadLogo | None:
        """The logo, shrunk to fit; None where the agency's name stands in its place."""
        if not (self.logo_id and self.logo_width and self.logo_height):
            return None
        shrunk = min(WIDEST / self.logo_width, HIGHEST / self.logo_height, 1)
        return HeadLogo(
            self.logo_id, max(1, round(self.logo_width * shrunk)), max(1, round(self.logo_height * shrunk))
        )
