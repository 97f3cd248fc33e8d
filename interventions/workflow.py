"""The workflow: the transition table as data, and pure functions over it.

Buttons, batch filters, the database's trigger, the tests and the diagram derive from TABLE; nothing else
in the project says which status may follow which. Imports neither the ORM nor Celery.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from interventions.guards import Guard
from interventions.states import Action, Role, Status

D, P, N, C, A, V, X = (
    Status.DRAFT,
    Status.PLANNED,
    Status.DONE,
    Status.CONTESTED,
    Status.ARBITRATION,
    Status.VALIDATED,
    Status.CANCELLED,
)
INTERVENANT, CLIENT, PROCHE, MANAGER, SYSTEM = (
    Role.INTERVENANT,
    Role.CLIENT,
    Role.PROCHE,
    Role.MANAGER,
    Role.SYSTEM,
)


class Told(StrEnum):
    """Who hears of a step. CLIENT stands for the client and the proches who chose mails."""

    INTERVENANT = "intervenant"
    FORMER_INTERVENANT = "former_intervenant"
    CLIENT = "client"
    MANAGER = "manager"


class Need(StrEnum):
    """What the person must enter with an action."""

    FACTS = "facts"
    REASON = "reason"
    GROUND = "ground"
    MOTIF_REFUS = "motif_refus"
    MOTIF_ANNULATION = "motif_annulation"
    COMMENT = "comment"
    VERSION = "version"


@dataclass(frozen=True)
class Transition:
    """One row of the table.

    `pairs` holds (from, to); from is None for what comes from nothing. `guards` are checked on the locked row,
    `needs` are what the actor must enter (`needs_by_role` adds to it), `tells` who hears of it.
    """

    action: Action
    pairs: tuple[tuple[Status | None, Status], ...]
    by: tuple[Role, ...]
    guards: tuple[Guard, ...] = ()
    needs: tuple[Need, ...] = ()
    needs_by_role: dict[Role, tuple[Need, ...]] = field(default_factory=dict)
    tells: tuple[Told, ...] = ()

    @cached_property
    def sources(self) -> list[Status]:
        """The statuses it starts from, in the order of the table; empty for what comes from nothing."""
        found = {source for source, _ in self.pairs}
        return [status for status in Status if status in found]

    @cached_property
    def targets(self) -> list[Status]:
        """The statuses it may lead to, in the order of the statuses."""
        found = {target for _, target in self.pairs}
        return [status for status in Status if status in found]

    @property
    def creates(self) -> bool:
        """Whether it brings a visit into being."""
        return any(source is None for source, _ in self.pairs)


ROWS: tuple[Transition, ...] = (
    Transition(Action.PLAN, ((None, D), (None, P)), (MANAGER, SYSTEM), needs=(Need.FACTS,)),
    Transition(
        Action.ASSIGN,
        ((D, P),),
        (MANAGER, SYSTEM),
        (Guard.INTERVENANT, Guard.NOTHING_DECLARED),
        tells=(Told.INTERVENANT,),
    ),
    Transition(Action.UNASSIGN, ((P, D),), (MANAGER, SYSTEM), needs=(Need.REASON,), tells=(Told.FORMER_INTERVENANT,)),
    Transition(
        Action.COMPLETE,
        ((P, N),),
        (INTERVENANT,),
        (Guard.PAST, Guard.BILLABLE, Guard.FACTS),
        tells=(Told.CLIENT,),
    ),
    Transition(
        Action.COMPLETE_FOR_INTERVENANT,
        ((P, N),),
        (MANAGER,),
        (Guard.PAST, Guard.BILLABLE, Guard.FACTS),
        (Need.REASON,),
        tells=(Told.CLIENT, Told.INTERVENANT),
    ),
    Transition(
        Action.REPORT,
        ((None, N),),
        (INTERVENANT,),
        (Guard.PAST, Guard.OWN_CLIENT, Guard.BILLABLE, Guard.FACTS),
        (Need.FACTS,),
        tells=(Told.CLIENT,),
    ),
    Transition(
        Action.REPORT_UNATTACHED,
        ((None, D),),
        (INTERVENANT,),
        (Guard.PAST, Guard.OWN_CLIENT, Guard.NO_BILLABLE, Guard.FACTS),
        (Need.FACTS,),
        tells=(Told.MANAGER,),
    ),
    Transition(
        Action.ADMIT,
        ((D, N),),
        (MANAGER,),
        (Guard.DECLARED, Guard.INTERVENANT, Guard.BILLABLE),
        tells=(Told.CLIENT, Told.INTERVENANT),
    ),
    Transition(
        Action.CANCEL,
        ((D, X), (P, X)),
        (INTERVENANT, MANAGER),
        (Guard.OWN_PLANNED, Guard.PAST),
        needs_by_role={MANAGER: (Need.MOTIF_ANNULATION,)},
        tells=(Told.CLIENT,),
    ),
    Transition(Action.CORRECT, ((N, N),), (INTERVENANT,), (Guard.FACTS,), (Need.FACTS,), tells=(Told.CLIENT,)),
    Transition(
        Action.WITHDRAW,
        ((N, P), (X, P), (N, X), (D, X)),
        (INTERVENANT,),
        (Guard.OWN_ACT, Guard.UNDO_WINDOW),
    ),
    Transition(
        Action.SEND_BACK,
        ((N, P), (N, X)),
        (MANAGER,),
        needs=(Need.REASON,),
        tells=(Told.INTERVENANT, Told.CLIENT),
    ),
    Transition(Action.VALIDATE, ((N, V),), (CLIENT, PROCHE), (Guard.MAY_VALIDATE,)),
    Transition(
        Action.VALIDATE_FOR_CLIENT,
        ((N, V),),
        (MANAGER,),
        (Guard.NO_ANSWER,),
        (Need.GROUND,),
        tells=(Told.CLIENT,),
    ),
    Transition(Action.VALIDATE_TACITLY, ((N, V),), (SYSTEM,), (Guard.TACIT,), tells=(Told.CLIENT,)),
    Transition(
        Action.CONTEST,
        ((N, C),),
        (CLIENT, PROCHE, MANAGER),
        (Guard.MAY_CONTEST, Guard.CHANGED, Guard.FACTS),
        (Need.MOTIF_REFUS,),
        {MANAGER: (Need.GROUND,)},
        (Told.INTERVENANT,),
    ),
    Transition(
        Action.CANCEL_BY_CLIENT,
        ((N, X),),
        (CLIENT, PROCHE, MANAGER),
        (Guard.MAY_CONTEST,),
        (Need.MOTIF_ANNULATION,),
        {MANAGER: (Need.GROUND,)},
        (Told.INTERVENANT, Told.MANAGER),
    ),
    Transition(
        Action.RETRACT,
        ((C, N), (X, N), (V, N)),
        (CLIENT, PROCHE, MANAGER),
        (Guard.MAY_CONTEST, Guard.RETRACTABLE, Guard.RETRACT_WINDOW),
        tells=(Told.INTERVENANT, Told.MANAGER),
    ),
    Transition(Action.ACCEPT_CHANGE, ((C, V),), (INTERVENANT,), tells=(Told.CLIENT,)),
    Transition(Action.REFUSE_CHANGE, ((C, A),), (INTERVENANT,), tells=(Told.MANAGER, Told.CLIENT)),
    Transition(
        Action.ESCALATE,
        ((C, A),),
        (MANAGER, SYSTEM),
        (Guard.ESCALATE_DELAY,),
        needs_by_role={MANAGER: (Need.REASON,)},
        tells=(Told.MANAGER, Told.INTERVENANT, Told.CLIENT),
    ),
    Transition(
        Action.DISPUTE_CANCELLATION,
        ((X, A),),
        (INTERVENANT, CLIENT, PROCHE),
        (Guard.MAY_CONTEST, Guard.PAST, Guard.DISPUTABLE, Guard.DISPUTE_WINDOW),
        (Need.COMMENT,),
        tells=(Told.MANAGER, Told.INTERVENANT, Told.CLIENT),
    ),
    Transition(
        Action.OBJECT,
        ((V, A),),
        (CLIENT, PROCHE),
        (Guard.MAY_CONTEST, Guard.OBJECTABLE, Guard.OBJECT_WINDOW, Guard.CHANGED, Guard.FACTS),
        tells=(Told.MANAGER, Told.INTERVENANT),
    ),
    Transition(
        Action.ARBITRATE,
        ((A, V), (A, X)),
        (MANAGER,),
        (Guard.MAY_ARBITRATE, Guard.FOUR_EYES, Guard.VERSION, Guard.FACTS, Guard.BILLABLE_ONCE),
        (Need.VERSION, Need.REASON),
        tells=(Told.INTERVENANT, Told.CLIENT),
    ),
    Transition(
        Action.REOPEN,
        ((V, N), (X, N), (V, D), (X, D), (V, P), (X, P)),
        (MANAGER,),
        (Guard.NOT_WITHDRAWN,),
        (Need.REASON,),
        tells=(Told.INTERVENANT, Told.CLIENT),
    ),
)

TABLE: dict[Action, Transition] = {row.action: row for row in ROWS}

# Changes of the facts, journalled like transitions but leaving the status as it is.
FACT_CHANGES: dict[Action, tuple[Status, ...]] = {
    Action.MOVE: (D, P),
    Action.ATTACH: (D, P, N, C, A, V),
    Action.SET_MOTIF: (X,),
}

# Reminders by hand: they change nothing of a visit, not even its version, so that whoever has it on screen may still
# answer. They ask whose turn it is once more.
REMINDERS: dict[Action, Transition] = {
    Action.REMIND_CLIENT: Transition(
        Action.REMIND_CLIENT,
        ((N, N),),
        (MANAGER,),
        (Guard.OPEN_PORTALS, Guard.REACHED, Guard.NOT_ASKED_YET, Guard.ONCE_A_DAY),
        tells=(Told.CLIENT,),
    ),
    Action.REMIND_INTERVENANT: Transition(
        Action.REMIND_INTERVENANT,
        ((P, P), (C, C)),
        (MANAGER,),
        (Guard.PAST, Guard.OPEN_PORTALS, Guard.REACHED, Guard.NOT_ASKED_YET, Guard.ONCE_A_DAY),
        tells=(Told.INTERVENANT,),
    ),
}

# What is judged by guards: the table, and what stands beside it.
RULES: dict[Action, Transition] = TABLE | REMINDERS

# Steps back: they tell only those whose mail about the undone step has left, and whoever's turn it becomes.
STEPS_BACK = frozenset({Action.WITHDRAW, Action.SEND_BACK, Action.RETRACT, Action.REOPEN})

# Acts in the portals, by link or by the clock: refused while the module is off. The manager's stay.
PORTAL_ROLES = frozenset({Role.INTERVENANT, Role.CLIENT, Role.PROCHE})

PAIRS: frozenset[tuple[Status, Status]] = frozenset(
    (source, target) for row in TABLE.values() for source, target in row.pairs if source is not None
) | frozenset((status, status) for status in Status)

BIRTHS: frozenset[Status] = frozenset(
    target for row in TABLE.values() for source, target in row.pairs if source is None
)


def actions_from(status: Status, role: Role) -> list[Action]:
    """Return what the table lets `role` do with a visit in `status`, guards aside, in the table's order."""
    return [row.action for row in TABLE.values() if status in row.sources and role in row.by]


def needs(action: Action, role: Role) -> tuple[Need, ...]:
    """Return what somebody acting as `role` must enter with `action`."""
    row = TABLE.get(action)
    return row.needs + row.needs_by_role.get(role, ()) if row else ()


def told(action: Action, role: Role, by_import: bool = False) -> tuple[Told, ...]:
    """Return who hears of `action` done by `role`: the table's last column, with the cases that it names.

    An import mails nobody; `cancel` tells the intervenant only if the manager acts; `dispute_cancellation`
    tells the manager and the other side; a visit that is moved is told to its intervenants and the client.
    """
    if by_import:
        return ()
    if action is Action.CANCEL:
        return (Told.CLIENT, Told.INTERVENANT) if role is Role.MANAGER else (Told.CLIENT,)
    if action is Action.DISPUTE_CANCELLATION:
        return (Told.MANAGER, Told.CLIENT if role is Role.INTERVENANT else Told.INTERVENANT)
    if action is Action.MOVE:
        return (Told.INTERVENANT, Told.FORMER_INTERVENANT, Told.CLIENT)
    if action is Action.WITHDRAW:
        return (Told.CLIENT, Told.MANAGER)
    row = RULES.get(action)
    return row.tells if row else ()


def as_dicts() -> list[dict[str, object]]:
    """Return the table as plain lists, in its own order, for `manage.py workflow --format json`."""
    return [
        {
            "action": str(row.action),
            "label": str(row.action.label),
            "from": [str(status) for status in row.sources],
            "to": [str(status) for status in row.targets],
            "by": [str(role) for role in row.by],
            "tells": [str(who) for who in row.tells],
        }
        for row in TABLE.values()
    ]


def as_mermaid() -> str:
    """Return the table as a Mermaid state diagram, one arrow a pair with the actions that make it."""
    arrows: dict[tuple[Status | None, Status], list[str]] = {}
    for row in TABLE.values():
        for pair in row.pairs:
            arrows.setdefault(pair, []).append(str(row.action))
    lines = ["stateDiagram-v2"]
    lines += [f"    {status}: {status.label}" for status in Status]
    lines += [f"    {source or '[*]'} --> {target}: {', '.join(names)}" for (source, target), names in arrows.items()]
    return "\n".join(lines) + "\n"


def as_text() -> str:
    """Return the table as aligned text, one line an action."""
    rows = as_dicts()

    def cell(value: object) -> str:
        return ", ".join(value) if isinstance(value, list) else str(value)

    cells = [[cell(row[name]) or "—" for name in ("action", "from", "to", "by", "tells")] for row in rows]
    heads = ["action", "from", "to", "by", "tells"]
    widths = [max(len(line[column]) for line in [heads, *cells]) for column in range(len(heads))]
    return (
        "\n".join(
            "  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip()
            for line in [heads, *cells]
        )
        + "\n"
    )
