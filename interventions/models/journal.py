"""Everything that happened: presses (Batch), and what each did to each visit (JournalEntry)."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _

from interventions.models.fields import public_id, tenant_key
from interventions.models.intervention import Intervention
from interventions.models.people import Client, User
from interventions.states import Action, Ground, Role, Status, Via


class Batch(models.Model):
    """One press: who, in what role, on whose behalf, with what ground. One visit is a batch of one.

    `key` makes it idempotent: the same key from the same person answers the same and does nothing. `act` is what was
    to be done with every row of a lot, empty for any other press. `refused` keeps the rows that did not go, with the
    reason, and the status that was it; those that did are its journal entries.
    """

    agence = models.ForeignKey("Agence", models.RESTRICT, related_name="batches", db_index=False)
    public_id = public_id()
    key = models.CharField(max_length=100)
    actor = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", db_index=False)
    actor_name = models.CharField(max_length=200, blank=True)
    role = models.CharField(max_length=12, choices=Role.choices)
    on_behalf = models.CharField(_("à la place de"), max_length=12, choices=Role.choices, blank=True)
    for_client = models.ForeignKey(
        Client, models.SET_NULL, null=True, db_constraint=False, db_index=False, related_name="+"
    )
    via = models.CharField(max_length=10, choices=Via.choices, default=Via.PORTAL)
    ground = models.CharField(max_length=20, choices=Ground.choices, blank=True)
    ground_text = models.TextField(blank=True)
    at = models.DateTimeField()
    act = models.CharField(max_length=30, choices=Action.choices, blank=True)
    undoes = models.ForeignKey("self", models.RESTRICT, null=True, db_index=False, related_name="undone_by")
    refused = models.JSONField(default=list)

    class Meta:
        verbose_name = _("lot")
        constraints = [
            models.UniqueConstraint(fields=["agence", "actor", "key"], name="batch_key_once", nulls_distinct=False),
            tenant_key("batch"),
        ]
        indexes = [
            models.Index(fields=["agence", "-at", "-id"], name="batch_by_time"),
            models.Index(fields=["agence", "-at", "-id"], condition=~models.Q(act=""), name="lot_by_time"),
        ]

    def __str__(self) -> str:
        return f"Lot {self.pk}"


class JournalEntry(models.Model):
    """What one press did to one visit. Never changed, never removed: the database refuses.

    `before` and `after` hold the columns that changed, as JSON, so that folding `after` gives the row.
    """

    agence = models.ForeignKey("Agence", models.RESTRICT, related_name="+", db_index=False)
    intervention = models.ForeignKey(
        Intervention, models.RESTRICT, db_constraint=False, db_index=False, related_name="journal"
    )
    batch = models.ForeignKey(Batch, models.RESTRICT, db_constraint=False, related_name="entries")
    action = models.CharField(max_length=30, choices=Action.choices)
    role = models.CharField(max_length=12, choices=Role.choices)
    actor_id_kept = models.BigIntegerField(null=True)
    at = models.DateTimeField()
    from_status = models.CharField(max_length=12, choices=Status.choices, blank=True)
    to_status = models.CharField(max_length=12, choices=Status.choices)
    version = models.PositiveIntegerField()
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    motif_id_kept = models.BigIntegerField(null=True)
    texts_hash = models.BinaryField(default=b"")

    class Meta:
        verbose_name = _("entrée du journal")
        verbose_name_plural = _("journal")
        constraints = [
            models.UniqueConstraint(fields=["agence", "intervention", "version"], name="journal_version_once"),
        ]
        triggers = [
            pgtrigger.Protect(name="journal_is_kept", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.intervention_id} v{self.version} {self.action}"


class JournalText(models.Model):
    """What was written with an act, kept apart from the entry so that it can be erased.

    The entry holds the hash of `salt` and the texts, so that what is still there can be proved.
    """

    agence = models.ForeignKey("Agence", models.RESTRICT, related_name="+", db_index=False)
    entry = models.OneToOneField(JournalEntry, models.RESTRICT, related_name="texts", primary_key=True)
    salt = models.BinaryField()
    comment = models.TextField(blank=True)
    reason = models.TextField(blank=True)
    ordre_de_mission = models.TextField(blank=True)

    class Meta:
        verbose_name = _("texte du journal")
        verbose_name_plural = _("textes du journal")

    def __str__(self) -> str:
        return self.comment or self.reason
