"""Each filter against a plain look at every row, words beside bad values, and names typed in place of people."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

import pytest

from interventions.models import Fate, Intervention, Mail, MailLine, Reminder, Unanswered
from interventions.states import Action, Role, Settled, Status
from tests import factories
from tests.factories import NOW, World
from tests.tracking.browsing import HTMX, SUIVI, browser_of, done, in_every_status, shown

pytestmark = pytest.mark.django_db

DAY = dt.date(2026, 11, 5)
PERIOD = {"du": "2026-11-01", "au": "2026-11-30"}
MINUTE = dt.timedelta(minutes=1)


def declared(world: World, *, longer: int = 0, km: str = "2", **fields: Any) -> Intervention:
    """Return a visit of an hour and 2 km that was declared so many minutes longer, with so many kilometres."""
    visit = world.visit(day=DAY, km=Decimal(2), **fields)
    facts = visit.planned
    assert facts is not None
    facts = type(facts)(facts.start, facts.end + longer * MINUTE, Decimal(km))
    assert world.act(visit, Action.COMPLETE, world.as_intervenant, facts=facts).done
    return visit


def found(world: World, **query: Any) -> set[str]:
    page = browser_of(world.gestionnaire).get(f"{SUIVI}?{urlencode(PERIOD | query, doseq=True)}")
    assert page.status_code == 200, page.context["filters"].errors
    return set(shown(page))


def matching(world: World, condition: Callable[[Any], bool]) -> set[str]:
    rows: Any = Intervention.objects.filter(agence=world.agence).select_related("contrat")
    chosen = {str(visit.public_id) for visit in rows if condition(visit)}
    assert chosen
    assert len(chosen) < len(rows)
    return chosen


def gap(visit: Intervention) -> float | None:
    if visit.declared is None or visit.planned is None:
        return None
    lengths = [(each.end - each.start) / MINUTE for each in (visit.declared, visit.planned)]
    return lengths[0] - lengths[1]


def since(visit: Intervention) -> dt.datetime | None:
    return {
        Status.DONE: visit.done_at,
        Status.CONTESTED: visit.last_at,
        Status.ARBITRATION: visit.last_at,
        Status.PLANNED: visit.retained_end,
        Status.DRAFT: visit.declared_at or visit.retained_end,
    }.get(visit.state)


@pytest.mark.parametrize("days", [0, 2, 5, 10])
def test_what_waits_for_more_than_some_days(days: int) -> None:
    world = factories.a_world()
    visits = in_every_status(world, DAY)
    world.visit(day=dt.date(2026, 11, 28))
    for n, visit in enumerate(visits):
        ago = NOW - dt.timedelta(days=n * 3 - 0.5)
        Intervention.objects.filter(pk=visit.pk).update(done_at=ago if visit.done_at else None, last_at=ago)
    limit = NOW - dt.timedelta(days=days)
    late = matching(world, lambda visit: (begun := since(visit)) is not None and begun < limit)
    assert found(world, attente=days) == late


@pytest.mark.parametrize(
    ("ecart", "unite", "condition"),
    [
        ("15", "", lambda visit: abs(gap(visit) or 0) >= 15),
        ("16", "min", lambda visit: abs(gap(visit) or 0) >= 16),
        ("25", "pourcent", lambda visit: abs(gap(visit) or 0) >= 15),
        ("1,5", "km", lambda visit: visit.declared_km is not None and abs(visit.declared_km - 2) >= Decimal("1.5")),
    ],
)
def test_a_gap_counts_either_way_in_minutes_in_percent_and_in_km(ecart: str, unite: str, condition: Any) -> None:
    world = factories.a_world()
    for n, (longer, km) in enumerate([(0, "2"), (15, "3.5"), (-15, "2"), (-20, "0.5"), (14, "3.4")]):
        declared(world, longer=longer, km=km, start=f"{8 + n * 2:02}:00")
    world.visit(day=DAY, start="20:00")
    assert found(world, ecart=ecart, unite=unite) == matching(world, condition)


def test_on_a_contrat_on_none_and_on_one() -> None:
    world = factories.a_world()
    other = factories.a_contrat(world.client, world.prestation)
    for n, contrat in enumerate([world.contrat.pk, None, other.pk]):
        world.visit(day=DAY, start=f"{8 + n * 2:02}:00", contrat_id=contrat)
    assert found(world, contrat="avec") == matching(world, lambda visit: visit.contrat is not None)
    assert found(world, contrat="sans") == matching(world, lambda visit: visit.contrat is None)
    assert found(world, numero=other.number) == matching(world, lambda visit: visit.contrat == other)


@pytest.mark.parametrize("ways", [["client"], ["tacit", "on_behalf"], ["agreement", "deliberation", "client"]])
def test_validated_in_one_way_or_another(ways: list[str]) -> None:
    world = factories.a_world()
    for n, way in enumerate(Settled):
        visit = done(world, day=DAY, start=f"{8 + n * 2:02}:00")
        assert world.act(visit, Action.VALIDATE, world.as_client).done
        Intervention.objects.filter(pk=visit.pk).update(settled_by=way)
    assert found(world, validee=ways) == matching(world, lambda visit: visit.settled_by in ways)


def test_what_became_of_the_mail_of_this_step() -> None:
    world = factories.a_world()
    visits = [done(world, day=DAY, start=f"{8 + n:02}:00") for n in range(6)]
    fates = [Fate.SENT, Fate.DELIVERED, Fate.BOUNCED, Fate.FAILED, Fate.QUEUED]
    for visit, fate in zip(visits, fates, strict=False):
        lines = MailLine.objects.filter(intervention=visit, role=Role.CLIENT)
        Mail.objects.filter(lines__in=lines).update(fate=fate)
        lines.update(told=fate in fates[:3])
    # The service took it two days ago, and nothing came back: it has arrived.
    last = MailLine.objects.filter(intervention=visits[0])
    Mail.objects.filter(lines__in=last).update(sent_at=NOW - dt.timedelta(days=2))
    # A mail about a step that is past says nothing of where the visit stands now.
    MailLine.objects.filter(intervention=visits[5]).update(told=True, step=0)
    ids = [str(visit.public_id) for visit in visits]
    assert found(world, courrier="parti") == set(ids[:3])
    assert found(world, courrier="remis") == set(ids[:2])
    Mail.objects.filter(lines__in=last).update(sent_at=NOW - dt.timedelta(days=2, hours=-1))
    assert found(world, courrier="remis") == {ids[1]}
    assert found(world, courrier="revenu") == set(ids[2:4])
    assert found(world, courrier="aucun") == set(ids[3:])


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("attente=-1", "attente"),
        ("attente=beaucoup", "attente"),
        ("ecart=x", "ecart"),
        ("ecart=-3", "ecart"),
        ("ecart=5&unite=mois", "unite"),
        ("contrat=peut-etre", "contrat"),
        ("numero=CT-inconnu", "numero"),
        ("validee=hier", "validee"),
        ("courrier=lu", "courrier"),
        ("client-nom=Personne", "client"),
    ],
)
def test_a_bad_value_is_said_beside_its_field_and_kept_as_typed(query: str, field: str) -> None:
    world = factories.a_world()
    world.visit()
    page = browser_of(world.gestionnaire).get(f"{SUIVI}?{query}")
    assert (page.status_code, shown(page)) == (422, [])
    assert page.context["filters"].errors[field][0] in page.text
    assert f'id="filtre-{field}_error"' in page.text
    typed = page.context["filters"].asked.getlist(query.partition("=")[0])
    assert typed
    assert f'value="{typed[0]}"' in page.text or field in ("unite", "contrat", "validee", "courrier")
    # What cannot be read stands in the addresses that the page leads to, so that pressing one loses nothing.
    assert query in page.context["filters"].query()


def test_a_name_typed_means_the_person_and_the_address_then_names_nobody() -> None:
    world = factories.a_world()
    zola = factories.a_client(world.agence, last_name="Zola", first_name="Émile")
    theirs = world.visit(client_id=zola.pk, contrat_id=None)
    world.visit(start="14:00")
    browser = browser_of(world.gestionnaire)
    answer = browser.get(f"{SUIVI}?client-nom=emile+zo&intervenant-nom=&attente=")
    assert answer.status_code == 302
    assert "nom" not in answer.url
    page = browser.get(SUIVI + answer.url)
    assert shown(page) == [str(theirs.public_id)]
    assert 'name="client-nom" value="Zola Émile"' in page.text
    pushed = browser.get(f"{SUIVI}?client-nom=emile+zo", headers=HTMX)
    assert shown(pushed) == [str(theirs.public_id)]
    assert f"client={zola.public_id}" in pushed["HX-Push-Url"]
    assert "nom" not in pushed["HX-Push-Url"]


def test_what_is_typed_counts_more_than_who_was_chosen_before() -> None:
    world = factories.a_world()
    zola = factories.a_client(world.agence, last_name="Zola", first_name="Émile")
    theirs, other = world.visit(client_id=zola.pk, contrat_id=None), world.visit(start="14:00")
    browser = browser_of(world.gestionnaire)
    chosen = f"{SUIVI}?client={zola.public_id}"
    for typed, ids in (("Zola Émile", [theirs]), ("quere", [other]), ("", [theirs, other])):
        page = browser.get(f"{chosen}&client-nom={typed}", follow=True)
        assert shown(page) == [str(visit.public_id) for visit in ids], typed


def test_a_name_of_several_asks_which_and_leads_to_each() -> None:
    world = factories.a_world()
    twins = [factories.a_client(world.agence, last_name="Hamon", first_name=name) for name in ("Yves", "Yvette")]
    visit = world.visit(client_id=twins[1].pk, contrat_id=None)
    browser = browser_of(world.gestionnaire)
    page = browser.get(f"{SUIVI}?client-nom=hamon+yv&statut=planned")
    assert page.status_code == 422
    assert 'value="hamon yv"' in page.text
    [(_field, people)] = page.context["filters"].ambiguous
    assert [person for person, _query in people] == twins
    assert shown(browser.get(f"{SUIVI}?{people[1][1]}")) == [str(visit.public_id)]
    assert shown(browser.get(f"{SUIVI}?client-nom=Hamon+Yves", follow=True)) == []


def test_suggestions_are_the_people_that_the_person_may_see() -> None:
    world = factories.a_world()
    secteur = factories.a_secteur(world.agence)
    factories.a_client(world.agence, last_name="Quérel", secteur=secteur)
    factories.a_client(factories.a_world().agence, last_name="Quérec")
    whole = browser_of(world.gestionnaire)
    limited = browser_of(factories.a_gestionnaire(world.agence, secteurs=[secteur]))
    asked = "/suivi/clients/?client-nom=quere"
    assert [str(one) for one in whole.get(asked).context["people"]] == ["Quéré Yvonne", "Quérel Yvonne"]
    assert [str(one) for one in limited.get(asked).context["people"]] == ["Quérel Yvonne"]
    cut = whole.get(asked, headers=HTMX).text
    assert cut.count('role="option"') == cut.count("data-id=") == 2
    assert "<html" not in cut
    carers = whole.get("/suivi/intervenants/?intervenant-nom=heritier")
    assert [one.pk for one in carers.context["people"]] == [world.intervenant.pk]
    assert "Personne de ce nom ici" in whole.get("/suivi/clients/?client-nom=zzz", headers=HTMX).text


def test_the_filter_does_not_grow_with_the_people() -> None:
    world = factories.a_world()
    browser = browser_of(world.gestionnaire)
    before = len(browser.get(SUIVI).content)
    for n in range(30):
        factories.a_client(world.agence, last_name=f"Nom {n}", user=None)
    assert abs(len(browser.get(SUIVI).content) - before) < 200


def test_what_was_reminded_and_what_stayed_without_an_answer() -> None:
    world = factories.a_world()
    silent, reminded, asked = (done(world, start=f"{8 + n:02}:00", minutes=30) for n in range(3))
    for visit in (silent, reminded):
        Reminder.objects.create(
            agence=world.agence, intervention=visit, whom="client", step=visit.step, at=factories.NOW
        )
    Reminder.objects.create(agence=world.agence, intervention=asked, whom="client", step=1, at=factories.NOW)
    Unanswered.objects.create(agence=world.agence, intervention=silent, step=silent.step, since=factories.NOW)
    Unanswered.objects.create(agence=world.agence, intervention=asked, step=1, since=factories.NOW)
    browser = browser_of(world.gestionnaire)
    found = {kind: shown(browser.get(f"/suivi/?courrier={kind}")) for kind in ("relance", "sans-reponse")}
    assert found == {
        "relance": [str(silent.public_id), str(reminded.public_id)],
        "sans-reponse": [str(silent.public_id)],
    }
