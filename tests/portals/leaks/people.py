"""Everybody who tries: whose data it is, and the strangers of every kind."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from interventions.models import Client, Intervenant, Proche, ProcheKind, User
from interventions.models import Gestionnaire as Manager
from tests import factories
from tests.factories import NOW, World
from tests.portals.leaks.asking import Browser
from tests.portals.leaks.world import AGENCE, CARER, CLIENT, VISIT, Side, a_day, a_selection, a_side, an_agence, beside

type Row = Intervenant | Client | Proche | Manager
EVERYTHING = frozenset({CLIENT, VISIT, CARER, AGENCE})
PORTALS = {"intervenant": "intervenant", "client": "client", "suivi": "manager", "gestion": "manager"}


@dataclass(frozen=True)
class Stranger:
    """Somebody to whom the home side's data must not show, but for the kinds that they `know` by their own right."""

    name: str
    role: str
    browser: Browser
    knows: frozenset[str] = frozenset()

    @property
    def hidden(self) -> frozenset[str]:
        """The kinds of mark that must not show."""
        return EVERYTHING - self.knows


@dataclass
class Stage:
    """The home side, the one beside it in the same agency, and the one of another agency."""

    home: Side
    near: Side
    away: Side
    strangers: list[Stranger] = field(default_factory=list)
    browsers: dict[int, Browser] = field(default_factory=dict)

    def row(self, role: str) -> Any:
        """Return the home side's person in a role: client, proche, intervenant, manager."""
        return self.home.world.gestionnaire if role == "manager" else getattr(self.home.world, role)

    def browser(self, row: Any) -> Browser:
        """Return the browser of a person, the same each time."""
        if row.user_id not in self.browsers:
            self.browsers[row.user_id] = Browser(row.user)
        return self.browsers[row.user_id]

    def foreign(self, role: str) -> set[str]:
        """Return what the owner in a role must not see either: the other agency's, and for most the client beside."""
        secrets = self.away.secrets(EVERYTHING)
        return secrets if role == "manager" else secrets | self.near.secrets({CLIENT, VISIT, CARER})


def a_stage() -> Stage:
    """Fill the world and call in the strangers."""
    world = an_agence("zibeline")
    stage = Stage(a_side("zibeline", world), a_side("ocelot", beside(world)), a_side("narval", an_agence("narval")))
    for side in (stage.home, stage.away):
        a_selection(side)
    stage.strangers = [Stranger("nobody", "", Browser(None)), *_same_agence(stage), *_away(stage), *_own_people(stage)]
    return stage


def _away(stage: Stage) -> list[Stranger]:
    world: World = stage.away.world
    people = {"client": world.client, "proche": world.proche, "intervenant": world.intervenant}
    people["manager"] = world.gestionnaire
    return [Stranger(f"{role} of another agency", role, stage.browser(row)) for role, row in people.items()]


def _same_agence(stage: Stage) -> list[Stranger]:
    near, home = stage.near.world, stage.home.world
    limited = factories.a_gestionnaire(home.agence, secteurs=[stage.near.secteur], last_name="Ailleurs")
    colleague = factories.an_intervenant(home.agence, last_name="Collègue")
    shared = home.visit(day=a_day(-1), start="18:00", intervenant_id=colleague.pk)
    assert shared.intervenant_id == colleague.pk
    knows = frozenset({AGENCE})
    return [
        Stranger("another client", "client", stage.browser(near.client), knows),
        Stranger("a proche of another client", "proche", stage.browser(near.proche), knows),
        Stranger("another intervenant", "intervenant", stage.browser(near.intervenant), knows),
        Stranger("an intervenant of the same client", "intervenant", stage.browser(colleague), knows | {CLIENT}),
        Stranger("a manager of another secteur", "manager", stage.browser(limited), knows | {CARER}),
    ]


def _own_people(stage: Stage) -> list[Stranger]:
    """Return the home side's own people, who are strangers in each portal but theirs."""
    world = stage.home.world
    client, carer = frozenset({CLIENT}), frozenset({CARER})
    return [
        Stranger("the client", "client", stage.browser(world.client), client | {AGENCE}),
        Stranger("the proche", "proche", stage.browser(world.proche), client | {AGENCE}),
        Stranger("the intervenant", "intervenant", stage.browser(world.intervenant), carer | {AGENCE}),
        Stranger("the manager", "manager", stage.browser(world.gestionnaire), frozenset({AGENCE})),
    ]


@dataclass(frozen=True)
class Fall:
    """Something that takes the owner's role or right away; `reads` says whether they still see."""

    name: str
    happens: Callable[[Any], object]
    reads: bool = False


def falls(role: str, right: str) -> list[Fall]:
    """Return what may befall an owner in a role, `right` being the column that the act asks for."""
    found = {
        "intervenant": [Fall("archived", lambda row: _set(row, archived_at=NOW))],
        "client": [
            Fall("archived", lambda row: _set(row, archived_at=NOW)),
            Fall("with a tuteur who acts alone", _tutored, reads=True),
        ],
        "proche": [
            Fall("with a mandate that is over", lambda row: _set(row, ends_on=a_day(-1))),
            Fall("with a mandate to come", lambda row: _set(row, starts_on=a_day(1))),
            Fall("of a client who is archived", lambda row: _set(row.client, archived_at=NOW)),
        ],
        "manager": [
            Fall("who has left", lambda row: _set(row, ended_at=NOW)),
            Fall("with lecture only", _lecture, reads=True),
        ],
    }[role]
    if right:
        found.append(Fall(f"without {right}", lambda row: _set(row, **{right: False}), reads=True))
    return found


def _set(row: Any, **columns: Any) -> None:
    type(row).objects.filter(pk=row.pk).update(**columns)


def _lecture(row: Any) -> None:
    rights = ("may_manage", "may_arbitrate", "may_close", "may_unlock", "may_administer")
    _set(row, **dict.fromkeys(rights, False))


def _tutored(row: Client) -> None:
    _set(row.agence, tuteur_acts_alone=True)
    factories.a_proche(row, kind=ProcheKind.TUTEUR, user=User.objects.create_user("tuteur@personnes.example"))
