"""The journal's seals: a chain of hashes per agency over its entries, made in the background, batch after batch."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _

from interventions.models.fields import tenant_key
from interventions.models.journal import Batch, JournalEntry


class JournalSeal(models.Model):
    """A link of an agency's chain: the root over the hashes of some entries, tied to the link before.

    `digest` is the hash of all the rest; whoever knows the last one knows that no entry before it has changed.
    """

    agence = models.ForeignKey("Agence", models.RESTRICT, related_name="+", db_index=False)
    number = models.PositiveIntegerField(_("numéro"))
    previous = models.BinaryField()
    root = models.BinaryField()
    count = models.PositiveIntegerField()
    sealed_at = models.DateTimeField(_("scellé le"))
    digest = models.BinaryField()

    class Meta:
        verbose_name = _("sceau du journal")
        verbose_name_plural = _("sceaux du journal")
        constraints = [
            models.UniqueConstraint(fields=["agence", "number"], name="journal_seal_once"),
            tenant_key("journal_seal"),
        ]
        triggers = [
            pgtrigger.Protect(name="journal_seal_is_kept", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"Sceau {self.number}"


class SealedEntry(models.Model):
    """The hash of one entry, and its place within its seal."""

    entry = models.OneToOneField(
        JournalEntry, models.RESTRICT, primary_key=True, db_constraint=False, related_name="sealed"
    )
    agence = models.ForeignKey("Agence", models.RESTRICT, related_name="+", db_index=False)
    seal = models.ForeignKey(JournalSeal, models.RESTRICT, related_name="entries", db_index=False, db_constraint=False)
    position = models.PositiveIntegerField()
    leaf = models.BinaryField()

    class Meta:
        verbose_name = _("entrée scellée")
        verbose_name_plural = _("entrées scellées")
        constraints = [
            models.UniqueConstraint(fields=["seal", "position"], name="sealed_entry_place_once"),
        ]
        triggers = [
            pgtrigger.Protect(name="sealed_entry_is_kept", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.seal_id}.{self.position}"


class SealedWords(models.Model):
    """What a press says of people in words, who pressed and a ground of their own, as its salted hash.

    The words can be erased with the salt: the hash stays, and with it every seal.
    """

    batch = models.OneToOneField(
        Batch, models.RESTRICT, primary_key=True, db_constraint=False, related_name="sealed_words"
    )
    agence = models.ForeignKey("Agence", models.RESTRICT, related_name="+", db_index=False)
    salt = models.BinaryField()
    commitment = models.BinaryField()

    class Meta:
        verbose_name = _("mots scellés")
        verbose_name_plural = _("mots scellés")

    def __str__(self) -> str:
        return f"Lot {self.batch_id}"


class SealMark(models.Model):
    """Up to which key every entry is sealed, so that looking for new ones looks at few. One row.

    Keys are given before the transactions that took them end: `next_floor` counts once all that ran when it was noted
    (before the transaction `next_xid`) have ended.
    """

    floor = models.BigIntegerField(default=0)
    next_floor = models.BigIntegerField(default=0)
    next_xid = models.BigIntegerField(default=0)

    class Meta:
        verbose_name = _("repère des sceaux")
        verbose_name_plural = _("repères des sceaux")

    def __str__(self) -> str:
        return str(self.floor)
