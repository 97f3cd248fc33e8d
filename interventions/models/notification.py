"""What people are told: mails as rows, written in the transaction of what they tell."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from interventions.models.fields import public_id, tenant_key
from interventions.models.intervention import Intervention
from interventions.models.journal import Batch, JournalEntry
from interventions.models.people import User
from interventions.querysets import MailQuerySet
from interventions.states import Action, Labelled, Role


class MailKind(Labelled):
    """What a mail is about."""

    VISITS = "visits", _("Visites")
    SIGN_IN = "sign_in", _("Connexion")
    MANDATE = "mandate", _("Mandat")
    TRIAL = "trial", _("Essai")
    ACCESS = "access", _("Accès à la gestion")
    INVITATION = "invitation", _("Invitation")
    SECURITY = "security", _("Sécurité du compte")


class Fate(Labelled):
    """What became of a mail."""

    QUEUED = "queued", _("En attente")
    SENDING = "sending", _("En cours d’envoi")
    SENT = "sent", _("Envoyé")
    DELIVERED = "delivered", _("Remis")
    BOUNCED = "bounced", _("Revenu")
    FAILED = "failed", _("Échec")
    DROPPED = "dropped", _("Sans objet")
    MERGED = "merged", _("Réuni avec un autre")


class Mail(models.Model):
    """One mail to one person, of one batch at the most.

    Queued until `due_at`; then its text is made from what is true. `lease_until` is how long one worker has it.
    A sign-in mail holds a secret: its texts are shown to nobody and erased once it has left. One that was merged has
    left its lines to another of the same person. `at_once` says that somebody asked for it now, whatever the rhythm;
    `in_reply_to` is the first mail that told its reader of these visits, `provider_id` the name that the mail service
    gave it, `resends` the one that this one repeats.
    """

    agence = models.ForeignKey("Agence", models.RESTRICT, related_name="mails", db_index=False)
    public_id = public_id()
    kind = models.CharField(max_length=10, choices=MailKind.choices, default=MailKind.VISITS)
    user = models.ForeignKey(User, models.RESTRICT, related_name="mails", db_index=False)
    to = models.EmailField(_("destinataire"), max_length=254)
    batch = models.ForeignKey(Batch, models.RESTRICT, null=True, db_constraint=False, related_name="mails")
    subject = models.CharField(_("objet"), max_length=250, blank=True)
    text = models.TextField(_("texte"), blank=True)
    html = models.TextField(blank=True)
    message_id = models.CharField(max_length=200, unique=True)
    fate = models.CharField(_("sort"), max_length=10, choices=Fate.choices, default=Fate.QUEUED)
    error = models.TextField(_("erreur"), blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(_("créé le"))
    due_at = models.DateTimeField(_("à envoyer le"))
    lease_until = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(_("envoyé le"), null=True)
    delivered_at = models.DateTimeField(_("remis le"), null=True)
    bounced_at = models.DateTimeField(_("revenu le"), null=True)
    at_once = models.BooleanField(default=False)
    in_reply_to = models.CharField(max_length=200, blank=True)
    provider_id = models.CharField(max_length=200, blank=True)
    resends = models.OneToOneField(
        "self", models.RESTRICT, null=True, blank=True, db_constraint=False, related_name="resent_as"
    )

    objects = MailQuerySet.as_manager()

    class Meta:
        verbose_name = _("mail")
        constraints = [
            tenant_key("mail"),
            models.UniqueConstraint(
                fields=["batch", "user"], condition=Q(batch__isnull=False), name="mail_once_a_person_and_batch"
            ),
        ]
        indexes = [
            models.Index(fields=["agence", "-at_once", "due_at", "id"], condition=Q(fate="queued"), name="mail_next"),
            models.Index(fields=["lease_until"], condition=Q(fate="sending"), name="mail_leased"),
            models.Index(fields=["agence", "-created_at", "-id"], name="mail_by_time"),
            models.Index(fields=["agence", "fate", "-created_at", "-id"], name="mail_by_fate"),
            models.Index(fields=["user", "agence", "sent_at"], name="mail_by_reader"),
            models.Index(fields=["provider_id"], condition=~Q(provider_id=""), name="mail_by_provider_id"),
        ]

    def __str__(self) -> str:
        return f"{self.to} · {self.subject or self.get_kind_display()}"

    @property
    def fate_label(self) -> str:
        """The fate in words; get_fate_display translates every fate there is, for each row of a list."""
        return str(Fate(self.fate).label)


class MailLine(models.Model):
    """What one mail says of one visit. `step` is the visit's step that it tells of: past that, it drops out.

    `told` says that it figured in a mail handed over, `reminds` that it repeats what an earlier one asked.
    """

    agence = models.ForeignKey("Agence", models.RESTRICT, related_name="+", db_index=False)
    mail = models.ForeignKey(Mail, models.CASCADE, db_constraint=False, related_name="lines")
    intervention = models.ForeignKey(
        Intervention, models.RESTRICT, db_constraint=False, db_index=False, related_name="mail_lines"
    )
    entry = models.ForeignKey(JournalEntry, models.RESTRICT, db_index=False, related_name="+")
    action = models.CharField(max_length=30, choices=Action.choices)
    role = models.CharField(max_length=12, choices=Role.choices)
    step = models.PositiveIntegerField()
    told = models.BooleanField(_("a figuré dans le mail"), default=False)
    reminds = models.BooleanField(_("rappel"), default=False)

    class Meta:
        verbose_name = _("ligne de mail")
        constraints = [
            models.UniqueConstraint(fields=["mail", "intervention", "role"], name="mail_line_once"),
        ]
        indexes = [models.Index(fields=["agence", "intervention", "step"], name="mail_line_by_intervention")]

    def __str__(self) -> str:
        return f"{self.mail_id} · {self.intervention_id}"
