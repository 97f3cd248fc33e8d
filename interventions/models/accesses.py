"""The log of who looked at what is sensitive: a person's data, a proof, a scan."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _

from interventions.models.fields import public_id
from interventions.models.kept import kept
from interventions.querysets import AccessQuerySet
from interventions.states import Labelled, Role


class Sensitive(Labelled):
    """What is worth a line when somebody looks at it."""

    PERSON = "person", _("Données d’une personne")
    PROOF = "proof", _("Preuve d’une visite")
    SCAN = "scan", _("Pièce jointe")


class Access(models.Model):
    """One look. Never changed: the database refuses; removed a year later, with what it says of people.

    `about` names what was looked at in words, `about_id` by its public key.
    """

    agence = models.ForeignKey("Agence", models.RESTRICT, related_name="+", db_index=False)
    public_id = public_id()
    at = models.DateTimeField(_("quand"))
    actor_id_kept = models.BigIntegerField(null=True)
    actor_name = models.CharField(_("qui"), max_length=200)
    role = models.CharField(max_length=12, choices=Role.choices)
    what = models.CharField(_("quoi"), max_length=10, choices=Sensitive.choices)
    about = models.CharField(_("de qui"), max_length=250)
    about_id = models.UUIDField()

    objects = AccessQuerySet.as_manager()

    class Meta:
        verbose_name = _("consultation")
        indexes = [models.Index(fields=["agence", "-at", "-id"], name="access_by_time")]
        triggers = [kept("access_is_kept", "actor_name", "about", operation=pgtrigger.Update)]

    def __str__(self) -> str:
        return f"{self.actor_name} · {self.about}"
