"""The people: users (an address), and the rows that say what a user is at an agency."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from interventions.models.fields import Named, Searchable, public_id, tenant_key
from interventions.querysets import (
    AbsenceQuerySet,
    ClientQuerySet,
    GestionnaireQuerySet,
    IntervenantQuerySet,
    SecteurQuerySet,
)
from interventions.states import Labelled


class UserManager(BaseUserManager["User"]):
    """Users by address, compared in lower case."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """Create a user; without a password the first sign-in is by a code sent to the address."""
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        """Create the operator's account, which opens the admin site and no portal."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> User:
        """Return the user with this address, whatever its case."""
        return self.get(email=(username or "").strip().lower())


class User(AbstractBaseUser, PermissionsMixin):
    """An e-mail address that can sign in, once in the whole system."""

    email = models.EmailField(_("adresse e-mail"), unique=True, max_length=254)
    is_active = models.BooleanField(_("actif"), default=True)
    is_staff = models.BooleanField(_("opérateur"), default=False)
    date_joined = models.DateTimeField(_("créé le"), auto_now_add=True)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects = UserManager()

    class Meta:
        verbose_name = _("utilisateur")
        verbose_name_plural = _("utilisateurs")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(email=Lower("email")),
                name="user_email_is_lower_case",
                violation_error_message=_("L’adresse s’écrit en minuscules."),
            )
        ]

    def __str__(self) -> str:
        return self.email


class Secteur(Named):
    """A part of an agency; a visit's secteur is its client's. One that is archived is given to no further client."""

    agence = models.ForeignKey("Agence", models.CASCADE, related_name="secteurs")
    public_id = public_id()
    archived_at = models.DateTimeField(_("archivé le"), null=True, blank=True)

    objects = SecteurQuerySet.as_manager()

    class Meta:
        verbose_name = _("secteur")
        constraints = [
            models.UniqueConstraint(fields=["agence", "name"], name="secteur_name_once"),
            tenant_key("secteur"),
        ]
        indexes = [models.Index(fields=["agence", "sort_name", "id"], name="secteur_by_name")]


class Civility(Labelled):
    """How a person is addressed."""

    MRS = "Mme", _("Mme")
    MR = "M.", _("M.")
    NONE = "", _("—")


class Person(Searchable):
    """What clients and intervenants have in common."""

    public_id = public_id()
    civility = models.CharField(_("civilité"), max_length=10, blank=True, choices=Civility.choices)
    last_name = models.CharField(_("nom"), max_length=100)
    first_name = models.CharField(_("prénom"), max_length=100, blank=True)
    phone = models.CharField(_("téléphone"), max_length=40, blank=True)
    user = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="%(class)ss", verbose_name=_("adresse e-mail")
    )
    archived_at = models.DateTimeField(_("archivé le"), null=True, blank=True)
    anonymised_at = models.DateTimeField(_("anonymisé le"), null=True, editable=False)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.last_name} {self.first_name}".strip()

    @property
    def full_name(self) -> str:
        """«Mme Yvonne Quéré»."""
        return " ".join(part for part in (self.civility, self.first_name, self.last_name) if part)

    @property
    def short_name(self) -> str:
        """«Aïcha L.»: what a client sees of an intervenant; «Mme L.» where no first name is known."""
        return f"{self.first_name or self.civility} {self.last_name[:1].upper()}.".strip()


class Client(Person):
    """The person helped."""

    agence = models.ForeignKey("Agence", models.CASCADE, related_name="clients")
    number = models.CharField(_("numéro"), max_length=40)
    address = models.CharField(_("adresse"), max_length=200, blank=True)
    postal_code = models.CharField(_("code postal"), max_length=10, blank=True)
    city = models.CharField(_("ville"), max_length=100, blank=True)
    access_code = models.CharField(_("code d’accès"), max_length=100, blank=True)
    secteur = models.ForeignKey(
        Secteur, models.RESTRICT, null=True, blank=True, db_constraint=False, related_name="clients"
    )
    gets_mails = models.BooleanField(_("reçoit les mails"), default=True)
    tacit_opt_out = models.BooleanField(_("refuse la validation sans réponse"), default=False)

    objects = ClientQuerySet.as_manager()

    class Meta:
        verbose_name = _("client")
        constraints = [
            models.UniqueConstraint(fields=["agence", "number"], name="client_number_once"),
            tenant_key("client"),
        ]
        indexes = [
            models.Index(fields=["agence", "sort_name", "id"], name="client_by_name"),
        ]


class Intervenant(Person):
    """The carer."""

    agence = models.ForeignKey("Agence", models.CASCADE, related_name="intervenants")
    number = models.CharField(_("matricule"), max_length=40)
    weekly_minutes = models.PositiveIntegerField(_("minutes par semaine"), null=True, blank=True)
    calendar_digest = models.CharField(max_length=64, null=True, blank=True, unique=True, editable=False)
    calendar_since = models.DateTimeField(null=True, blank=True, editable=False)

    objects = IntervenantQuerySet.as_manager()

    class Meta:
        verbose_name = _("intervenant")
        constraints = [
            models.UniqueConstraint(fields=["agence", "number"], name="intervenant_number_once"),
            tenant_key("intervenant"),
        ]
        indexes = [
            models.Index(fields=["agence", "sort_name", "id"], name="intervenant_by_name"),
        ]


class ProcheKind(Labelled):
    """What binds a proche to the client."""

    PROCHE = "proche", _("Proche")
    MANDATAIRE = "mandataire", _("Mandataire")
    TUTEUR = "tuteur", _("Tuteur")


class Proche(models.Model):
    """A person's mandate to act for a client; both dates included. `ended_at` ended it at once, whatever its dates."""

    agence = models.ForeignKey("Agence", models.CASCADE, related_name="proches")
    public_id = public_id()
    client = models.ForeignKey(Client, models.CASCADE, db_constraint=False, related_name="proches")
    user = models.ForeignKey(User, models.RESTRICT, related_name="proches")
    last_name = models.CharField(_("nom"), max_length=100)
    first_name = models.CharField(_("prénom"), max_length=100, blank=True)
    kind = models.CharField(_("qualité"), max_length=20, choices=ProcheKind.choices, default=ProcheKind.PROCHE)
    starts_on = models.DateField(_("depuis le"))
    ends_on = models.DateField(_("jusqu’au"), null=True, blank=True)
    may_validate = models.BooleanField(_("peut valider"), default=True)
    may_contest = models.BooleanField(_("peut modifier et annuler"), default=True)
    gets_mails = models.BooleanField(_("reçoit les mails"), default=False)
    ended_at = models.DateTimeField(_("mandat retiré le"), null=True, blank=True)
    anonymised_at = models.DateTimeField(_("anonymisé le"), null=True, editable=False)

    class Meta:
        verbose_name = _("proche")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_on__isnull=True) | models.Q(ends_on__gte=models.F("starts_on")),
                name="proche_ends_after_start",
                violation_error_message=_("Le mandat finit avant de commencer."),
            ),
            tenant_key("proche"),
        ]
        indexes = [models.Index(fields=["user", "client"], name="proche_by_user")]

    def __str__(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()


class Gestionnaire(Searchable):
    """A person of the agency's staff and their rights; "lecture" comes with the row itself."""

    agence = models.ForeignKey("Agence", models.CASCADE, related_name="gestionnaires")
    public_id = public_id()
    user = models.ForeignKey(User, models.RESTRICT, related_name="gestionnaires", verbose_name=_("adresse e-mail"))
    last_name = models.CharField(_("nom"), max_length=100)
    first_name = models.CharField(_("prénom"), max_length=100, blank=True)
    may_manage = models.BooleanField(_("gestion"), default=False)
    may_arbitrate = models.BooleanField(_("délibération"), default=False)
    may_close = models.BooleanField(_("clôture"), default=False)
    may_unlock = models.BooleanField(_("déverrouillage"), default=False)
    may_administer = models.BooleanField(_("administration"), default=False)
    all_secteurs = models.BooleanField(_("tous les secteurs"), default=True)
    secteurs = models.ManyToManyField(
        Secteur,
        verbose_name=_("secteurs"),
        blank=True,
        through="GestionnaireSecteur",
        related_name="gestionnaires",
    )
    ended_at = models.DateTimeField(_("parti le"), null=True, blank=True)
    anonymised_at = models.DateTimeField(_("anonymisé le"), null=True, editable=False)

    objects = GestionnaireQuerySet.as_manager()

    class Meta:
        verbose_name = _("gestionnaire")
        constraints = [
            models.UniqueConstraint(fields=["agence", "user"], name="gestionnaire_once"),
            tenant_key("gestionnaire"),
        ]
        indexes = [models.Index(fields=["agence", "sort_name", "id"], name="gestionnaire_by_name")]

    def __str__(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()


class GestionnaireSecteur(models.Model):
    """One of the secteurs to which a gestionnaire is limited."""

    agence = models.ForeignKey("Agence", models.CASCADE, related_name="+")
    gestionnaire = models.ForeignKey(Gestionnaire, models.CASCADE, db_constraint=False, related_name="+")
    secteur = models.ForeignKey(Secteur, models.CASCADE, db_constraint=False, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["gestionnaire", "secteur"], name="gestionnaire_secteur_once")]

    def __str__(self) -> str:
        return f"{self.gestionnaire_id} · {self.secteur_id}"


class AbsenceKind(Labelled):
    """Why somebody is away."""

    HOSPITAL = "hospital", _("Hospitalisation")
    HOLIDAY = "holiday", _("Vacances")
    DEATH = "death", _("Décès")
    ILLNESS = "illness", _("Maladie")
    UNAVAILABLE = "unavailable", _("Indisponibilité")
    OTHER = "other", _("Autre")


class Absence(models.Model):
    """A time during which a client or an intervenant is away; both dates included."""

    agence = models.ForeignKey("Agence", models.CASCADE, related_name="absences")
    public_id = public_id()
    client = models.ForeignKey(
        Client, models.CASCADE, null=True, blank=True, db_constraint=False, related_name="absences"
    )
    intervenant = models.ForeignKey(
        Intervenant, models.CASCADE, null=True, blank=True, db_constraint=False, related_name="absences"
    )
    kind = models.CharField(_("raison"), max_length=20, choices=AbsenceKind.choices)
    starts_on = models.DateField(_("du"))
    ends_on = models.DateField(_("au"), null=True, blank=True)

    objects = AbsenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("absence")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(client__isnull=True) ^ models.Q(intervenant__isnull=True),
                name="absence_of_one_person",
                violation_error_message=_("Une absence est celle d’un client ou d’un intervenant."),
            ),
            models.CheckConstraint(
                condition=models.Q(ends_on__isnull=True) | models.Q(ends_on__gte=models.F("starts_on")),
                name="absence_ends_after_start",
                violation_error_message=_("L’absence finit avant de commencer."),
            ),
        ]
        indexes = [models.Index(fields=["agence", "starts_on", "id"], name="absence_by_start")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.starts_on} – {self.ends_on or '…'}"
