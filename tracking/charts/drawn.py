"""The charts as the page and the head of the table show them: title, what it says, shapes, and the table behind."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from interventions.states import Role, Settled
from portals.web import format as fmt
from tracking.address import Address
from tracking.charts import shapes
from tracking.charts.counts import AGES, LISTED, Named, Overview, Week, by_motif, by_person

# What the head of the table has room for.
SMALL_WEEKS, SMALL_BARS = 8, 4
# How many letters stand beside a figure, by how many bars are shown; the table has all of them.
ROOM = {SMALL_BARS: 26, LISTED: 40}
TURNS = (Role.CLIENT, Role.INTERVENANT, Role.MANAGER)


@dataclass(frozen=True)
class Row:
    """A line of the table behind a chart: its label, where that leads ("" nowhere), its figures."""

    label: str
    cells: tuple[str, ...]
    url: str = ""


@dataclass(frozen=True)
class Chart:
    """One chart. `figure` is the one that counts, `said` what it means; `heads` and `rows` are the table behind it.

    `bars` lie, `columns` stand; `height` is that of the drawing.
    """

    key: str
    title: str
    figure: str
    said: str
    heads: tuple[str, ...] = ()
    rows: list[Row] = field(default_factory=list)
    bars: list[shapes.Bar] = field(default_factory=list)
    columns: list[shapes.Column] = field(default_factory=list)
    height: str = ""
    tone: str = ""

    @property
    def words(self) -> str:
        """The figures of the chart in one sentence, for whoever does not see it."""
        return " ; ".join(f"{row.label} : {', '.join(row.cells)}" for row in self.rows)


def of_overview(found: Overview, address: Address, *, small: bool = False) -> list[Chart]:
    """Return the charts of the weeks, of the waits and of the ways of validating."""
    weeks = found.weeks[-SMALL_WEEKS:] if small else found.weeks
    return [_weeks(weeks), _waiting(found, address), _settled(found, address, small=small)]


def of_motifs(address: Address, *, small: bool = False) -> Chart:
    """Return the chart of disputes by motif."""
    named = [Named(_motif(one.label), one.count) for one in by_motif(address.filters)]
    return _disputes("motifs", _("Contestations par motif"), named, SMALL_BARS if small else LISTED, lambda _one: "")


def of_people(address: Address) -> list[Chart]:
    """Return the charts of disputes by intervenant and by client, each name leading to that person's visits."""
    kinds = (("intervenant", _("Contestations par intervenant")), ("client", _("Contestations par client")))
    return [
        _disputes(
            f"{who}s",
            title,
            by_person(address.filters, who),
            LISTED,
            lambda one, who=who: _table(address, **{who: one.public_id}),  # type: ignore[misc]
        )
        for who, title in kinds
    ]


def _weeks(weeks: Sequence[Week]) -> Chart:
    asked, within = sum(week.asked for week in weeks), sum(week.within for week in weeks)
    drawn = [(fmt.day_short(week.monday)[-5:], _part(week.within, week.asked)) for week in weeks if week.asked]
    columns, height = shapes.columns([(label, part, _percent(part)) for label, part in drawn])
    return Chart(
        "semaines",
        _("Validées en 48 h, par semaine"),
        _percent(_part(within, asked)) if asked else _("–"),
        _("de celles présentées depuis plus de 48 h"),
        (_("Semaine du"), _("Présentées"), _("En 48 h"), _("Part")),
        [
            Row(
                fmt.day_short(week.monday),
                (fmt.number(week.asked), fmt.number(week.within), _percent(_part(week.within, week.asked))),
            )
            for week in weeks
            if week.asked
        ],
        columns=columns,
        height=height,
    )


def _waiting(found: Overview, address: Address) -> Chart:
    labels = [_age(n) for n in range(len(AGES))]
    counts = [found.aged(n) for n in range(len(AGES))]
    total = sum(counts)
    bars, height = shapes.bars([(label, n, fmt.number(n)) for label, n in zip(labels, counts, strict=True)])
    return Chart(
        "attente",
        _("Visites en attente, par ancienneté"),
        fmt.number(total),
        ngettext("visite attend quelqu’un", "visites attendent quelqu’un", total),
        (_("Depuis"), _("Client"), _("Intervenant"), _("Agence"), _("Total")),
        [
            Row(
                labels[n],
                (*(fmt.number(found.waiting[n, role]) for role in TURNS), fmt.number(counts[n])),
                _table(address, attente=str(AGES[n])) if n == len(AGES) - 1 else "",
            )
            for n in range(len(AGES))
        ],
        bars,
        height=height,
        tone="done",
    )


def _age(n: int) -> str:
    if n == len(AGES) - 1:
        return _("plus de %(days)s j") % {"days": AGES[n]}
    if not n:
        return _("moins de %(days)s j") % {"days": AGES[1]}
    return _("%(first)s à %(last)s j") % {"first": AGES[n], "last": AGES[n + 1]}


def _settled(found: Overview, address: Address, *, small: bool) -> Chart:
    total = sum(found.settled.values())
    unanswered = found.settled[Settled.ON_BEHALF] + found.settled[Settled.TACIT]
    ways = [(way, found.settled[way]) for way in Settled if found.settled[way] or not small]
    bars, height = shapes.bars([(str(way.label), n, _percent(_part(n, total))) for way, n in ways])
    return Chart(
        "validees",
        _("Comment les visites sont validées"),
        _percent(_part(unanswered, total)) if total else _("–"),
        _("à la place du client ou sans réponse"),
        (_("Validée"), _("Visites"), _("Part")),
        [
            Row(str(way.label), (fmt.number(n), _percent(_part(n, total))), _table(address, validee=[str(way)]))
            for way, n in ways
        ],
        bars,
        height=height,
        tone="validated",
    )


def _disputes(key: str, title: str, named: list[Named], shown: int, url: Callable[[Named], str]) -> Chart:
    total = sum(one.count for one in named)
    rows = [Row(one.label, _counted(one.count, total), url(one)) for one in named[:shown]]
    drawn = [(Truncator(one.label).chars(ROOM[shown]), one.count, fmt.number(one.count)) for one in named[:shown]]
    rest = sum(one.count for one in named[shown:])
    if rest:
        rows.append(Row(_("Tous les autres"), _counted(rest, total)))
        drawn.append((_("Tous les autres"), rest, fmt.number(rest)))
    bars, height = shapes.bars(drawn)
    return Chart(
        key,
        title,
        fmt.number(total),
        ngettext("contestation", "contestations", total),
        (_("Motif") if key == "motifs" else _("Qui"), _("Contestations"), _("Part")),
        rows,
        bars,
        height=height,
        tone="contested",
    )


def _counted(n: int, total: int) -> tuple[str, str]:
    return fmt.number(n), _percent(_part(n, total))


def _motif(label: str) -> str:
    return {"annulation": _("Annulation sans motif"), "": _("Sans motif")}.get(label, label)


def _part(n: int, of: int) -> float:
    return n / of if of else 0.0


def _percent(part: float) -> str:
    return f"{round(part * 100)}\u202f%"


def _table(address: Address, **changes: Any) -> str:
    return address.query(**changes)
