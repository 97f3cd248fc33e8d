"""What an agency keeps lists of, and the record of who changed which line of them."""

from __future__ import annotations

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _

from interventions.models.fields import Named, public_id, tenant_key
from interventions.models.kept import kept
from interventions.states import Labelled, Role


class RegistryKind(Labelled):
    """Which list a line belongs to; the value is the model's name."""

    CLIENT = "client", _("Client")
    INTERVENANT = "intervenant", _("Intervenant")
    SECTEUR = "secteur", _("Secteur")
    CONTRAT = "contrat", _("Contrat")
    PRESTATION = "prestation", _("Prestation")
    MOTIF = "motif", _("Motif")
    GROUNDS = "groundstemplate", _("Motivation type")
    AGENCE = "agence", _("Réglage de l’agence")
    GESTIONNAIRE = "gestionnaire", _("Gestionnaire")


class RegistryStep(Labelled):
    """What was done to a line."""

    CREATED = "created", _("Création")
    CHANGED = "changed", _("Modification")
    ARCHIVED = "archived", _("Archivage")
    RESTORED = "restored", _("Reprise")
    SIGNED_OUT = "signed_out", _("Fermeture de sessions")
    ANONYMISED = "anonymised", _("Anonymisation")
    FACTOR_RESET = "factor", _("Réinitialisation du deuxième facteur")


class RegistryEntry(models.Model):
    """What one press did to one line of a list. Never changed, never removed: the database refuses.

    `before` and `after` hold the columns that changed, as JSON; `row_id` is the line's internal key in its table. Of a
    person they say nothing: `fields` names the columns that changed, what stood in them lies in `RegistryValues`, and
    `values_hash` is the hash of its salt and what it holds, by which what is still there can be proved.
    """

    agence = models.ForeignKey("Agence", models.RESTRICT, related_name="+", db_index=False)
    kind = models.CharField(max_length=20, choices=RegistryKind.choices)
    row_id = models.BigIntegerField()
    step = models.CharField(max_length=10, choices=RegistryStep.choices)
    at = models.DateTimeField()
    actor_id_kept = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=200)
    role = models.CharField(max_length=12, choices=Role.choices)
    before = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    after = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    fields = models.JSONField(default=list)
    values_hash = models.BinaryField(default=b"")

    class Meta:
        verbose_name = _("changement d’une liste")
        verbose_name_plural = _("changements des listes")
        constraints = [tenant_key("registryentry")]
        indexes = [models.Index(fields=["agence", "kind", "row_id", "-at", "-id"], name="registry_entry_by_row")]
        triggers = [kept("registry_entry_is_kept", "actor_name")]

    def __str__(self) -> str:
        return f"{self.kind} {self.row_id} {self.step}"


class RegistryValues(models.Model):
    """What stood before and after in a person's columns, kept apart from the entry so that it can be erased."""

    agence = models.ForeignKey("Agence", models.RESTRICT, related_name="+", db_index=False)
    entry = models.OneToOneField(
        RegistryEntry, models.RESTRICT, related_name="kept_apart", primary_key=True, db_constraint=False
    )
    salt = models.BinaryField()
    before = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    after = models.JSONField(default=dict, encoder=DjangoJSONEncoder)

    class Meta:
        verbose_name = _("valeurs d’un changement")
        verbose_name_plural = _("valeurs des changements")

    def __str__(self) -> str:
        return str(self.entry_id)


class GroundsTemplate(Named):
    """A text of the agency's own with which the grounds of a délibération may begin."""

    agence = models.ForeignKey("Agence", models.CASCADE, related_name="grounds_templates")
    public_id = public_id()
    text = models.TextField(_("texte"), max_length=1500)
    archived_at = models.DateTimeField(_("archivée le"), null=True, blank=True)

    class Meta:
        verbose_name = _("motivation type")
        verbose_name_plural = _("motivations types")
        constraints = [
            models.UniqueConstraint(fields=["agence", "name"], name="grounds_name_once"),
            tenant_key("groundstemplate"),
        ]
        indexes = [models.Index(fields=["agence", "sort_name", "id"], name="grounds_by_name")]
