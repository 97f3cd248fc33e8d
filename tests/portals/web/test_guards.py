"""Who enters which portal, as whom, and what everybody else gets."""

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import resolve, reverse
from django.utils import timezone

from interventions.models import ProcheKind, User
from interventions.states import Role
from portals.web.doors import doors_of
from tests import factories
from tests.portals.portal_under_test import urls as under_test

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.portals.mounted")]

HTMX = {"HX-Request": "true", "HX-Current-URL": "http://testserver/client/cadre/?page=2"}


def signed_in(user: User | None) -> Any:
    browser = Browser(raise_request_exception=False)
    assert user is not None
    browser.force_login(user)
    return browser


def today() -> dt.date:
    return timezone.localdate()


@pytest.mark.parametrize(
    ("person", "portal"),
    [("intervenant", "intervenant"), ("client", "client"), ("proche", "client"), ("gestionnaire", "gestion")],
)
def test_each_person_lands_on_their_portal_and_is_refused_the_others(person: str, portal: str) -> None:
    world = factories.a_world()
    browser = signed_in(getattr(world, person).user)
    assert browser.get("/", follow=True).redirect_chain == [(f"/{portal}/", 302)]
    for other in {"intervenant", "client", "gestion"} - {portal}:
        for answer in (browser.get(f"/{other}/"), browser.post(f"/{other}/")):
            assert answer.status_code == 403
            assert f'href="/{portal}/"' in answer.text
            assert f'href="/{other}/"' not in answer.text


def test_nobody_is_sent_to_sign_in_and_back() -> None:
    browser: Any = Browser()
    assert browser.get("/client/cadre/?page=2").url == "/compte/connexion/?next=%2Fclient%2Fcadre%2F%3Fpage%3D2"
    sent = browser.post("/client/presse/", headers={"Referer": "http://testserver/client/cadre/?page=2"})
    assert sent.url == "/compte/connexion/?next=%2Fclient%2Fcadre%2F%3Fpage%3D2"
    elsewhere = browser.post("/client/presse/", headers={"Referer": "https://evil.example/client/"})
    assert elsewhere.url == "/compte/connexion/?next=%2F"


def test_htmx_without_a_session_loads_the_sign_in_page() -> None:
    answer = Browser().post("/client/presse/", headers=HTMX)
    assert answer.status_code == 200
    assert answer.headers["HX-Redirect"] == "/compte/connexion/?next=%2Fclient%2Fcadre%2F%3Fpage%3D2"
    assert answer.text == ""


def test_the_view_gets_what_the_guard_promises() -> None:
    agence = factories.an_agence(timezone="Indian/Reunion")
    gestionnaire = factories.a_gestionnaire(agence, secteurs=[factories.a_secteur(agence)], may_close=False)
    told = signed_in(gestionnaire.user).get("/gestion/").json()
    assert (told["role"], told["agence"], told["zone"], told["atomic"]) == (
        "manager",
        agence.pk,
        "Indian/Reunion",
        True,
    )
    assert told["rights"] == ["administer", "arbitrate", "manage", "unlock"]
    assert told["secteurs"] == list(gestionnaire.secteurs.values_list("pk", flat=True))
    assert dt.datetime.fromisoformat(told["now"]).utcoffset() == dt.timedelta(0)


def test_views_deeper_down_are_guarded_too() -> None:
    assert reverse("client:deeper:far") == "/client/plus/loin/"
    view: Any = resolve("/client/plus/loin/").func
    assert view.guarded_for == {Role.CLIENT, Role.PROCHE}
    assert Browser().get("/client/plus/loin/").status_code == 302


def test_a_page_of_a_portal_is_kept_in_no_cache_and_shows_who_is_there() -> None:
    world = factories.a_world()
    page = signed_in(world.client.user).get("/client/cadre/")
    assert "no-store" in page.headers["Cache-Control"]
    assert f"Accueil de {world.client.full_name}" in page.text
    assert world.agence.name in page.text
    assert 'href="/compte/"' in page.text


def test_a_proche_acts_within_the_mandate_s_rights() -> None:
    world = factories.a_world()
    proche = factories.a_proche(world.client, may_contest=False)
    told = signed_in(proche.user).get("/client/").json()
    assert (told["role"], told["client"], told["rights"]) == ("proche", world.client.pk, ["validate"])


def test_two_roles_choose_and_each_portal_then_knows_its_own() -> None:
    world = factories.a_world()
    factories.an_intervenant(world.agence, user=world.client.user, first_name="Yvonne", last_name="Quéré")
    browser = signed_in(world.client.user)
    page = browser.get("/", follow=True)
    assert page.redirect_chain == [("/compte/espaces/", 302)]
    assert page.text.count('name="door"') == 2
    assert browser.get("/client/").json()["role"] == "client"
    assert browser.get("/intervenant/").json()["role"] == "intervenant"
    assert browser.get("/gestion/").status_code == 403


def test_the_proche_of_two_clients_chooses_and_changes() -> None:
    world = factories.a_world()
    other = factories.a_client(world.agence, last_name="Le Goff", first_name="Jean")
    factories.a_proche(other, user=world.proche.user)
    browser = signed_in(world.proche.user)
    sent = browser.get("/client/cadre/")
    assert sent.url == "/compte/espaces/?next=%2Fclient%2Fcadre%2F"
    page = browser.get(sent.url)
    assert "Proche de Mme Jean Le Goff" in page.text
    assert "Proche de Mme Yvonne Quéré" in page.text
    keys = {door.key: door.actor.client_id for _agence, doors in page.context["agences"] for door in doors}
    for key, client_id in keys.items():
        chosen = browser.post("/compte/espaces/", {"door": key, "next": "/client/cadre/"})
        assert (chosen.status_code, chosen.url) == (303, "/client/cadre/")
        assert browser.get("/client/").json()["client"] == client_id


def test_a_role_of_somebody_else_cannot_be_chosen() -> None:
    world, stranger = factories.a_world(), factories.a_client(factories.an_agence())
    browser = signed_in(world.client.user)
    assert browser.post("/compte/espaces/", {"door": f"client:{stranger.pk}"}).status_code == 200
    session = browser.session
    session["doors"] = {"client": f"client:{stranger.pk}"}
    session.save()
    assert browser.get("/client/").json()["client"] == world.client.pk


@pytest.mark.parametrize(("starts", "ends", "status"), [(0, 0, 200), (-9, -1, 403), (1, None, 403), (-9, None, 200)])
def test_a_mandate_holds_on_its_days_both_included(starts: int, ends: int | None, status: int) -> None:
    client = factories.a_client(factories.an_agence())
    day = today()
    proche = factories.a_proche(
        client,
        starts_on=day + dt.timedelta(starts),
        ends_on=None if ends is None else day + dt.timedelta(ends),
    )
    assert signed_in(proche.user).get("/client/").status_code == status


def test_a_mandate_ends_by_the_agency_s_clock(settings) -> None:
    client = factories.a_client(factories.an_agence(timezone="Indian/Reunion"))
    proche = factories.a_proche(client, ends_on=dt.date(2026, 11, 25))
    browser = signed_in(proche.user)
    last = dt.datetime(2026, 11, 25, 23, 59, tzinfo=client.agence.zone)
    for moment, status in ((last, 200), (last + dt.timedelta(minutes=2), 403)):
        settings.CLOCK_OFFSET_SECONDS = (moment - dt.datetime.now(dt.UTC)).total_seconds()
        assert browser.get("/client/").status_code == status


@pytest.mark.parametrize(
    ("person", "field"), [("intervenant", "archived_at"), ("client", "archived_at"), ("gestionnaire", "ended_at")]
)
def test_a_row_that_ends_puts_its_person_out_at_once(person: str, field: str) -> None:
    world = factories.a_world()
    row = getattr(world, person)
    browser = signed_in(row.user)
    url = browser.get("/", follow=True).redirect_chain[-1][0]
    assert browser.get(url).status_code == 200
    setattr(row, field, timezone.now())
    row.save()
    answer = browser.get(url)
    assert answer.status_code == 403
    assert "n’est rattachée à aucune agence" in answer.text
    assert browser.get(url, headers=HTMX).text.startswith('<p class="notice')


def test_the_proches_of_an_archived_client_are_out() -> None:
    world = factories.a_world()
    world.client.archived_at = timezone.now()
    world.client.save()
    assert signed_in(world.proche.user).get("/client/").status_code == 403


@pytest.mark.parametrize(
    ("alone", "kind", "may_act"), [(True, "tuteur", False), (True, "proche", True), (False, "tuteur", True)]
)
def test_a_tuteur_in_force_may_act_alone(alone: bool, kind: str, may_act: bool) -> None:
    client = factories.a_client(factories.an_agence(tuteur_acts_alone=alone))
    factories.a_proche(client, kind=ProcheKind(kind))
    factories.a_proche(client, kind=ProcheKind.TUTEUR, ends_on=today() - dt.timedelta(days=2))
    assert signed_in(client.user).get("/client/").json()["may_act"] is may_act


def test_the_operator_is_told_that_no_portal_is_theirs() -> None:
    operator = User.objects.create_superuser("operateur@service.example")
    browser = signed_in(operator)
    assert "opérateur" in browser.get("/", follow=True).text
    answer = browser.get("/gestion/")
    assert (answer.status_code, 'href="/operateur/"' in answer.text) == (403, True)


def test_the_number_of_queries_does_not_grow_with_the_roles() -> None:
    one, many = factories.a_user(), factories.a_user()
    factories.a_client(factories.an_agence(), user=one)
    for _ in range(3):
        agence = factories.an_agence()
        factories.an_intervenant(agence, user=many)
        factories.a_proche(factories.a_client(agence, user=many), user=many)
        factories.a_gestionnaire(agence, user=many, secteurs=[factories.a_secteur(agence)])
    counts = []
    for user, doors in ((one, 1), (many, 12)):
        with CaptureQueriesContext(connection) as queries:
            assert len(doors_of(user, timezone.now())) == doors
        counts.append(len(queries))
    assert counts[1] <= counts[0] + 2  # the secteurs of a manager, and the names of a proche's clients


def test_a_door_once_found_costs_one_query() -> None:
    browser = signed_in(factories.a_world().proche.user)
    browser.get("/client/")
    with CaptureQueriesContext(connection) as queries:
        browser.get("/client/cadre/")
    assert len([query for query in queries if "interventions_proche" in query["sql"]]) == 1
    assert len([query for query in queries if "interventions_intervenant" in query["sql"]]) == 0


@pytest.mark.parametrize(("losses", "status"), [(0, 200), (2, 200), (3, 503)])
def test_a_deadlock_is_tried_three_times_and_says_things_once(losses: int, status: int) -> None:
    under_test.attempts[:] = range(losses)
    answer = signed_in(factories.a_world().client.user).get("/client/verrou/")
    assert answer.status_code == status
    if status == 200:
        assert answer.text == '["essai"]'
