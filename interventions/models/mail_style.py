"""How an agency writes: its logo, its name as sender, its colour, its signature, and a sentence a kind of mail."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django.db import models
from django.utils.translation import gettext_lazy as _

from interventions.models.fields import public_id, tenant_key
from interventions.models.kept import kept
from interventions.states import Labelled, Role

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


class Topic(Labelled):
    """The kinds of mail for which an agency has a sentence of its own; each is the name of a field of its style."""

    CLIENT_ASKED = "client_asked", _("Au client : des visites à valider")
    CLIENT_REMINDED = "client_reminded", _("Au client : le rappel")
    CLIENT_TOLD = "client_told", _("Au client : les nouvelles")
    INTERVENANT_ASKED = "intervenant_asked", _("À l’intervenant : une réponse est attendue")
    INTERVENANT_TOLD = "intervenant_told", _("À l’intervenant : les nouvelles")
    MANAGER_TOLD = "manager_told", _("Au gestionnaire")
    MANDATE = "mandate", _("À qui reçoit un mandat")
    SIGN_IN = "sign_in", _("Le code de connexion")


def sentence(topic: Topic) -> models.CharField[str, str]:
    """Return the column of the agency's sentence for one kind of mail; empty, the mail says nothing more."""
    return models.CharField(cast("_StrPromise", topic.label), max_length=300, blank=True)


class MailLogo(models.Model):
    """An image that an agency has given for its mails; kept as it came, so that a mail is shown as it left."""

    agence = models.ForeignKey("Agence", models.RESTRICT, related_name="+", db_index=False)
    public_id = public_id()
    content = models.BinaryField()
    media_type = models.CharField(max_length=40)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("logo")
        constraints = [
            tenant_key("mail_logo"),
            models.UniqueConstraint(fields=["agence", "sha256"], name="mail_logo_once"),
        ]

    def __str__(self) -> str:
        return f"{self.width} × {self.height}"


class MailStyle(models.Model):
    """What an agency has chosen for its mails; no row means: its name, no logo, no word of its own."""

    agence = models.OneToOneField("Agence", models.CASCADE, related_name="mail_style")
    logo = models.ForeignKey(MailLogo, models.RESTRICT, null=True, blank=True, db_constraint=False, related_name="+")
    sender_name = models.CharField(
        _("Nom de l’expéditeur"), max_length=60, blank=True, help_text=_("Vide : le nom de l’agence.")
    )
    reply_to = models.EmailField(
        _("Adresse pour les réponses"), blank=True, help_text=_("Vide : l’adresse e-mail de l’agence.")
    )
    colour = models.CharField(
        _("Couleur des boutons et des liens"),
        max_length=7,
        blank=True,
        help_text=_("Comme #045650. Vide : le vert de Contreseing. En mode sombre, les mails gardent leurs couleurs."),
    )
    signature = models.CharField(_("Signature"), max_length=300, blank=True, help_text=_("Quatre lignes au plus."))
    client_asked = sentence(Topic.CLIENT_ASKED)
    client_reminded = sentence(Topic.CLIENT_REMINDED)
    client_told = sentence(Topic.CLIENT_TOLD)
    intervenant_asked = sentence(Topic.INTERVENANT_ASKED)
    intervenant_told = sentence(Topic.INTERVENANT_TOLD)
    manager_told = sentence(Topic.MANAGER_TOLD)
    mandate = sentence(Topic.MANDATE)
    sign_in = sentence(Topic.SIGN_IN)

    class Meta:
        verbose_name = _("mails de l’agence")
        verbose_name_plural = _("mails des agences")

    def __str__(self) -> str:
        return str(self.agence)


class MailStyleEntry(models.Model):
    """One change of an agency's mails: who, when, and each field before and after. The database keeps it."""

    agence = models.ForeignKey("Agence", models.RESTRICT, related_name="+", db_index=False)
    at = models.DateTimeField()
    actor_id_kept = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=200)
    role = models.CharField(max_length=12, choices=Role.choices)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("changement des mails")
        verbose_name_plural = _("changements des mails")
        indexes = [models.Index(fields=["agence", "-at", "-id"], name="mail_style_by_time")]
        triggers = [kept("mail_style_entry_is_kept", "actor_name")]

    def __str__(self) -> str:
        return f"{self.agence_id} {self.at}"
