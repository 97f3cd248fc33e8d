"""Every verb of the querysets, by the whole answer: who sees which rows, and where each condition begins and ends."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import models

from interventions.actor import Actor, system
from interventions.models import (
    Absence,
    Access,
    Client,
    Contrat,
    Gestionnaire,
    Intervenant,
    Intervention,
    JobRun,
    Mail,
    MailPreference,
    Secteur,
    Series,
)
from interventions.querysets import among
from interventions.states import Action, Right, Role
from tests import factories
from tests.factories import World, a_client, a_contrat, a_gestionnaire, a_proche, a_secteur, a_world, actor_of
from tests.interventions import acts

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 25)
DAY = timedelta(days=1)


@pytest.fixture
def world() -> World:
    """A world beside another that has one of everything too: whatever forgets its agency shows that one's."""
    other = a_world()
    _one_of_everything(other)
    return a_world()


def _one_of_everything(world: World) -> dict[type[models.Model], Any]:
    secteur = a_secteur(world.agence)
    Client.objects.filter(pk=world.client.pk).update(secteur=secteur)
    visit = acts.done(world)
    return {
        Secteur: secteur,
        Intervention: visit,
        Client: world.client,
        Intervenant: world.intervenant,
        Gestionnaire: world.gestionnaire,
        Contrat: world.contrat,
        Series: factories.a_series(world),
        Absence: factories.an_absence(world.client),
        JobRun: JobRun.objects.create(agence=world.agence, name="remind", started_at=world.now),
        Access: Access.objects.create(
            agence=world.agence,
            at=world.now,
            actor_name="x",
            role="manager",
            what="person",
            about="y",
            about_id=uuid4(),
        ),
    }


def names(found: models.QuerySet[Any]) -> set[int]:
    return set(found.values_list("pk", flat=True))


def seen(kind: type[models.Model], actor: Actor) -> set[int]:
    return names(kind._default_manager.all().visible_to(actor))  # type: ignore[attr-defined]


def limited(world: World, *secteurs: Secteur) -> Actor:
    return actor_of(a_gestionnaire(world.agence, secteurs=list(secteurs)))


EVERYONE = {Role.INTERVENANT, Role.CLIENT, Role.PROCHE, Role.MANAGER, Role.SYSTEM}
AGENCY = {Role.MANAGER, Role.SYSTEM}
CLIENT_SIDE = {Role.CLIENT, Role.PROCHE}
# Who sees the one row of each kind that is theirs.
SEES: dict[type[models.Model], set[Role]] = {
    Secteur: AGENCY,
    Intervention: EVERYONE,
    Client: AGENCY | CLIENT_SIDE,
    Intervenant: AGENCY | {Role.INTERVENANT},
    Gestionnaire: AGENCY,
    Contrat: AGENCY | CLIENT_SIDE,
    Series: AGENCY,
    Absence: AGENCY,
    JobRun: {Role.MANAGER},
    Access: {Role.MANAGER},
}


def test_each_role_sees_what_is_theirs_of_their_agency_and_nothing_else(world: World) -> None:
    made = _one_of_everything(world)
    people = [world.as_intervenant, world.as_client, world.as_proche, world.as_manager, system(world.agence)]
    for kind, roles in SEES.items():
        for actor in people:
            assert seen(kind, actor) == ({made[kind].pk} if actor.role in roles else set()), (kind, actor.role)
    mails = set(Mail.objects.filter(agence=world.agence).values_list("pk", flat=True))
    assert len(mails) > 0
    assert [seen(Mail, actor) for actor in people] == [set(), set(), set(), mails, set()]
    # Who is nobody in their role is shown nothing: an empty key is no key.
    nobody = [replace(actor, intervenant_id=None, client_id=None) for actor in people[:3]]
    acts.draft(world)
    for actor in nobody:
        assert [kind for kind in SEES if seen(kind, actor)] == []
    # Nor is a right or a limit of secteurs anything to who is no manager.
    assert seen(Access, replace(world.as_manager, rights=frozenset())) == set()
    assert seen(Access, replace(world.as_client, rights=frozenset({Right.ADMINISTER}))) == set()
    assert seen(Contrat, replace(world.as_client, secteur_ids=frozenset())) == {world.contrat.pk}


def test_a_limit_leaves_the_secteurs_given_and_what_belongs_to_none(world: World) -> None:
    made, elsewhere, free = _one_of_everything(world), a_secteur(world.agence), a_client(world.agence)
    Client.objects.filter(pk=free.pk).update(secteur=a_secteur(world.agence))
    beyond = a_contrat(free, world.prestation)
    other = world.visit(start="14:00", client_id=free.pk, contrat_id=beyond.pk)
    world.act(other, Action.COMPLETE, world.as_intervenant)
    factories.a_series(world, client=free, contrat=beyond)
    factories.an_absence(free)
    ill = factories.an_absence(world.intervenant)
    mine, none = limited(world, made[Secteur]), limited(world, elsewhere)
    for kind in (Secteur, Intervention, Client, Contrat, Series):
        assert seen(kind, mine) == {made[kind].pk}, kind
    assert seen(Absence, mine) == {made[Absence].pk, ill.pk}
    assert [seen(kind, none) for kind in (Intervention, Client, Contrat, Series, Absence)] == [*[set()] * 4, {ill.pk}]
    assert seen(Intervenant, mine) == {world.intervenant.pk}


def test_a_manager_with_a_limit_sees_the_staff_whom_nothing_else_concerns(world: World) -> None:
    first, second = a_secteur(world.agence), a_secteur(world.agence)
    mine = limited(world, first)
    theirs = {mine.gestionnaire_id, limited(world, first).gestionnaire_id}
    limited(world, second)
    limited(world, first, second)
    a_gestionnaire(world.agence, secteurs=[])
    everywhere = a_gestionnaire(world.agence, secteurs=[first])
    Gestionnaire.objects.filter(pk=everywhere.pk).update(all_secteurs=True)
    assert seen(Gestionnaire, mine) == theirs
    assert len(seen(Gestionnaire, world.as_manager)) == 7
    assert seen(Gestionnaire, limited(world, first, second)) > theirs


def test_a_manager_with_a_limit_reads_mails_about_their_clients_alone(world: World) -> None:
    made = _one_of_everything(world)
    mine, own = (
        limited(world, made[Secteur]),
        set(Mail.objects.filter(agence=world.agence).values_list("pk", flat=True)),
    )
    sign_in = Mail.objects.filter(pk=min(own))
    assert seen(Mail, mine) == own
    sign_in.update(kind="login")
    assert (seen(Mail, mine), seen(Mail, world.as_manager)) == (own - {min(own)}, own)
    sign_in.update(kind="visits")
    for secteur in (a_secteur(world.agence), None):
        Client.objects.filter(pk=world.client.pk).update(secteur=secteur)
        assert seen(Mail, mine) == set()


def test_what_a_carer_added_and_took_back_shows_on_no_portal(world: World) -> None:
    visit = acts.done(world)
    Intervention.objects.filter(pk=visit.pk).update(withdrawn=True)
    people = [world.as_intervenant, world.as_client, world.as_proche, world.as_manager, system(world.agence)]
    assert [bool(seen(Intervention, actor)) for actor in people] == [False, False, False, True, True]


def test_whose_turn_it_is(world: World) -> None:
    made = {
        "draft": acts.draft(world),
        "planned": world.visit(start="01:00"),
        "today": world.visit(day=TODAY, start="02:00"),
        "done": acts.done(world, start="03:00"),
        "contested": acts.contested(world, start="05:00"),
        "arbitration": acts.arbitration(world, start="07:00"),
        "validated": acts.validated(world, start="11:00"),
    }
    theirs = Intervention.objects.filter(agence=world.agence)

    def turns(role: Role, today: date | None = None) -> set[str]:
        found = names(theirs.awaiting(role, today))
        return {name for name, visit in made.items() if visit.pk in found}

    assert turns(Role.MANAGER) == turns(Role.MANAGER, TODAY) == {"draft", "arbitration"}
    assert turns(Role.CLIENT, TODAY) == {"done"}
    assert (turns(Role.PROCHE), turns(Role.SYSTEM)) == (set(), set())
    assert turns(Role.INTERVENANT) == {"planned", "today", "contested"}
    assert turns(Role.INTERVENANT, TODAY) == {"planned", "contested"}
    assert turns(Role.INTERVENANT, TODAY - DAY) == {"contested"}
    declare = [(TODAY, False), (TODAY, True), (TODAY - DAY, False), (TODAY - DAY, True)]
    expected = [{"planned"}, {"planned", "today"}, set(), {"planned"}]
    for (day, same_day), answer in zip(declare, expected, strict=True):
        assert names(theirs.to_declare(day, same_day)) == {made[name].pk for name in answer}
    assert names(theirs.to_declare(TODAY)) == {made["planned"].pk}


def test_days_order_numbers_and_keys(world: World) -> None:
    starts = [
        (TODAY, "09:00", "AB-2"),
        (TODAY - DAY, "11:00", "ab-10"),
        (TODAY - DAY, "08:00", ""),
        (TODAY + DAY, "07:00", "B1"),
    ]
    made = [world.visit(day=day, start=start, number=number).pk for day, start, number in starts]
    theirs = Intervention.objects.filter(agence=world.agence)
    assert list(theirs.in_order().values_list("pk", flat=True)) == [made[at] for at in (2, 1, 0, 3)]
    spans = [(TODAY, TODAY), (TODAY - DAY, TODAY), (TODAY + DAY, TODAY + 9 * DAY), (TODAY, TODAY - DAY)]
    assert [names(theirs.between(*span)) for span in spans] == [{made[0]}, set(made[:3]), {made[3]}, set()]
    numbered = [list(theirs.numbered(text).values_list("pk", flat=True)) for text in ("ab", "AB-1", "b", "", "2")]
    assert numbered == [[made[1], made[0]], [made[1]], [made[3]], [made[1], made[0], made[3]], []]
    assert names(theirs.filter(among([made[0], made[2]]))) == {made[0], made[2]}
    assert names(Client.objects.filter(among([made[0]], "interventions"))) == {world.client.pk}


# A contrat's fields, and whether it is a contrat facturable for a visit of TODAY of its client.
CONTRATS: list[tuple[dict[str, Any], bool]] = [
    ({}, True),
    ({"billable": False}, False),
    ({"state": "draft"}, False),
    ({"state": "valid"}, True),
    ({"state": "terminated", "ends_on": TODAY}, True),
    ({"state": "terminated", "ends_on": TODAY - DAY}, False),
    ({"starts_on": TODAY}, True),
    ({"starts_on": TODAY + DAY}, False),
    ({"ends_on": TODAY}, True),
    ({"ends_on": TODAY - DAY}, False),
    ({"state": "terminated", "ends_on": TODAY + DAY}, True),
]


def test_a_visit_is_covered_or_it_is_not(world: World) -> None:
    theirs = Intervention.objects.filter(agence=world.agence)
    covered: set[int] = set()
    bare: set[int] = set()
    for place, (fields, fits) in enumerate(CONTRATS):
        visit = world.visit(day=TODAY, start=f"{place:02d}:00", minutes=30)
        made = a_contrat(world.client, world.prestation, **fields)
        Intervention.objects.filter(pk=visit.pk).update(contrat=made)
        (covered if fits else bare).add(visit.pk)
    bare.add(world.visit(day=TODAY, start="20:00", contrat_id=None).pk)
    assert names(theirs.billable()) == covered
    assert names(Intervention.objects.without_billable(world.agence.pk)) == bare


def test_people_by_every_word_of_their_name_or_number(world: World) -> None:
    zoe = a_client(world.agence, last_name="Zœller", first_name="Éloïse", number="X-77")
    abel = a_client(world.agence, last_name="Abel", first_name="Zoé", archived_at=world.now)
    theirs = Client.objects.filter(agence=world.agence)
    asked = ("zoeller", "ELOISE zoel", "eloise abel", "x-77", "éloïse X-7", "zo", "")
    found = [names(theirs.found_by(text)) for text in asked]
    both, all_ = {zoe.pk, abel.pk}, {zoe.pk, abel.pk, world.client.pk}
    assert found == [{zoe.pk}, {zoe.pk}, set(), {zoe.pk}, {zoe.pk}, both, all_]
    assert names(theirs.current()) == {zoe.pk, world.client.pk}
    assert list(theirs.by_name().values_list("pk", flat=True)) == [abel.pk, world.client.pk, zoe.pk]


def test_absences_that_hold_a_day(world: World) -> None:
    for starts, ends in ((5, 10), (11, None), (1, 4)):
        end = date(2026, 11, ends) if ends else None
        factories.an_absence(world.client, starts_on=date(2026, 11, starts), ends_on=end)
    theirs = Absence.objects.filter(agence=world.agence)

    def met(first: int, last: int) -> set[int]:
        found = theirs.meeting(date(2026, 11, first), date(2026, 11, last))
        return {absence.starts_on.day for absence in found}

    spans = {(10, 10): {5}, (4, 5): {1, 5}, (11, 30): {11}, (10, 11): {5, 11}, (6, 7): {5}, (1, 1): {1}}
    assert {span: met(*span) for span in spans} == spans


# What a client and their proche are like, and whether no mail reaches them.
REACHED: list[tuple[dict[str, Any], dict[str, Any] | None, bool]] = [
    ({}, None, False),
    ({"gets_mails": False}, None, True),
    ({"user": None}, None, True),
    ({"gets_mails": False}, {}, False),
    ({"gets_mails": False}, {"gets_mails": False}, True),
    ({"gets_mails": False}, {"gets_mails": False, "kind": "tuteur"}, False),
    ({"gets_mails": False}, {"starts_on": TODAY}, False),
    ({"gets_mails": False}, {"starts_on": TODAY + DAY}, True),
    ({"gets_mails": False}, {"ends_on": TODAY}, False),
    ({"gets_mails": False}, {"ends_on": TODAY - DAY}, True),
    ({"gets_mails": False}, {"ended_at": factories.NOW}, True),
    ({"gets_mails": False}, {"kind": "tuteur", "ends_on": TODAY - DAY}, True),
]


def test_clients_whom_no_mail_reaches(world: World) -> None:
    expected = set()
    for client, proche, unreached in REACHED:
        made = a_client(world.agence, **client)
        if proche is not None:
            a_proche(made, **proche)
        expected |= {made.pk} if unreached else set()
    theirs = Client.objects.filter(agence=world.agence)
    assert names(theirs.without_mails(TODAY)) == expected


@pytest.mark.parametrize(
    ("kind", "refusal", "reached"),
    [
        ("client", {"rhythm": "none"}, False),
        ("client", {"refused_address": "a@x.example"}, False),
        ("client", {"refused_address": "formerly@x.example"}, True),
        ("proche", {"rhythm": "none"}, False),
        ("proche", {"refused_address": "a@x.example"}, False),
        ("tuteur", {"rhythm": "none"}, True),
        ("tuteur", {"refused_address": "a@x.example"}, False),
    ],
)
def test_who_refused_mails_or_whose_address_did_is_not_reached(
    world: World, kind: str, refusal: dict[str, str], *, reached: bool
) -> None:
    user = factories.a_user("a@x.example")
    if kind == "client":
        made = a_client(world.agence, user=user)
    else:
        made = a_client(world.agence, gets_mails=False)
        a_proche(made, user=user, kind=kind)
    asked = Client.objects.filter(pk=made.pk)
    # Somebody else's refusal, and their own at another agency, are nothing to this one.
    MailPreference.objects.create(agence=world.agence, user=factories.a_user(), rhythm="none")
    MailPreference.objects.create(agence=a_world().agence, user=user, rhythm="none", refused_address=user.email)
    assert not asked.without_mails(TODAY).exists()
    MailPreference.objects.create(agence=world.agence, user=user, **refusal)
    assert asked.without_mails(TODAY).exists() is not reached
