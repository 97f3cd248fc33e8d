"""A letter: what one person is told of one batch, in parts by role and groups of visits that read alike."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from interventions import figures, links
from interventions.mails import pages, rows
from interventions.mails.letterhead import Letterhead
from interventions.mails.pages import Button
from interventions.mails.reading import Matter
from interventions.mails.rows import Row
from interventions.mails.texts import text_of
from interventions.models import Agence, Civility, Gestionnaire, Mail, Proche, Topic
from interventions.states import Role, Status
from interventions.workflow import Told

PARTS = (Told.CLIENT, Told.INTERVENANT, Told.MANAGER)
FEW_DAYS = 3
# A mail of more than 102 kB is cut short by Gmail; with the longest words that a row may hold, this many stay below.
MOST_ROWS = 40


@dataclass(frozen=True, slots=True)
class Group:
    """Visits that read alike: one title, one sentence, one table, and what is asked.

    `more` says how many visits the table leaves out: a mail has at most MOST_ROWS of them.
    """

    title: str
    said: str
    caption: str
    left: str
    right: str
    rows: Sequence[Row]
    sentences: Sequence[str]
    more: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """What a person reads in one role, with the button that leads to their page, and its last day if it has one.

    `sentence` is the agency's own, for that kind of mail.
    """

    groups: Sequence[Group]
    button: Button
    until: str = ""
    sentence: str = ""


@dataclass(frozen=True, slots=True)
class Letter:
    """Everything that the templates show."""

    subject: str
    greeting: str
    preview: str
    parts: Sequence[Part]
    rhythm_url: str


def write(mail: Mail, matters: Sequence[Matter], head: Letterhead, now: datetime) -> Letter:
    """Return the letter that tells a mail's matters (at least one), read at `now` on the agency's clock."""
    today = now.astimezone(mail.agence.zone).date()
    parts, shown = [], 0
    for role in PARTS:
        own = [matter for matter in matters if _part(matter) is role]
        if own:
            parts.append(_written(mail, own, head, now, MOST_ROWS - shown))
            shown += sum(len(group.rows) for group in parts[-1].groups)
    return Letter(
        subject=_subject(matters, today),
        greeting=_greeting(mail, matters),
        preview=parts[0].groups[0].said,
        parts=parts,
        rhythm_url=pages.rhythm_url(matter.line.role for matter in matters),
    )


def _written(mail: Mail, matters: Sequence[Matter], head: Letterhead, now: datetime, room: int) -> Part:
    button, today = pages.button(matters), now.astimezone(mail.agence.zone).date()
    until = figures.day(links.last_day(mail.agence, now), today) if button.personal else ""
    return Part(_groups(mail, matters, today, room), button, until, _own_sentence(matters, head, today))


def topic_of(matters: Sequence[Matter]) -> Topic:
    """Return which kind of mail one person's part is, as far as the agency's sentence goes."""
    role, asks = _part(matters[0]), any(matter.asks and text_of(matter).ask for matter in matters)
    if role is Told.MANAGER:
        return Topic.MANAGER_TOLD
    if role is Told.INTERVENANT:
        return Topic.INTERVENANT_ASKED if asks else Topic.INTERVENANT_TOLD
    if asks and _reminds(matters):
        return Topic.CLIENT_REMINDED
    return Topic.CLIENT_ASKED if asks else Topic.CLIENT_TOLD


def _own_sentence(matters: Sequence[Matter], head: Letterhead, today: date) -> str:
    """Return the agency's sentence; of several clients or intervenants it names all."""
    count = len(matters)
    carers = dict.fromkeys(_carer(matter) for matter in matters if matter.visit.intervenant)
    return head.sentence(
        topic_of(matters),
        visites=ngettext("%(count)d visite", "%(count)d visites", count) % {"count": count},
        jours=_when({matter.visit.day for matter in matters}, today),
        client=", ".join(dict.fromkeys(matter.visit.client.full_name for matter in matters)),
        intervenant=", ".join(carers),
    )


def _part(matter: Matter) -> Told:
    return Told.INTERVENANT if matter.told is Told.FORMER_INTERVENANT else matter.told


def _groups(mail: Mail, matters: Sequence[Matter], today: date, room: int) -> list[Group]:
    """What is asked comes first; inside, the order of the visits. `room` is for how many rows there still is."""

    def alike(matter: Matter) -> tuple[object, ...]:
        visit, heads = matter.visit, rows.headings(matter)
        return (
            not matter.asks,
            matter.line.reminds,
            matter.action,
            matter.told,
            _author(matter),
            visit.client_id,
            _carer(matter),
            heads,
        )

    ordered = sorted(matters, key=lambda one: tuple(str(part) for part in alike(one)))
    found: list[Group] = []
    for _key, group in groupby(ordered, key=alike):
        found.append(_group(mail, list(group), today, room))
        room -= len(found[-1].rows)
    return found


def _group(mail: Mail, matters: Sequence[Matter], today: date, room: int) -> Group:
    first, count = matters[0], len(matters)
    text = text_of(first)
    names = {
        "count": count,
        "author": _author(first),
        "client": first.visit.client.full_name,
        "intervenant": _carer(first),
    }
    left, right = rows.headings(first)
    return Group(
        title=str(text.title % {"count": count}),
        said=str(text.said % names),
        caption=_caption(mail, matters),
        left=left,
        right=right,
        rows=[
            rows.row(one, today, mail.agence.zone, names_prestation=not _prestation(matters))
            for one in matters[: max(room, 0)]
        ],
        sentences=_sentences(first, mail.agence),
        more=_more(count - max(room, 0)),
    )


def _more(count: int) -> str:
    """Return that the table leaves out so many visits, or nothing."""
    if count <= 0:
        return ""
    said = ngettext(
        "Et %(count)d autre visite, à voir en ligne.", "Et %(count)d autres visites, à voir en ligne.", count
    )
    return said % {"count": count}


def _sentences(matter: Matter, agence: Agence) -> list[str]:
    """Return what is asked, what is to be known, and what the reader may still do where the portals are open."""
    text = text_of(matter)
    # A visit to declare was planned with its intervenant: no mail has asked for it before.
    again = _reminder(matter, agence) if matter.line.reminds and matter.visit.state is not Status.PLANNED else None
    found: list[Promise | str | None] = [again, text.ask if matter.asks else None, text.note]
    if text.right and agence.module_enabled:
        found.append(str(text.right) % {"days": getattr(agence, text.days)})
    return [str(sentence) for sentence in found if sentence]


def _reminder(matter: Matter, agence: Agence) -> str:
    """Return that this was asked before, and what follows from silence where something does."""
    said = _("Nous vous l’avons déjà demandé et n’avons pas encore votre réponse.")
    visit = matter.visit
    if (
        matter.told is not Told.CLIENT
        or not agence.tacit_enabled
        or visit.client.tacit_opt_out
        or visit.declared_on_behalf
    ):
        return said
    follows = _("Sans réponse, ce sera validé tel quel ; vous pourrez encore le contester pendant %(days)d jours.")
    return f"{said} {follows % {'days': agence.object_days}}"


def _carer(matter: Matter) -> str:
    """Return the intervenant's name: a client knows the first name and the initial."""
    carer = matter.visit.intervenant
    if carer is None:
        return _("L’intervenant")
    return carer.short_name if matter.told is Told.CLIENT else carer.full_name


def _author(matter: Matter) -> str:
    """Return who acted, in words that this reader may read."""
    role, client = matter.entry.role, matter.visit.client
    if role == Role.INTERVENANT:
        return _carer(matter)
    if role == Role.CLIENT:
        return client.full_name
    if role == Role.PROCHE:
        if matter.told is Told.CLIENT:
            return matter.batch.actor_name
        return _("Un proche de %(client)s") % {"client": client.full_name}
    if matter.batch.on_behalf == Role.CLIENT:
        return _("L’agence, à la place de %(client)s,") % {"client": client.full_name}
    return _("L’agence")


def _prestation(matters: Sequence[Matter]) -> str:
    """Return the prestation that all of them have, or nothing: then each row says its own."""
    names = {matter.visit.prestation.name for matter in matters}
    return names.pop() if len(names) == 1 else ""


def _caption(mail: Mail, matters: Sequence[Matter]) -> str:
    """Return «Chez Mme Yvonne Quéré, avec Aïcha L. · Aide à la toilette», without what the reader knows anyway."""
    matter = matters[0]
    names = {"client": matter.visit.client.full_name, "intervenant": _carer(matter)}
    if _part(matter) is Told.INTERVENANT:
        who = _("Chez %(client)s") % names
    elif matter.visit.intervenant is None:
        who = names["client"] if matter.told is Told.MANAGER else ""
    elif mail.user_id == matter.visit.client.user_id and matter.told is Told.CLIENT:
        who = _("Avec %(intervenant)s") % names
    else:
        who = _("Chez %(client)s, avec %(intervenant)s") % names
    return " · ".join(part for part in (who, _prestation(matters)) if part)


def _subject(matters: Sequence[Matter], today: date) -> str:
    """Return «2 visites à valider, mardi 3 et jeudi 5 novembre»; several kinds are named one after the other."""
    ordered = sorted(matters, key=lambda one: (PARTS.index(_part(one)), not one.asks))
    kinds: dict[str, list[Matter]] = {}
    for matter in ordered:
        kinds.setdefault(str(text_of(matter).subject % {"count": 1}), []).append(matter)
    phrases = [str(text_of(same[0]).subject % {"count": len(same)}) for same in kinds.values()]
    when = _when({matter.visit.day for matter in matters}, today)
    said = ", ".join([*phrases[:FEW_DAYS], when])
    return (_("Rappel : %(subject)s") % {"subject": said} if _reminds(matters) else said)[:250]


def _reminds(matters: Sequence[Matter]) -> bool:
    """Whether the mail only repeats what was asked before."""
    return all(matter.line.reminds for matter in matters)


def _when(days: Iterable[date], today: date) -> str:
    ordered = sorted(days)
    if len(ordered) <= FEW_DAYS:
        return figures.days(ordered, today)
    same_month = (ordered[0].year, ordered[0].month) == (ordered[-1].year, ordered[-1].month)
    first = figures.day_number(ordered[0]) if same_month else figures.date_words(ordered[0], today)
    return _("du %(first)s au %(last)s") % {"first": first, "last": figures.date_words(ordered[-1], today)}


def _greeting(mail: Mail, matters: Sequence[Matter]) -> str:
    """Return «Bonjour Madame Quéré,», in the role that comes first."""
    first = min(matters, key=lambda one: PARTS.index(_part(one)))
    client, carer = first.visit.client, first.visit.intervenant
    if first.told is Told.CLIENT and mail.user_id == client.user_id:
        return _to(_addressed(client.civility, client.last_name) or f"{client.first_name} {client.last_name}")
    if first.told is Told.CLIENT:
        proche = Proche.objects.filter(client=client, user=mail.user_id).first()
        return _to(str(proche) if proche else "")
    if first.told is Told.MANAGER:
        manager = Gestionnaire.objects.filter(agence=mail.agence, user=mail.user_id).first()
        return _to(manager.first_name if manager else "")
    return _to(carer.first_name if carer and first.told is Told.INTERVENANT else "")


def _to(name: str) -> str:
    return _("Bonjour %(name)s,") % {"name": name.strip()} if name.strip() else _("Bonjour,")


def _addressed(civility: str, last_name: str) -> str:
    forms = {Civility.MRS: _("Madame %(name)s"), Civility.MR: _("Monsieur %(name)s")}
    form = next((form for known, form in forms.items() if known == civility), "")
    return form % {"name": last_name} if form else ""
