"""What is written in the block of a visit or a week: its texts, and what its shape hangs on (portals.web.pieces)."""

from __future__ import annotations

from collections.abc import Collection, Hashable

from django.template.defaultfilters import linebreaksbr
from django.utils.functional import Promise
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import ngettext

from interventions.states import Status
from portals.client.gaps import Gap
from portals.client.visits import Visit
from portals.client.weeks import Week
from portals.web import format as fmt
from portals.web.pieces import write

NO_GAP = Gap("")


def facts(visit: Visit, *, listed: bool) -> SafeString:
    """Write who came, when, and how that compares with the plan; `listed`: under a heading of its own."""
    return write("client/pieces/facts.html", _facts(visit), {"listed": listed, **_stage(visit)})


def answers(visit: Visit, token: str, press: SafeString, *, in_list: bool, common: Collection[object]) -> SafeString:
    """Write Valider, Modifier, Annuler, or why not; `common` are the reasons that are said above already."""
    values = _answers(visit, token, press)
    return write("client/pieces/answers.html", values, {"in_list": in_list, **_answered(visit, common)})


def countersign(
    visit: Visit,
    token: str,
    press: SafeString,
    *,
    in_list: bool,
    common: Collection[object],
    focused: bool,
    refusal: str | Promise,
    after: SafeString,
) -> SafeString:
    """Write the block of a visit: its facts, why a press did not go, and the answers, or what is there `after` one."""
    values = {**_facts(visit), **_answers(visit, token, press), "refusal": str(refusal), "after": after}
    shape = {**_stage(visit), **_answered(visit, common), "listed": in_list, "in_list": in_list, "focused": focused}
    return write("client/pieces/visit.html", values, shape)


def week_head(week: Week, token: str, press: SafeString, *, swap: bool) -> SafeString:
    """Write a week's name and its one press for all; `swap`: over the one that is shown."""
    several, left_out = len(week.ready) > 1, week.left_out
    values = {
        "anchor": week.anchor,
        "name": fmt.week(week.monday, week.visits[0].today),
        "csrf_token": token,
        "press": press,
        "visits": _hidden(week.ready) if several else "",
        "n": str(len(week.ready)),
        "lasted": fmt.duration(week.minutes) if several else "",
        "left_out": _left_out(left_out) if several else "",
        "how_many": _how_many(len(left_out)) if several and left_out else "",
    }
    return write("client/pieces/week_head.html", values, {"swap": swap})


def _hidden(visits: list[Visit]) -> SafeString:
    fields = ((visit.row.public_id, visit.row.version) for visit in visits)
    return format_html_join("", '<input type="hidden" name="visite" value="{}:{}">', fields)


def _how_many(n: int) -> str:
    return ngettext("%(n)s visite n’en fait pas partie\u00a0:", "%(n)s visites n’en font pas partie\u00a0:", n) % {
        "n": n
    }


def _left_out(visits: list[Visit]) -> SafeString:
    lines = ((visit.told.lead, visit.told.hours, visit.why_left_out) for visit in visits)
    return format_html_join("", "<li>{} {}. {}</li>", lines)


def _facts(visit: Visit) -> dict[str, str]:
    row, told, cancelled = visit.row, visit.told, visit.is_cancelled
    hours, km = (gap or NO_GAP for gap in visit.gaps)
    return {
        "anchor": visit.anchor,
        "lead": told.lead,
        "hours": told.hours,
        "aside": told.aside,
        "prestation": row.prestation.name,
        "lasted": "" if cancelled else fmt.duration(visit.minutes),
        "km": fmt.km(row.retained_km) if row.retained_km and not cancelled else "",
        "clock_change": fmt.clock_change(row.retained_start, row.retained_end),
        "carer": visit.carer,
        "hours_gap": hours.lead,
        "km_gap": km.lead,
        "km_rest": km.rest,
        "comment": _lines(row.comment),
        "mission": _lines(visit.mission),
    }


def _stage(visit: Visit) -> dict[str, Hashable]:
    cancelled = visit.is_cancelled
    return {
        "cancelled": cancelled,
        "compared": not cancelled and visit.row.status != Status.PLANNED,
        "as_planned": visit.as_planned,
        "added": visit.row.planned_start is None,
    }


def _answers(visit: Visit, token: str, press: SafeString) -> dict[str, str]:
    at = visit.at
    return {
        "anchor": visit.anchor,
        "validation": at["validation"] if visit.may_validate else "",
        "modification": at["modification"] if visit.may_modify else "",
        "annulation": at["annulation"] if visit.may_cancel else "",
        "version": str(visit.row.version),
        "csrf_token": token,
        "press": press,
    }


def _answered(visit: Visit, common: Collection[object]) -> dict[str, Hashable]:
    return {"reasons": tuple([str(reason) for reason in visit.reasons if reason not in common])}


def _lines(text: str) -> SafeString:
    return SafeString(linebreaksbr(text)) if text else SafeString()
