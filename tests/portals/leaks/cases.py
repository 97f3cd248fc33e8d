"""What a case says of an address: whose it is, what it is about, where its form stands and what is entered in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from tests.portals.leaks.forms import Form
from tests.portals.leaks.people import Stage
from tests.portals.leaks.world import CLIENT

type Of = Callable[[Stage], Any]
type Entered = Callable[[Stage, Form], dict[str, Any]]


@dataclass(frozen=True)
class Case:
    """One address with the person who may.

    `of` returns the row whose public id the address holds. `form` returns the page that holds the form of the act
    (by default the address itself), None where nothing is sent; `enter` what is filled in or pressed. `shows` is the
    kind of mark that the owner reads there, empty where nothing is read. `right` is the column that grants the act.
    `also` is another role that may do the same, with the right that it takes.
    `own` is about the person alone: whoever still enters may.
    `open_to` names those among the strangers who may do this too, for what is theirs.
    """

    name: str
    owner: str
    of: Of | None = None
    acts: bool = False
    form: Callable[[Stage, str], str] | None = None
    enter: Entered | None = None
    shows: str = CLIENT
    right: str = ""
    also: dict[str, str] | None = None
    label: str = ""
    open_to: frozenset[str] = frozenset()
    own: bool = False

    @property
    def id(self) -> str:
        """How the test names it."""
        return f"{self.name} ({self.label})" if self.label else self.name

    @property
    def owners(self) -> dict[str, str]:
        """The roles whose portal this is, each with the right that the act takes."""
        return {self.owner: self.right} | (self.also or {})

    def url(self, stage: Stage, public_id: object = None) -> str:
        """Return the address for its row, or for another id."""
        if self.of is None:
            return reverse(self.name)
        return reverse(self.name, args=[public_id or self.of(stage).public_id])

    def public_id(self, stage: Stage) -> str:
        """Return the id in the address, if there is one."""
        return str(self.of(stage).public_id) if self.of else ""

    def form_page(self, stage: Stage) -> str:
        """Return the page that the owner finds the form on."""
        url = self.url(stage)
        return self.form(stage, url) if self.form else url


def visit(standing: str) -> Of:
    """Return what finds the home side's visit that stands so."""
    return lambda stage: stage.home.visits[standing]


def words(**texts: str) -> Entered:
    """Return what fills in these fields."""
    return lambda _stage, _form: texts
