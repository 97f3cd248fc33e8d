"""Pieces that several models share: public keys, tenant keys, the French sorting key."""

from __future__ import annotations

from uuid import UUID

from django.db import models
from django.db.models.functions import UUID7, Concat
from django.utils.translation import gettext_lazy as _


class SortKey(models.Func):
    """Lower case without accents, by our own immutable wrapper: the embedded PostgreSQL has no ICU collation."""

    function = "french_key"
    output_field = models.TextField()


def public_id() -> models.UUIDField[UUID, UUID]:
    """Return the unguessable key that addresses show; the bigint key stays inside."""
    return models.UUIDField(db_default=UUID7(), editable=False, unique=True)


def tenant_key(name: str) -> models.UniqueConstraint:
    """Return the key (agence, id) that composite foreign keys of the same agency point to."""
    return models.UniqueConstraint(fields=["agence", "id"], name=f"{name}_of_agence")


class Named(models.Model):
    """A line of a list found by its name whatever the accents and case, sorted as a French reader expects."""

    name = models.CharField(_("nom"), max_length=120)
    sort_name = models.GeneratedField(expression=SortKey("name"), output_field=models.TextField(), db_persist=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name


class Searchable(models.Model):
    """A person found by name whatever its accents and case, sorted as a French reader expects."""

    sort_name = models.GeneratedField(
        expression=SortKey(Concat("last_name", models.Value(" "), "first_name")),
        output_field=models.TextField(),
        db_persist=True,
    )

    class Meta:
        abstract = True
