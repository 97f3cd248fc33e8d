"""One visit as a mail's table shows it: its day, two versions of its hours, their difference in words, a comment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.utils.text import Truncator
from django.utils.translation import gettext as _

from interventions import figures, hours
from interventions.guards import Facts
from interventions.mails.reading import Matter
from interventions.mails.text import Quote
from interventions.mails.texts import text_of
from interventions.states import Action, Status
from interventions.workflow import Told

# What somebody wrote is cut there: all of it stands on the page that the button leads to.
LONGEST_QUOTE = 300
UNDECLARED = (Status.DRAFT, Status.PLANNED)


@dataclass(frozen=True, slots=True)
class Row:
    """A visit in a table of one or two columns; `left` is empty in a table of one.

    `gap` says the difference in words, `differs` that there is one, `planned` the plan where neither column holds it,
    `quote` what somebody wrote, `by` who.
    """

    day: str
    left: str
    right: str
    gap: str = ""
    differs: bool = False
    prestation: str = ""
    planned: str = ""
    motif: str = ""
    quote: str = ""
    by: str = ""


def headings(matter: Matter) -> tuple[str, str]:
    """Return the two columns' names; the first is empty where there is only one version to show."""
    if matter.told is Told.FORMER_INTERVENANT:
        return "", _("Horaire")
    if _is_moved(matter):
        return _("Avant"), _("Maintenant")
    if _proposed(matter) is not None:
        return _("Déclaré"), _("Selon le client")
    if _right(matter) is None:
        return _("Prévu"), _("État")
    if matter.visit.state in UNDECLARED and matter.visit.declared is None:
        return "", _("Horaire")
    if matter.action in (Action.ACCEPT_CHANGE, Action.ARBITRATE):
        return _("Prévu"), _("Retenu")
    return _("Prévu"), _("Fait")


def row(matter: Matter, today: date, tz: ZoneInfo, *, names_prestation: bool) -> Row:
    """Return the row of a visit, read on the agency's clock."""
    visit = matter.visit
    left_name, _right_name = headings(matter)
    left, right = _versions(matter)
    quote, by = _quote(matter)
    shown = _hours(right, visit.day, tz) if right else _("Annulée")
    gap = _gap(left, right) if left_name and left and right else ""
    return Row(
        day=figures.day(visit.day, today).capitalize(),
        left=_left(left, visit.day, tz) if left_name else "",
        right=shown,
        gap=gap or (_("comme prévu") if left_name == _("Prévu") and left and right else ""),
        differs=bool(gap) or right is None,
        prestation=visit.prestation.name if names_prestation else "",
        planned=_hours(visit.planned, visit.day, tz) if _proposed(matter) and visit.planned else "",
        motif=_motif(matter),
        quote=Truncator(quote).chars(LONGEST_QUOTE),
        by=by,
    )


def _is_moved(matter: Matter) -> bool:
    """Whether the reader knew it at other hours."""
    if matter.action is not Action.MOVE or matter.told is Told.FORMER_INTERVENANT:
        return False
    new_to_them = matter.told is Told.INTERVENANT and "intervenant_id" in matter.entry.before
    return not new_to_them and _before(matter) is not None


def _before(matter: Matter) -> Facts | None:
    """Return the plan before the agency moved the visit, or None if it did not touch the hours."""
    before = matter.entry.before
    if not {"planned_start", "planned_end", "planned_km"} & before.keys() or matter.visit.planned is None:
        return None
    now = matter.visit.planned
    start, end = before.get("planned_start"), before.get("planned_end")
    return Facts(
        datetime.fromisoformat(start) if start else now.start,
        datetime.fromisoformat(end) if end else now.end,
        Decimal(before.get("planned_km") or now.km),
    )


def _proposed(matter: Matter) -> Facts | None:
    if matter.proposition is None or matter.visit.state not in (Status.CONTESTED, Status.ARBITRATION):
        return None
    return matter.proposition.facts


def _versions(matter: Matter) -> tuple[Facts | None, Facts | None]:
    """Return the two versions to compare; the second is None for a visit that does not take place."""
    visit = matter.visit
    if matter.told is Told.FORMER_INTERVENANT:
        return None, _before(matter) or visit.retained
    if _is_moved(matter):
        return _before(matter), visit.retained
    proposed = _proposed(matter)
    if proposed is not None:
        return visit.declared, proposed
    annulled = matter.proposition is not None and matter.proposition.is_annulation
    if visit.state is Status.CANCELLED or annulled:
        return visit.planned or visit.declared, None
    return visit.planned, visit.retained


def _right(matter: Matter) -> Facts | None:
    return _versions(matter)[1]


def _left(facts: Facts | None, day: date, tz: ZoneInfo) -> str:
    return _hours(facts, day, tz) if facts else _("Pas prévue")


def _hours(facts: Facts, day: date, tz: ZoneInfo) -> str:
    """Return «9 h 00 – 10 h 30», after its day if that is another than the visit's, and with its clock change."""
    text = figures.time_range(facts.start, facts.end, tz)
    own = hours.day_of(facts.start, tz)
    if own != day:
        text = f"{figures.day_short(own)} {text}"
    change = figures.clock_change(facts.start, facts.end, tz)
    return f"{text} ({change})" if change else text


def _motif(matter: Matter) -> str:
    """Return the reason given from the agency's list, for an annulation or for the client's modification."""
    proposed = matter.proposition.motif if matter.proposition else None
    motif = proposed or (matter.visit.motif if matter.visit.state is Status.CANCELLED else None)
    return motif.label if motif else ""


def _gap(left: Facts, right: Facts) -> str:
    """Return the difference in words: «15 minutes de plus, +3 km», «horaire décalé», or nothing."""
    parts = []
    minutes = figures.elapsed(right.start, right.end) - figures.elapsed(left.start, left.end)
    if minutes:
        words = {"duration": figures.duration_words(minutes)}
        parts.append((_("%(duration)s de plus") if minutes > 0 else _("%(duration)s de moins")) % words)
    elif left.start != right.start:
        parts.append(_("autre horaire, même durée"))
    if left.km != right.km:
        parts.append(figures.signed_km(right.km - left.km))
    return ", ".join(parts)


def _quote(matter: Matter) -> tuple[str, str]:
    """Return what somebody wrote, and who, as far as this reader may read it."""
    kind = text_of(matter).quote
    texts = matter.texts
    if kind is Quote.VISIT_COMMENT and matter.visit.comment:
        carer = matter.visit.intervenant
        return matter.visit.comment, carer.short_name if carer else ""
    if kind is Quote.ACT_COMMENT and texts and texts.comment:
        return texts.comment, ""
    if kind is Quote.ACT_REASON and texts and texts.reason:
        return texts.reason, _("L’agence")
    return "", ""
