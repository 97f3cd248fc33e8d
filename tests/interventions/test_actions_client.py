"""What the client does, or a proche or a manager in their place: validate, modify, cancel, take back, object…"""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from interventions.actor import Actor
from interventions.models import User
from interventions.states import Action, Choice, Ground, Role
from portals.web.actors import actors_of
from tests.factories import World, a_proche, a_world, actor_of
from tests.interventions import acts
from tests.interventions.acts import Builder, did, earlier, longer, refused, version

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return a_world()


def acting(world: World, role: str) -> tuple[Actor, dict[str, Any]]:
    """Return who acts for the client in that role, and the ground that a manager needs."""
    if role == "manager":
        return world.as_manager, {"ground": Ground.LETTER}
    return (world.as_client if role == "client" else world.as_proche), {}


@pytest.mark.parametrize("role", ["client", "proche"])
def test_validate(world: World, role: str) -> None:
    visit = acts.done(world)
    actor, _ = acting(world, role)
    settled = {"settled_by": "client", "settled_at": world.now}
    did(world, visit, Action.VALIDATE, actor, to="validated", sets=settled)
    assert visit.retained == visit.declared


@pytest.mark.parametrize(
    ("ground", "text", "goes"),
    [
        (Ground.PHONE, "", True),
        (Ground.SIGNED_SHEET, "", True),
        (Ground.OTHER, "Vue au marché", True),
        (Ground.OTHER, "  ", False),
        (Ground.LETTER, "", False),
        (Ground.ON_SITE, "", False),
        (None, "", False),
    ],
)
def test_validate_for_client_needs_a_ground(world: World, ground: Ground | None, text: str, goes: bool) -> None:
    visit = acts.done(world)
    entered: dict[str, Any] = {"ground": ground, "ground_text": text}
    if not goes:
        refused(world, visit, Action.VALIDATE_FOR_CLIENT, world.as_manager, "ground", **entered)
        return
    settled = {"settled_by": "on_behalf", "settled_at": world.now}
    did(world, visit, Action.VALIDATE_FOR_CLIENT, world.as_manager, to="validated", sets=settled, **entered)


@pytest.mark.parametrize("role", ["client", "proche", "manager"])
def test_contest(world: World, role: str) -> None:
    visit = acts.done(world)
    actor, ground = acting(world, role)
    motif = world.motif(kind="refus", opens_hours=True, opens_km=False)
    entered = longer(visit.declared, -15, "40")
    outcome = did(
        world,
        visit,
        Action.CONTEST,
        actor,
        to="contested",
        motif_id=motif.pk,
        facts=entered,
        comment="Partie plus tôt",
        **ground,
    )
    opened = acts.open_proposition(visit)
    # Only what the motif opens is taken from what was entered.
    assert opened.facts == longer(visit.declared, -15)
    assert (opened.is_annulation, opened.motif_id, opened.outcome) == (False, motif.pk, "")
    assert (opened.role, opened.actor_id) == ("client" if role == "manager" else role, actor.user_id)
    assert (opened.opened_at, opened.batch_id) == (world.now, outcome.batch.pk)
    assert outcome.batch.on_behalf == ("" if role == "client" else "client")


@pytest.mark.parametrize("action", [Action.CONTEST, Action.CANCEL_BY_CLIENT])
@pytest.mark.parametrize("ground", [None, Ground.SIGNED_SHEET, Ground.NO_ANSWER, Ground.OTHER])
def test_a_manager_needs_a_ground_that_fits(world: World, action: Action, ground: Ground | None) -> None:
    visit = acts.done(world)
    motif = world.motif(kind="refus", opens_hours=True) if action is Action.CONTEST else world.motif()
    entered: dict[str, Any] = {"facts": longer(visit.declared, -15), "motif_id": motif.pk, "ground_text": "x"}
    refused(world, visit, action, world.as_manager, "ground", ground=ground, **entered)


def test_contest_is_refused_by_name(world: World) -> None:
    visit = acts.done(world)
    hours = world.motif(kind="refus", opens_hours=True, opens_km=False).pk
    km = world.motif(kind="refus", opens_hours=False, opens_km=True).pk
    shorter, further = longer(visit.declared, -15), longer(visit.declared, 0, "1")
    tries: list[tuple[str, dict[str, Any]]] = [
        ("motif", {"facts": shorter}),
        ("motif", {"facts": shorter, "motif_id": world.motif().pk}),
        ("changed", {"motif_id": hours}),
        ("changed", {"motif_id": hours, "facts": visit.declared}),
        ("changed", {"motif_id": hours, "facts": further}),
        ("changed", {"motif_id": km, "facts": shorter}),
        ("facts", {"motif_id": hours, "facts": replace(shorter, end=shorter.start)}),
        ("facts", {"motif_id": hours, "facts": longer(visit.declared, 30 * 60)}),
        ("facts", {"motif_id": km, "facts": longer(visit.declared, 0, "-5")}),
    ]
    for guard, entered in tries:
        refused(world, visit, Action.CONTEST, world.as_client, guard, **entered)


def test_a_motif_that_opens_both_wants_one_of_them_changed(world: World) -> None:
    motif = world.motif(kind="refus", opens_hours=True, opens_km=True).pk
    for place, proposed in enumerate(((15, "0"), (0, "1"), (15, "1"))):
        visit = acts.done(world, start=f"{9 + 2 * place:02d}:00")
        facts = longer(visit.declared, *proposed)
        did(world, visit, Action.CONTEST, world.as_client, to="contested", motif_id=motif, facts=facts)
        assert acts.open_proposition(visit).facts == facts


@pytest.mark.parametrize("role", ["client", "proche", "manager"])
def test_cancel_by_client(world: World, role: str) -> None:
    visit, motif = acts.done(world), world.motif("n’a pas eu lieu")
    actor, ground = acting(world, role)
    for wrong in (None, world.motif(kind="refus").pk):
        refused(world, visit, Action.CANCEL_BY_CLIENT, actor, "motif", motif_id=wrong)
    did(
        world,
        visit,
        Action.CANCEL_BY_CLIENT,
        actor,
        to="cancelled",
        sets={"cancelled_by": "client", "motif_id": motif.pk},
        motif_id=motif.pk,
        comment="Personne n’est venu",
        **ground,
    )
    opened = acts.open_proposition(visit)
    assert (opened.is_annulation, opened.facts, opened.motif_id) == (True, None, motif.pk)
    assert visit.retained == visit.declared


@pytest.mark.parametrize("role", ["client", "proche", "manager"])
@pytest.mark.parametrize("build", [acts.contested, acts.cancelled_by_client, acts.validated])
def test_retract(world: World, build: Builder, role: str) -> None:
    visit = build(world)
    later = world.now + timedelta(minutes=8)
    undone: dict[str, Any] = {"settled_by": "", "settled_at": None, "cancelled_by": "", "motif_id": None}
    actor, _ = acting(world, role)
    did(world, visit, Action.RETRACT, actor, to="done", at=later, sets={"done_at": later} | undone)
    assert acts.open_proposition(visit) is None
    if build is not acts.validated:
        closed = acts.last_proposition(visit)
        assert (closed.outcome, closed.closed_at) == ("withdrawn", later)


@pytest.mark.parametrize("build", [acts.validated_for_client, acts.cancelled, acts.cancelled_by_carer])
def test_what_cannot_be_retracted(world: World, build: Builder) -> None:
    visit = build(world)
    refused(world, visit, Action.RETRACT, world.as_client, "retractable")
    refused(world, visit, Action.RETRACT, world.as_manager, "retractable")


def test_an_agreement_is_an_answer(world: World) -> None:
    visit = acts.contested(world)
    world.act(visit, Action.ACCEPT_CHANGE, world.as_intervenant)
    refused(world, visit, Action.RETRACT, world.as_client, "retractable")
    refused(world, visit, Action.OBJECT, world.as_client, "objectable", cancels=True)


@pytest.mark.parametrize("role", ["client", "proche"])
def test_object_with_other_hours(world: World, role: str) -> None:
    visit = acts.validated_for_client(world)
    actor, _ = acting(world, role)
    motif = world.motif(kind="refus", opens_hours=True, opens_km=False)
    did(
        world,
        visit,
        Action.OBJECT,
        actor,
        to="arbitration",
        motif_id=motif.pk,
        facts=longer(visit.declared, -15),
        comment="Je n’ai rien validé",
    )
    opened = acts.open_proposition(visit)
    assert (opened.facts, opened.is_annulation, opened.motif_id) == (longer(visit.declared, -15), False, motif.pk)


def test_object_that_it_did_not_take_place(world: World) -> None:
    visit = acts.validated_for_client(world)
    # A motif de refus that was left in the form explains no annulation.
    motif = world.motif(kind="refus").pk
    did(world, visit, Action.OBJECT, world.as_client, to="arbitration", cancels=True, motif_id=motif)
    opened = acts.open_proposition(visit)
    assert (opened.facts, opened.is_annulation, opened.motif_id) == (None, True, None)


def test_object_is_refused_by_name(world: World) -> None:
    visit = acts.validated_for_client(world)
    motif = world.motif(kind="refus", opens_hours=True, opens_km=False).pk
    refused(world, visit, Action.OBJECT, world.as_client, "motif", facts=longer(visit.declared, -15))
    refused(world, visit, Action.OBJECT, world.as_client, "motif", motif_id=world.motif().pk)
    refused(world, visit, Action.OBJECT, world.as_client, "changed", motif_id=motif)
    refused(world, visit, Action.OBJECT, world.as_client, "changed", motif_id=motif, facts=visit.declared)
    refused(
        world, visit, Action.OBJECT, world.as_client, "facts", motif_id=motif, facts=longer(visit.declared, 48 * 60)
    )
    mine = acts.validated(world, start="15:00")
    refused(world, mine, Action.OBJECT, world.as_client, "objectable", cancels=True)


@pytest.mark.parametrize("role", ["client", "proche"])
@pytest.mark.parametrize("build", [acts.cancelled, acts.cancelled_by_carer])
def test_dispute_a_cancellation(world: World, build: Builder, role: str) -> None:
    visit = build(world)
    actor, _ = acting(world, role)
    refused(world, visit, Action.DISPUTE_CANCELLATION, actor, "comment", comment=" ")
    did(world, visit, Action.DISPUTE_CANCELLATION, actor, to="arbitration", comment="Elle est venue")
    assert acts.open_proposition(visit) is None


def test_what_the_client_side_cannot_dispute(world: World) -> None:
    mine = acts.cancelled_by_client(world)
    for actor in (world.as_client, world.as_proche):
        refused(world, mine, Action.DISPUTE_CANCELLATION, actor, "disputable", comment="Si")
    decided = acts.disputed(world, start="14:00")
    motif = world.motif().pk
    world.act(
        decided,
        Action.ARBITRATE,
        world.as_manager,
        choice=Choice.THIRD,
        cancels=True,
        motif_id=motif,
        reason="Absente",
    )
    refused(world, decided, Action.DISPUTE_CANCELLATION, world.as_client, "disputable", comment="Si")
    # Nobody was to come: there is nothing that a manager could retain.
    nobody = acts.draft(world, start="16:00")
    world.act(nobody, Action.CANCEL, world.as_manager, motif_id=motif)
    refused(world, nobody, Action.DISPUTE_CANCELLATION, world.as_client, "disputable", comment="Si")


CONTESTING: list[tuple[Action, Builder]] = [
    (Action.CONTEST, acts.done),
    (Action.CANCEL_BY_CLIENT, acts.done),
    (Action.RETRACT, acts.contested),
    (Action.OBJECT, acts.validated_for_client),
    (Action.DISPUTE_CANCELLATION, acts.cancelled),
]


def entered(world: World, action: Action) -> dict[str, Any]:
    if action is Action.CONTEST:
        base = world.visit(start="06:00").retained
        return {"motif_id": world.motif(kind="refus", opens_hours=True).pk, "facts": earlier(base)}
    if action is Action.CANCEL_BY_CLIENT:
        return {"motif_id": world.motif().pk}
    return {"cancels": True, "comment": "Si"}


@pytest.mark.parametrize("validates", [True, False])
def test_a_proche_acts_within_their_rights(world: World, validates: bool) -> None:
    proche = actor_of(a_proche(world.client, may_validate=validates, may_contest=not validates))
    first = acts.done(world, start="20:00")
    if validates:
        for place, (action, build) in enumerate(CONTESTING):
            visit = build(world, start=f"{9 + 2 * place:02d}:00")  # type: ignore[call-arg]
            refused(world, visit, action, proche, "may_contest", **entered(world, action))
        assert not world.act(first, Action.VALIDATE, proche).refused
        refused(world, first, Action.RETRACT, proche, "may_contest")
    else:
        refused(world, first, Action.VALIDATE, proche, "may_validate")
        assert not world.act(first, Action.CANCEL_BY_CLIENT, proche, motif_id=world.motif().pk).refused


def as_user(user: User | None, world: World, role: Role) -> list[Actor]:
    assert user
    return [actor for actor in actors_of(user, world.now) if actor.role is role]


@pytest.mark.parametrize("alone", [True, False])
def test_a_tuteur_who_acts_alone(world: World, alone: bool) -> None:
    world.agence.tuteur_acts_alone = alone
    world.agence.save()
    tuteur = a_proche(world.client, kind="tuteur")
    client = as_user(world.client.user, world, Role.CLIENT)[0]
    visit = acts.done(world)
    if alone:
        refused(world, visit, Action.VALIDATE, client, "may_validate")
        for place, (action, build) in enumerate(CONTESTING):
            other = build(world, start=f"{9 + 2 * place:02d}:00")  # type: ignore[call-arg]
            refused(world, other, action, client, "may_contest", **entered(world, action))
        client = as_user(tuteur.user, world, Role.PROCHE)[0]
    assert not world.act(visit, Action.VALIDATE, client).refused


@pytest.mark.parametrize(
    ("starts", "ends", "holds"),
    [(0, 0, True), (-9, 0, True), (0, None, True), (1, None, False), (-9, -1, False)],
)
def test_a_mandate_holds_on_both_its_days(world: World, starts: int, ends: int | None, holds: bool) -> None:
    world.agence.tuteur_acts_alone = True
    world.agence.save()
    today: date = world.now.date()
    until = None if ends is None else today + timedelta(days=ends)
    tuteur = a_proche(world.client, kind="tuteur", starts_on=today + timedelta(days=starts), ends_on=until)
    assert bool(as_user(tuteur.user, world, Role.PROCHE)) is holds
    assert as_user(world.client.user, world, Role.CLIENT)[0].may_act is not holds


def test_a_mandates_day_is_the_agencys(world: World) -> None:
    """At 21:00 UTC it is already tomorrow in Saint-Denis de La Réunion."""
    far = a_world(timezone="Indian/Reunion")
    far.now = far.now.replace(hour=21)
    tomorrow = far.now.date() + timedelta(days=1)
    begins = a_proche(far.client, starts_on=tomorrow)
    ended = a_proche(far.client, starts_on=date(2026, 1, 1), ends_on=far.now.date())
    assert as_user(begins.user, far, Role.PROCHE)
    assert not as_user(ended.user, far, Role.PROCHE)


def test_what_the_client_took_back_is_asked_again(world: World) -> None:
    visit = acts.contested(world)
    world.act(visit, Action.RETRACT, world.as_client)
    acts.contest(world, visit, world.as_proche)
    world.act(visit, Action.RETRACT, world.as_client)
    assert version("retained", visit.retained) == version("retained", visit.declared)
    assert visit.propositions.count() == 2
