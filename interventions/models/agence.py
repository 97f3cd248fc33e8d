"""The agency: the tenant, and its settings as typed fields with their defaults."""

from __future__ import annotations

from datetime import time
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, available_timezones

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from interventions.models.entry_settings import EntrySettings
from interventions.models.fields import public_id
from interventions.models.look import Look
from interventions.models.retention import RetentionSettings
from interventions.paid_hours import Calendar
from interventions.states import Labelled

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


def check_zone(value: str) -> None:
    """Refuse a time zone that the system does not know."""
    if value not in available_timezones():
        raise ValidationError(_("Ce fuseau horaire n’existe pas."))


def days(
    label: _StrPromise | str, default: int, sentence: _StrPromise | str
) -> models.PositiveSmallIntegerField[int, int]:
    """Return a setting in whole days, one year at the most."""
    return models.PositiveSmallIntegerField(
        label, default=default, help_text=sentence, validators=[MaxValueValidator(365)]
    )


class HolidayRegion(Labelled):
    """Where the agency works, as far as its public holidays differ; the values are those of the calendar's library."""

    FRANCE = "", _("France métropolitaine")
    ALSACE_MOSELLE = "57", _("Alsace et Moselle")
    GUADELOUPE = "971", _("Guadeloupe")
    MARTINIQUE = "972", _("Martinique")
    GUYANE = "973", _("Guyane")
    REUNION = "974", _("La Réunion")
    MAYOTTE = "976", _("Mayotte")


class Agence(Look, EntrySettings, RetentionSettings):
    """A home-care agency. Every row of every table of the domain belongs to one."""

    public_id = public_id()
    name = models.CharField(_("nom"), max_length=120, unique=True)
    timezone = models.CharField(_("fuseau horaire"), max_length=60, default="Europe/Paris", validators=[check_zone])
    phone = models.CharField(_("téléphone"), max_length=40, blank=True)
    email = models.EmailField(_("adresse e-mail"), blank=True)
    address = models.CharField(_("adresse"), max_length=250, blank=True)
    mailer = models.CharField(
        _("service d’envoi"),
        max_length=40,
        blank=True,
        help_text=_("Le nom d’un service de MAILERS. Vide\u00a0: celui de tous."),
    )
    created_at = models.DateTimeField(_("créée le"), auto_now_add=True)

    first_day = models.BooleanField(
        _("Mise en route montrée sur l’Accueil"),
        default=False,
        db_default=False,
        help_text=_("Ce qui manque à une agence qui commence se voit sur l’Accueil et dans le menu."),
    )
    module_enabled = models.BooleanField(
        _("Validation des interventions depuis le portail"),
        default=True,
        help_text=_("Les intervenants et les clients valident les visites depuis leur portail."),
    )
    module_enabled_at = models.DateTimeField(_("activée le"), null=True, blank=True)
    same_day_allowed = models.BooleanField(
        _("Validation le jour même"),
        default=False,
        help_text=_("Une visite se valide dès qu’elle est finie, sans attendre le lendemain."),
    )
    undo_minutes = models.PositiveSmallIntegerField(
        _("Délai pour reprendre (minutes)"),
        default=10,
        validators=[MaxValueValidator(1440)],
        help_text=_("Une action se reprend pendant ce délai ; les mails partent quand il est passé."),
    )
    retract_days = days(
        _("Délai pour reprendre une réponse"), 7, _("Le client revient sur sa réponse pendant ce délai.")
    )
    dispute_days = days(_("Délai pour contester une annulation"), 7, _("Une annulation se conteste pendant ce délai."))
    object_days = days(
        _("Délai pour contester une validation"),
        30,
        _("Le client conteste une validation faite à sa place pendant ce délai."),
    )
    reminder_days = days(
        _("Relance du client (jours)"),
        3,
        _("Le client qui n’a pas répondu est relancé par mail, une fois, ce délai après la demande. 0 : jamais."),
    )
    proche_reminder_days = days(
        _("Relance des proches (jours)"),
        2,
        _("Les proches qui reçoivent les mails sont relancés ce délai après le client. 0 : en même temps que lui."),
    )
    unanswered_days = days(
        _("Sur la liste de l’agence (jours)"),
        2,
        _(
            "Une visite restée sans réponse ce délai après la dernière relance attend un gestionnaire, à l’Accueil. "
            "0 : jamais."
        ),
    )
    no_answer_days = days(
        _("Sans réponse"), 7, _("Après ce délai, l’agence peut valider à la place d’un client resté sans réponse.")
    )
    tacit_enabled = models.BooleanField(
        _("Validation sans réponse"),
        default=False,
        help_text=_("Une visite restée sans réponse est validée d’elle-même, après un rappel."),
    )
    tacit_days = days(_("Délai de la validation sans réponse"), 7, _("Jours de silence avant cette validation."))
    escalate_enabled = models.BooleanField(
        _("Transmission au gestionnaire"),
        default=False,
        help_text=_("Une modification restée sans réponse de l’intervenant passe au gestionnaire."),
    )
    escalate_days = days(_("Délai de la transmission"), 7, _("Jours sans réponse avant cette transmission."))
    link_days = days(_("Lien d’un mail"), 30, _("Le lien d’un mail sert pendant ce délai."))
    tuteur_acts_alone = models.BooleanField(
        _("Le tuteur agit seul"),
        default=False,
        help_text=_("Quand un client a un tuteur, lui seul répond ; le client consulte."),
    )
    four_eyes = models.BooleanField(
        _("Double regard"),
        default=False,
        help_text=_(
            "Qui a planifié, déclaré, contesté, renvoyé ou transmis une visite ne délibère pas sur elle : "
            "une autre personne le fait."
        ),
    )
    second_factor_required = models.BooleanField(
        _("Deuxième facteur obligatoire pour les gestionnaires"),
        default=False,
        db_default=False,
        help_text=_(
            "La gestion et le suivi de votre agence ne s’ouvrent qu’à qui montre, en plus de son code par mail ou de "
            "son mot de passe, un code de son téléphone ou une clé d’accès."
        ),
    )
    tolerance_minutes = models.PositiveSmallIntegerField(
        _("Tolérance (minutes)"),
        default=15,
        help_text=_("Un écart au prévu au-delà de cette durée est signalé avant d’enregistrer."),
    )
    usual_km = models.DecimalField(
        _("Kilomètres habituels"),
        max_digits=4,
        decimal_places=1,
        default=Decimal("50.0"),
        help_text=_("Au-delà, les kilomètres sont signalés avant d’enregistrer."),
    )
    background_from = models.PositiveSmallIntegerField(
        _("Lot en arrière-plan (visites)"),
        default=300,
        validators=[MaxValueValidator(5000)],
        help_text=_("Au-delà de ce nombre de visites, un lot se fait en arrière-plan et montre où il en est."),
    )
    night_starts = models.TimeField(_("Début de la nuit"), default=time(22))
    night_ends = models.TimeField(_("Fin de la nuit"), default=time(7))
    holiday_region = models.CharField(
        _("Jours fériés"),
        max_length=8,
        blank=True,
        default=HolidayRegion.FRANCE,
        choices=HolidayRegion.choices,
        help_text=_("Le calendrier des jours fériés qui vaut pour l’agence."),
    )

    class Meta:
        verbose_name = _("agence")

    def __str__(self) -> str:
        return self.name

    @cached_property
    def zone(self) -> ZoneInfo:
        """The time zone in which its hours are entered and shown."""
        return ZoneInfo(self.timezone)

    @cached_property
    def paid_calendar(self) -> Calendar:
        """What makes an hour one of the night, of a Sunday or of a public holiday here."""
        return Calendar(self.zone, self.night_starts, self.night_ends, self.holiday_region)
