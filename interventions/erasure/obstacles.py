"""What still runs of a person, so that they cannot be anonymised yet; each obstacle in words."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import TruncMonth
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from interventions.erasure.subjects import Subject
from interventions.models import (
    BatchWork,
    Client,
    Contrat,
    ContratState,
    Fate,
    Gestionnaire,
    ImportRequest,
    Intervenant,
    Period,
    Proche,
    Series,
)
from interventions.models.import_requests import AT_WORK
from interventions.states import Status

OPEN = (Status.DRAFT, Status.PLANNED, Status.DONE, Status.CONTESTED, Status.ARBITRATION)
NAMED = 6


def obstacles(subject: Subject, now: datetime) -> list[str]:
    """Return what still runs, in words, one sentence each; nothing where the person can be anonymised."""
    row, today = subject.row, now.astimezone(subject.row.agence.zone).date()
    found = [*_here(row, today), *_visits(subject), *_going_on(subject, today)]
    waiting = subject.mails().filter(user__in=subject.accounts, fate__in=(Fate.QUEUED, Fate.SENDING)).count()
    if waiting:
        found.append(
            ngettext("%(n)d mail attend encore de partir.", "%(n)d mails attendent encore de partir.", waiting)
            % {"n": waiting}
        )
    return found


def _here(row: Any, today: date) -> list[str]:
    """Return that the person is still one of the agency's."""
    if isinstance(row, Client | Intervenant):
        return [] if row.archived_at else [_("La fiche est en cours\u00a0: archivez-la d’abord.")]
    if isinstance(row, Gestionnaire):
        return [] if row.ended_at else [_("La gestion lui est ouverte\u00a0: mettez d’abord fin à son accès.")]
    over = row.ended_at or (row.ends_on and row.ends_on < today)
    return [] if over else [_("Le mandat est en cours\u00a0: mettez-y fin d’abord.")]


def _visits(subject: Subject) -> list[str]:
    """Return what of their visits is undecided, and which months are open."""
    visits = subject.visits().filter(withdrawn=False)
    found = []
    if undecided := visits.filter(status__in=OPEN).count():
        found.append(
            ngettext(
                "%(n)d visite n’est pas décidée\u00a0: validez-la ou annulez-la.",
                "%(n)d visites ne sont pas décidées\u00a0: validez-les ou annulez-les.",
                undecided,
            )
            % {"n": undecided}
        )
    closed = Period.objects.filter(**subject.own, month=OuterRef("month"), closed_at__isnull=False)
    months = visits.order_by().annotate(month=TruncMonth("day")).values("month").distinct()
    still_open = sorted(months.filter(~Exists(closed)).values_list("month", flat=True))
    if still_open:
        names = ", ".join(f"{month:%m/%Y}" for month in still_open[:NAMED])
        more = "…" if len(still_open) > NAMED else ""
        found.append(
            ngettext(
                "Un mois n’est pas clôturé\u00a0: %(months)s.",
                "Des mois ne sont pas clôturés\u00a0: %(months)s.",
                len(still_open),
            )
            % {"months": names + more}
        )
    return found


def _going_on(subject: Subject, today: date) -> list[str]:
    """Return what was agreed and has not ended: contrats and series, work of the desk that is not done."""
    row, found = subject.row, []
    not_over = Q(ends_on__isnull=True) | Q(ends_on__gte=today)
    if isinstance(row, Client):
        agreed = Contrat.objects.filter(not_over, **subject.own, client=row, archived_at__isnull=True)
        if numbers := list(
            agreed.exclude(state=ContratState.DRAFT).order_by("number").values_list("number", flat=True)
        ):
            found.append(_("Un contrat court encore\u00a0: %(numbers)s.") % {"numbers": ", ".join(numbers[:NAMED])})
    if isinstance(row, Client | Intervenant):
        whose = {"client" if isinstance(row, Client) else "intervenant": row}
        if Series.objects.filter(not_over, **subject.own, **whose).exists():
            found.append(_("Une série de visites continue\u00a0: mettez-y fin."))
    if isinstance(row, Gestionnaire):
        works = BatchWork.objects.filter(**subject.own, gestionnaire=row, finished_at=None).exists()
        if works or ImportRequest.objects.filter(**subject.own, gestionnaire=row, stage__in=AT_WORK).exists():
            found.append(_("Un lot ou un import demandé par cette personne n’est pas fini."))
    return found


def mandates_of(client: Client) -> list[Proche]:
    """Return the mandates for a client, which go with them."""
    return list(Proche.objects.filter(agence_id=client.agence_id, client=client).order_by("pk"))
