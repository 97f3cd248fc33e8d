"""A piece written at once is what its template says of the same values, and escapes like one."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
from django.template import Context, Template
from django.template.loader import get_template
from django.utils.safestring import SafeString

from portals.intervenant.declarations import Etat
from portals.web.pieces import write

BAD = '<b>"Léa" & l’O\'Brien\n{{ n }}'
FACTS = (
    "anchor",
    "lead",
    "hours",
    "aside",
    "prestation",
    "lasted",
    "km",
    "clock_change",
    "carer",
    "hours_gap",
    "km_gap",
)
TEXTS = (*FACTS, "km_rest", "comment", "mission", "validation", "modification", "annulation", "version", "csrf_token")
VISIT = (*TEXTS, "press", "refusal", "after")
WEEK = ("anchor", "name", "csrf_token", "press", "visits", "n", "lasted", "left_out", "how_many")
CARD = (
    *("id", "prefix", "version", "planned_minutes", "minutes", "tenths", "client", "prestation", "day", "hours"),
    *(
        "begins",
        "ends",
        "lasts",
        "clock_change",
        "mission",
        "acknowledged",
        "refusal",
        "was",
        "why_closed",
        "cautions",
    ),
    *("cautions", "gap", "km", "gap_km", "commented", "fields"),
)
SHAPES: dict[str, tuple[tuple[str, ...], dict[str, tuple[Any, ...]]]] = {
    "client/pieces/visit.html": (
        VISIT,
        dict.fromkeys(("cancelled", "compared", "as_planned", "added", "in_list", "focused"), (False, True))
        | {"listed": (True,), "reasons": ((), (BAD,))},
    ),
    "intervenant/card.html": (
        CARD,
        dict.fromkeys(("open", "as_planned", "wrong", "module_off"), (False, True))
        | {"options": (tuple((etat, etat is Etat.NB, etat is Etat.DONE) for etat in Etat), ())},
    ),
    "client/pieces/week_head.html": (WEEK, {"swap": (False, True)}),
}


@pytest.mark.parametrize("template", SHAPES)
def test_each_shape_is_the_templates(template: str) -> None:
    names, choices = SHAPES[template]
    for shape in product(*choices.values()):
        assert_the_same(template, dict.fromkeys(names, BAD), dict(zip(choices, shape, strict=True)))
    for missing in names:
        for shape in zip(*choices.values(), strict=False):
            values = {name: "" if name == missing else f"{BAD} {name}" for name in names}
            assert_the_same(template, values, dict(zip(choices, shape, strict=True)))


def assert_the_same(template: str, values: dict[str, str], shape: dict[str, Any]) -> None:
    assert write(template, values, shape) == get_template(template).render({**shape, **values})


def test_what_is_safe_stays_as_it_is_and_nothing_else_does() -> None:
    values = dict.fromkeys(WEEK, "") | {"anchor": '"><script>', "name": "<b>", "press": SafeString("<input>")}
    values |= {"visits": SafeString("<i>"), "left_out": SafeString("<li>"), "how_many": "\ue000name\ue001"}
    written = write("client/pieces/week_head.html", values, {"swap": False})
    assert "<script>" not in written
    assert '<h2 id="&quot;&gt;&lt;script&gt;">&lt;b&gt;</h2>' in written
    assert "<input>\n<i>\n" in written
    assert '<p>\ue000name\ue001</p>\n<ul class="left-out"><li></ul>' in written


def test_a_value_is_printed_as_a_template_prints_it() -> None:
    assert str(Template("{{ value }}").render(Context({"value": BAD}))) in write(
        "client/pieces/week_head.html", dict.fromkeys(WEEK, "") | {"name": BAD}, {"swap": False}
    )
