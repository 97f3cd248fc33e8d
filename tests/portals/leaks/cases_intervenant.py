"""The intervenant's portal."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from tests.portals.leaks.cases import Case, visit, words
from tests.portals.leaks.forms import Form
from tests.portals.leaks.people import Stage
from tests.portals.leaks.world import AGENCE, CLIENT, VISIT, a_day


def page(name: str) -> Any:
    """Return what gives a page without an id."""
    return lambda _stage, _url: reverse(f"intervenant:{name}")


def sheet(stage: Stage, _url: str) -> str:
    """Return the page of the declared visit."""
    return reverse("intervenant:sheet", args=[stage.home.visits["done"].public_id])


def one_done(stage: Stage, _form: Form) -> dict[str, str]:
    """Set one visit to Réalisé."""
    return {f"{stage.home.visits['planned'].public_id.hex}-state": "done"}


def a_visit(stage: Stage, form: Form) -> dict[str, str]:
    """Enter a visit that nobody planned."""
    chosen = {"client": str(stage.home.world.client.public_id), "prestation": form.offered["prestation"][1]}
    return chosen | {"date": a_day(-1).isoformat(), "start": "07:00", "end": "07:30", "km": "1"}


CASES = [
    Case(
        "intervenant:mails",
        "intervenant",
        acts=True,
        enter=words(rhythm="day"),
        own=True,
        shows=AGENCE,
        open_to=frozenset(
            {"another intervenant", "an intervenant of the same client", "intervenant of another agency"}
        ),
    ),
    Case("intervenant:planning", "intervenant", shows=VISIT),
    Case("intervenant:interventions", "intervenant", shows=CLIENT),
    Case("intervenant:refusals", "intervenant", shows=VISIT),
    Case("intervenant:history", "intervenant", shows=CLIENT),
    Case("intervenant:history_paper", "intervenant", shows=CLIENT),
    Case(
        "intervenant:calendar",
        "intervenant",
        acts=True,
        enter=words(agenda="adresse"),
        shows="",
        open_to=frozenset(
            {"another intervenant", "an intervenant of the same client", "intervenant of another agency"}
        ),
    ),
    Case("intervenant:sheet", "intervenant", visit("planned"), shows=CLIENT),
    Case(
        "intervenant:validations",
        "intervenant",
        acts=True,
        form=page("interventions"),
        enter=one_done,
        shows="",
    ),
    Case(
        "intervenant:report",
        "intervenant",
        acts=True,
        enter=a_visit,
        shows=CLIENT,
        open_to=frozenset({"an intervenant of the same client"}),
    ),
    Case(
        "intervenant:correction",
        "intervenant",
        visit("done"),
        True,
        form=sheet,
        enter=words(km="3,1", comment="Corrigé."),
        shows="",
    ),
    Case("intervenant:acceptation", "intervenant", visit("contested"), True, form=page("refusals"), shows=""),
    Case("intervenant:refus", "intervenant", visit("contested"), True, form=page("refusals"), shows=""),
    Case(
        "intervenant:contestation",
        "intervenant",
        visit("no show"),
        True,
        form=page("refusals"),
        enter=words(comment="J’y étais."),
        shows="",
    ),
    Case("intervenant:reprises", "intervenant", acts=True, form=page("interventions"), shows=""),
    Case("intervenant:manifest", "intervenant", shows=""),
    Case("intervenant:worker", "intervenant", shows=""),
    Case("intervenant:phone", "intervenant", shows=""),
]
