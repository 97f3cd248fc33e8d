"""Taking away the words that tell of a person; each function is a constant number of statements."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.core.files.storage import Storage
from django.db import transaction
from django.db.models import Case, Exists, Model, OuterRef, QuerySet, Value, When
from django.utils.translation import gettext as _

from interventions.erasure.subjects import Subject
from interventions.models import (
    Absence,
    Access,
    Attachment,
    Batch,
    BatchWork,
    Client,
    ColumnMatch,
    Deliberation,
    Gestionnaire,
    ImportedLine,
    ImportRequest,
    Intervenant,
    Intervention,
    JournalEntry,
    JournalText,
    Mail,
    MailLink,
    MandateEntry,
    PeriodEntry,
    Proche,
    Proposition,
    RegistryEntry,
    SealedWords,
    Series,
    SettingEntry,
)
from interventions.models.mail_style import MailStyleEntry
from interventions.states import Role

# Where a gestionnaire's name alone says who it was.
NAMING: tuple[tuple[type[Model], str], ...] = (
    (ImportRequest, "actor_name"),
    (ImportRequest, "confirmed_by"),
    (ColumnMatch, "actor_name"),
    (BatchWork, "stopped_by"),
)
NOTHING: dict[str, Any] = {"salt": b"", "comment": "", "reason": "", "ordre_de_mission": ""}


def of_presses(presses: QuerySet[Batch]) -> int:
    """Take away who pressed and grounds of their own words, with their salt: the hash that is sealed stays."""
    SealedWords.objects.filter(batch__in=presses.values("pk")).update(salt=b"")
    return presses.update(actor_name="", ground_text="", actor=None)


def of_texts(texts: QuerySet[JournalText]) -> int:
    """Take away what was written with acts, with the salts."""
    return JournalText.objects.filter(pk__in=texts.exclude(salt=b"").values("pk")).update(**NOTHING)


def of_mails(mails: QuerySet[Mail], accounts: list[int]) -> int:
    """Take away what mails said, and where those to the person went; that and when they left stays."""
    MailLink.objects.filter(mail__in=mails.values("pk")).delete()
    mails.filter(user__in=accounts).update(to="")
    return mails.exclude(subject=erased()).update(subject=erased(), text="", html="", error="")


def erased() -> str:
    """Return what stands in the place of a mail's subject."""
    return _("Texte effacé")


def of_visits(subject: Subject) -> None:
    """Take away what stands beside the visits: comments, orders, grounds, scans, lines of files."""
    visits = subject.visits()
    if isinstance(subject.row, Client):
        gone: dict[str, Any] = {"comment": "", "ordre_de_mission": ""}
    elif isinstance(subject.row, Intervenant):
        gone = {"comment": ""}
    else:
        _unname(subject)
        return
    own = When(last_actor__in=subject.accounts, last_role=subject.role, then=Value(None))
    visits.update(**gone, last_actor=Case(own, default="last_actor"))
    inside = visits.values("pk")
    Proposition.objects.filter(**subject.own, intervention__in=inside, role=subject.role).update(actor=None)
    if isinstance(subject.row, Client):
        Deliberation.objects.filter(**subject.own, intervention__in=inside).update(grounds="")
        Series.objects.filter(**subject.own, client=subject.row).update(ordre_de_mission="")
        _scans(subject, inside)
    lines = ImportedLine.objects.filter(**subject.own, intervention__in=inside)
    lines.update(values={}, applied={})
    kind = "clients" if isinstance(subject.row, Client) else "intervenants"
    ImportedLine.objects.filter(**subject.own, kind=kind, identity=subject.row.number).update(values={}, applied={})


def _unname(subject: Subject) -> None:
    """Take from visits who acted last, where that was this gestionnaire or proche."""
    touched: dict[str, Any] = {"last_actor__in": subject.accounts, "last_role": subject.role}
    if isinstance(subject.row, Proche):
        touched["client"] = subject.row.client_id
    Intervention.objects.filter(**subject.own, **touched).update(last_actor=None)


def _scans(subject: Subject, inside: Any) -> None:
    scans = Attachment.objects.filter(**subject.own, intervention__in=inside)
    names = list(scans.values_list("file", flat=True))
    scans.delete()
    transaction.on_commit(partial(_delete_files, names))


def _delete_files(names: list[str]) -> None:
    """Remove files whose rows are gone; what a killed process leaves goes with the orphans."""
    storage: Storage = Attachment._meta.get_field("file").storage
    for name in names:
        storage.delete(name)


def grounds_about(client: Client) -> QuerySet[Batch]:
    """Return presses of the agency whose own words of ground are about this client's visits alone."""
    entries = client.interventions.filter(agence_id=client.agence_id).values("journal__batch")
    pressed = Batch.objects.filter(agence_id=client.agence_id, pk__in=entries).exclude(ground_text="")
    others = JournalEntry.objects.filter(batch=OuterRef("pk")).exclude(intervention__client=client)
    return pressed.filter(~Exists(others))


def of_records(subject: Subject) -> None:
    """Take away the person's name where it stands on record, what stood in their columns, and who looked at it."""
    row, own = subject.row, subject.own
    subject.values().update(before={}, after={}, salt=b"")
    seen = (
        [row.public_id, *subject.visits().values_list("public_id", flat=True)]
        if isinstance(row, Client)
        else [row.public_id]
    )
    Access.objects.filter(**own, about_id__in=seen).update(about="")
    if isinstance(row, Client | Intervenant):
        whose = {"client" if isinstance(row, Client) else "intervenant": row}
        Absence.objects.filter(**own, **whose).delete()
    if isinstance(row, Client):
        named = MandateEntry.objects.filter(**own, proche__client=row)
        named.update(paper="")
        named.filter(role__in=(Role.CLIENT, Role.PROCHE)).update(actor_name="")
    if isinstance(row, Proche):
        MandateEntry.objects.filter(**own, proche=row).update(paper="")
    if isinstance(row, Gestionnaire):
        _on_record(subject)


def _on_record(subject: Subject) -> None:
    signed = {**subject.own, "actor_id_kept__in": subject.accounts, "role": Role.MANAGER}
    for model in (RegistryEntry, MandateEntry, PeriodEntry, SettingEntry, MailStyleEntry, Access):
        model._base_manager.filter(**signed).update(actor_name="")
    known = str(subject.row)
    for one, column in NAMING:
        one._base_manager.filter(**subject.own, **{column: known}).update(**{column: ""})
    Deliberation.objects.filter(**subject.own, actor__in=subject.accounts).update(actor=None)
