"""All that the agency keeps of one person, to be given to them: the right of access, article 15 of the RGPD.

Of other people it holds no more than the person knew already: the name that a portal shows, and no comment of theirs.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from interventions.models import (
    Absence,
    Attachment,
    Client,
    Contrat,
    Intervenant,
    Intervention,
    JournalEntry,
    Mail,
    MailKind,
    MailPreference,
    MandateEntry,
    User,
)
from interventions.registry.keeping import entries_of
from interventions.states import Role

VERSIONS = ("planned", "declared", "retained")

type Section = list[dict[str, Any]]


def of_client(client: Client) -> dict[str, Section]:
    """Return a client's data by section, each a list of lines, each line a mapping from a French name to a value.

    Statements do not grow with the visits.
    """
    visits = Intervention.objects.filter(agence_id=client.agence_id, client=client, withdrawn=False)
    mandates = MandateEntry.objects.filter(agence_id=client.agence_id, proche__client=client).select_related("proche")
    contrats = Contrat.objects.filter(agence_id=client.agence_id, client=client).order_by("starts_on", "pk")
    return {
        _("Identité"): [_identity(client) | _home(client)],
        _("Compte"): _account(client.user, client.agence_id),
        _("Contrats"): [_contrat(one) for one in contrats.select_related("prestation")],
        _("Absences"): _absences(Absence.objects.filter(agence_id=client.agence_id, client=client)),
        _("Mandats"): [_mandate(one) for one in mandates.order_by("at", "pk")],
        _("Visites"): _visits(visits.select_related("intervenant", "prestation"), client.user, "intervenant"),
        _("Pièces jointes"): _scans(Attachment.objects.filter(agence_id=client.agence_id, intervention__in=visits)),
        _("Changements de la fiche"): _changes(client),
        _("Mails"): _mails(client.user, client.agence_id),
    }


def of_intervenant(intervenant: Intervenant) -> dict[str, Section]:
    """Return an intervenant's data by section, as of_client does."""
    visits = Intervention.objects.filter(agence_id=intervenant.agence_id, intervenant=intervenant, withdrawn=False)
    return {
        _("Identité"): [_identity(intervenant) | {_("Minutes par semaine"): intervenant.weekly_minutes}],
        _("Compte"): _account(intervenant.user, intervenant.agence_id),
        _("Absences"): _absences(Absence.objects.filter(agence_id=intervenant.agence_id, intervenant=intervenant)),
        _("Visites"): _visits(visits.select_related("client", "prestation"), intervenant.user, "client"),
        _("Changements de la fiche"): _changes(intervenant),
        _("Mails"): _mails(intervenant.user, intervenant.agence_id),
    }


def _identity(person: Client | Intervenant) -> dict[str, Any]:
    return {
        _("Numéro"): person.number,
        _("Nom"): person.full_name,
        _("Téléphone"): person.phone,
        _("Adresse e-mail"): person.user.email if person.user else "",
        _("Archivé le"): plain(person.archived_at),
    }


def _home(client: Client) -> dict[str, Any]:
    town = f"{client.postal_code} {client.city}".strip()
    return {
        _("Adresse"): ", ".join(part for part in (client.address, town) if part),
        _("Code d’accès"): client.access_code,
        _("Secteur"): str(client.secteur or ""),
        _("Reçoit les mails"): client.gets_mails,
        _("Refuse la validation sans réponse"): client.tacit_opt_out,
    }


def _account(user: User | None, agence_id: int) -> Section:
    if user is None:
        return []
    choice = MailPreference.objects.filter(agence_id=agence_id, user=user).first()
    account = {_("Créé le"): plain(user.date_joined), _("Dernière connexion"): plain(user.last_login)}
    if choice:
        account |= {
            _("Rythme des mails"): choice.get_rhythm_display(),
            _("Pas de mail de"): plain(choice.quiet_from),
            _("À"): plain(choice.quiet_until),
            _("Adresse qui a refusé un mail"): choice.refused_address,
        }
    return [account]


def _contrat(contrat: Contrat) -> dict[str, Any]:
    return {
        _("Numéro"): contrat.number,
        _("Prestation"): contrat.prestation.name,
        _("État"): contrat.state_label,
        _("Début"): plain(contrat.starts_on),
        _("Fin"): plain(contrat.ends_on),
        _("Minutes par mois"): contrat.monthly_minutes,
    }


def _absences(found: QuerySet[Absence]) -> Section:
    return [
        {_("Raison"): one.get_kind_display(), _("Du"): plain(one.starts_on), _("Au"): plain(one.ends_on)}
        for one in found.order_by("starts_on", "pk")
    ]


def _mandate(entry: MandateEntry) -> dict[str, Any]:
    return {
        _("Qui"): str(entry.proche),
        _("Étape"): entry.get_step_display(),
        _("Le"): plain(entry.at),
        _("Par"): entry.actor_name,
        _("Justificatif"): entry.paper,
    }


def _visits(found: QuerySet[Intervention], user: User | None, other: str) -> Section:
    """Return the visits with their three versions and what the person wrote; `other` is who else was there."""
    visits = list(found.order_by("retained_start", "pk"))
    wrote = _wrote(user, visits)
    return [
        {
            _("Jour"): plain(visit.day),
            _("Avec"): _named(getattr(visit, other)),
            _("Prestation"): visit.prestation.name,
            _("État"): str(visit.state.label),
            **{str(_NAMES[version]): _facts(visit, version) for version in VERSIONS},
            _("Ce que vous avez écrit"): wrote.get(visit.pk, []),
        }
        for visit in visits
    ]


_NAMES = {
    "planned": gettext_lazy("Prévu"),
    "declared": gettext_lazy("Déclaré"),
    "retained": gettext_lazy("Retenu"),
}


def _named(person: Client | Intervenant | None) -> str:
    if person is None:
        return ""
    return person.short_name if isinstance(person, Intervenant) else person.full_name


def _facts(visit: Intervention, version: str) -> dict[str, Any] | None:
    facts = visit.facts(version)
    if facts is None:
        return None
    return {_("Début"): plain(facts.start), _("Fin"): plain(facts.end), _("Kilomètres"): plain(facts.km)}


def _wrote(user: User | None, visits: Sequence[Intervention]) -> dict[int, list[str]]:
    """Return the comments of this person by visit."""
    if user is None:
        return {}
    entries = JournalEntry.objects.filter(
        intervention__in=[visit.pk for visit in visits], actor_id_kept=user.pk, texts__isnull=False
    ).exclude(role__in=(Role.MANAGER, Role.SYSTEM))
    found: dict[int, list[str]] = {}
    for pk, comment in entries.order_by("pk").values_list("intervention_id", "texts__comment"):
        if comment:
            found.setdefault(pk, []).append(comment)
    return found


def _scans(found: QuerySet[Attachment]) -> Section:
    return [
        {_("Nom"): one.name, _("Ajoutée le"): plain(one.at), _("Octets"): one.size}
        for one in found.order_by("at", "pk")
    ]


def _changes(person: Client | Intervenant) -> Section:
    """Return what stood on the fiche before and after each change, by the names of the columns."""
    found = []
    for entry in entries_of(person):
        values = getattr(entry, "kept_apart", None)
        sides = {_("Avant"): values.before, _("Après"): values.after} if values else {}
        found.append({_("Le"): plain(entry.at), _("Par"): entry.actor_name} | sides)
    return found


def _mails(user: User | None, agence_id: int) -> Section:
    """Return the mails to this person; the text of a sign-in mail is nowhere any more."""
    if user is None:
        return []
    found = (
        Mail.objects.filter(agence_id=agence_id, user=user).exclude(kind=MailKind.TRIAL).order_by("created_at", "pk")
    )
    return [
        {
            _("Objet"): mail.subject,
            _("À"): mail.to,
            _("Écrit le"): plain(mail.created_at),
            _("Envoyé le"): plain(mail.sent_at),
            _("Sort"): mail.get_fate_display(),
            _("Texte"): mail.text,
        }
        for mail in found.order_by("created_at", "pk").iterator()
    ]


def plain(value: Any) -> Any:
    """Return a value fit for JSON; instants in UTC."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="seconds")
    if isinstance(value, Iterable | bool | int) or value is None:
        return value
    return value.isoformat() if isinstance(value, date) or hasattr(value, "isoformat") else str(value)
