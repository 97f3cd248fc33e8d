"""The second factor that an agency wants of its gestionnaires: decided, asked for, and taken away when it is lost."""

from __future__ import annotations

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext

from interventions.models import Agence, Gestionnaire, Mail, MailKind, RegistryEntry, SettingEntry, User
from interventions.registry import staff
from tests import factories
from tests.factories import World
from tests.portals.accounts.factors import (
    STEP_URL,
    an_application,
    at_the_step,
    recovery_codes,
    signed_in,
    with_password,
)
from tests.portals.manager.conftest import Desk, desk_of, words

pytestmark = pytest.mark.django_db
OWN = "/compte/deuxieme-facteur/"
CONFIRM = "/compte/confirmation/code/"


@pytest.fixture
def wanted(world: World) -> World:
    """The agency wants one."""
    Agence.objects.filter(pk=world.agence.pk).update(second_factor_required=True)
    return world


@pytest.fixture
def colleague(world: World) -> Gestionnaire:
    """Somebody else of the staff, who has an application."""
    member = factories.a_gestionnaire(world.agence, last_name="Le Bihan")
    an_application(with_password(member.user))
    return member


def pressed(desk: Desk, member: Gestionnaire) -> str:
    """Press Réinitialiser, and return what the page says then."""
    return words(desk.browser.post(f"/gestion/{url(member, 'deuxieme-facteur/')}", follow=True))


def url(member: Gestionnaire, what: str = "") -> str:
    return f"utilisateurs/{member.public_id}/{what}"


def test_who_administers_decides_and_it_is_on_record(desk: Desk, world: World) -> None:
    assert "ne s’ouvrent qu’à qui montre" in words(desk.get("parametres/"))
    desk.post("parametres/", reglages="connexion", second_factor_required="on")
    world.agence.refresh_from_db()
    assert world.agence.second_factor_required
    entry = SettingEntry.objects.get()
    assert (entry.before, entry.after) == ({"second_factor_required": False}, {"second_factor_required": True})
    assert entry.actor_id_kept == world.gestionnaire.user_id


def test_nobody_else_decides(world: World) -> None:
    rights: dict[str, Any] = {name: name != "may_administer" for name in staff.RIGHT_COLUMNS}
    desk = desk_of(factories.a_gestionnaire(world.agence, **rights))
    desk.post("parametres/", reglages="connexion", second_factor_required="on")
    world.agence.refresh_from_db()
    assert (world.agence.second_factor_required, SettingEntry.objects.count()) == (False, 0)
    assert "Deuxième facteur des gestionnaires libre" in words(desk.get("parametres/"))


@pytest.mark.parametrize("path", ["/gestion/", "/gestion/clients/?q=le", "/suivi/", "/suivi/exports/visites.csv"])
def test_who_has_none_is_led_to_choose_one(wanted: World, path: str) -> None:
    browser = desk_of(wanted.gestionnaire).browser
    led = browser.get(path)
    assert led.url.partition("?next=")[0] == OWN
    page = words(browser.get(led.url))
    assert f"La gestion de {wanted.agence.name} ne s’ouvre qu’avec un deuxième facteur." in page
    fragment = browser.get(path, headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/gestion/"})
    assert fragment["HX-Redirect"] == f"{OWN}?next=%2Fgestion%2F"


def test_an_act_is_not_done_before_it(wanted: World) -> None:
    browser = desk_of(wanted.gestionnaire).browser
    assert browser.post("/gestion/parametres/", {"module": "inactif"}).url.startswith(OWN)
    wanted.agence.refresh_from_db()
    assert wanted.agence.module_enabled


def test_nobody_is_locked_out_of_their_account(wanted: World) -> None:
    browser = desk_of(wanted.gestionnaire).browser
    for part in ("", "espaces/", "appareils/", "deuxieme-facteur/", "deuxieme-facteur/application/"):
        assert (part, browser.get(f"/compte/{part}").status_code) == (part, 200)


def test_who_added_one_goes_on_where_they_were_going(wanted: World) -> None:
    user = with_password(wanted.gestionnaire.user)
    here = signed_in(user, an_application(user))
    recovery_codes(user)
    here.get(f"{OWN}?next=/gestion/clients/")
    for path in (OWN, f"{OWN}codes/"):
        assert 'href="/gestion/clients/"' in here.get(path).text
    assert here.get("/gestion/clients/").status_code == 200
    assert 'href="/gestion/clients/"' not in here.get(OWN).text


def test_nobody_is_sent_away_after_it(wanted: World) -> None:
    user = with_password(wanted.gestionnaire.user)
    here = signed_in(user, an_application(user))
    assert "evil.example" not in here.get(f"{OWN}?next=https://evil.example/").text


def test_a_session_that_never_saw_it_is_asked_for_it(wanted: World) -> None:
    browser = desk_of(wanted.gestionnaire).browser
    an_application(wanted.gestionnaire.user)
    code = recovery_codes(wanted.gestionnaire.user)[0]
    led = browser.get("/gestion/clients/")
    assert led.url == f"{CONFIRM}?next=%2Fgestion%2Fclients%2F"
    assert browser.post(led.url, {"code": code}).url == "/gestion/clients/"
    assert browser.get("/gestion/clients/").status_code == 200


def test_whoever_takes_theirs_away_is_led_to_choose_another(wanted: World) -> None:
    user = with_password(wanted.gestionnaire.user)
    here = signed_in(user, an_application(user))
    assert here.get("/gestion/").status_code == 200
    asked = words(here.get(f"{OWN}application/retrait/"))
    assert f"La gestion de {wanted.agence.name} se fermera" in asked
    here.post(f"{OWN}application/retrait/")
    assert here.get("/gestion/").url.startswith(OWN)


def test_the_other_agency_and_the_other_portals_stay_open(wanted: World) -> None:
    user = wanted.gestionnaire.user
    there = factories.a_gestionnaire(factories.an_agence(name="Agence Colline"), user=user)
    factories.an_intervenant(wanted.agence, user=user)
    browser: Any = Browser()
    browser.force_login(user)
    browser.post("/compte/espaces/", {"door": f"manager:{there.pk}"})
    assert browser.get("/gestion/").status_code == 200
    assert browser.get("/intervenant/").status_code == 200
    browser.post("/compte/espaces/", {"door": f"manager:{wanted.gestionnaire.pk}"})
    assert browser.get("/gestion/").url.startswith(OWN)


def test_it_costs_one_statement_and_only_where_it_is_wanted(world: World) -> None:
    user = with_password(world.gestionnaire.user)
    here = signed_in(user, an_application(user))

    def statements() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert here.get("/gestion/motifs/").status_code == 200
        return len(seen)

    statements()
    without = statements()
    Agence.objects.filter(pk=world.agence.pk).update(second_factor_required=True)
    assert statements() == without + 1


def test_the_list_says_who_has_one_in_as_many_statements(desk: Desk, world: World, colleague: Gestionnaire) -> None:
    def statements() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert desk.get("utilisateurs/").status_code == 200
        return len(seen)

    statements()
    few = statements()
    rows = {member.last_name: member.has_factor for member, *_rest in desk.get("utilisateurs/").context["rows"]}
    assert (rows["Le Bihan"], rows[world.gestionnaire.last_name]) == (True, False)
    for _ in range(5):
        an_application(factories.a_gestionnaire(world.agence).user)
    assert statements() == few


def test_a_lost_one_is_taken_away_on_record_and_told(desk: Desk, world: World, colleague: Gestionnaire) -> None:
    there = at_the_step(colleague.user)
    session = at_the_step(colleague.user)
    assert session.post(STEP_URL, {"code": recovery_codes(colleague.user)[0]}).url == "/"
    assert session.get("/compte/").status_code == 200
    assert "Réinitialiser le deuxième facteur" in words(desk.get(url(colleague)))
    assert "de vive voix" in words(desk.get(url(colleague, "deuxieme-facteur/")))
    desk.post(url(colleague, "deuxieme-facteur/"))
    assert not Authenticator.objects.filter(user=colleague.user).exists()
    entry = RegistryEntry.objects.get(row_id=colleague.pk)
    assert (entry.step, entry.actor_id_kept, entry.before, entry.after) == (
        "factor",
        world.gestionnaire.user_id,
        {},
        {},
    )
    told = Mail.objects.get()
    assert (told.kind, told.to) == (MailKind.SECURITY, colleague.user.email)
    assert f"{world.gestionnaire} a réinitialisé votre deuxième facteur." in told.text
    assert session.get("/compte/").status_code == 302
    assert there.get(STEP_URL).url == "/compte/connexion/"
    assert "Réinitialisation du deuxième facteur" in words(desk.get(url(colleague)))
    desk.post(url(colleague, "deuxieme-facteur/"))
    assert (RegistryEntry.objects.count(), Mail.objects.count()) == (1, 1)  # there is none any more


@pytest.mark.parametrize("right", [*staff.RIGHT_COLUMNS[:-1], None])
def test_only_who_administers_takes_one_away(world: World, colleague: Gestionnaire, right: str | None) -> None:
    rights: dict[str, Any] = {name: name == right for name in staff.RIGHT_COLUMNS}
    desk = desk_of(factories.a_gestionnaire(world.agence, **rights))
    for ask in (desk.get, desk.post):
        assert ask(url(colleague, "deuxieme-facteur/")).status_code == 403
    assert Authenticator.objects.filter(user=colleague.user).count() == 1


def test_nobody_takes_away_what_is_beyond_them(desk: Desk, world: World, colleague: Gestionnaire) -> None:
    other = factories.a_world().gestionnaire
    an_application(other.user)
    assert desk.post(url(other, "deuxieme-facteur/")).status_code == 404
    limited = factories.a_gestionnaire(world.agence, secteurs=[factories.a_secteur(world.agence)])
    assert desk_of(limited).post(url(colleague, "deuxieme-facteur/")).status_code == 404
    mine = world.gestionnaire
    an_application(mine.user)
    assert "depuis votre compte" in pressed(desk, mine)
    assert Authenticator.objects.count() == 3


@pytest.mark.parametrize("desk_elsewhere", [True, False], ids=["another agency's desk", "the operator's site"])
def test_an_agency_alone_does_not_lower_what_protects_others(
    desk: Desk, colleague: Gestionnaire, desk_elsewhere: bool
) -> None:
    if desk_elsewhere:
        factories.a_gestionnaire(factories.an_agence(name="Agence Colline"), user=colleague.user)
    else:
        User.objects.filter(pk=colleague.user_id).update(is_superuser=True)
    said = pressed(desk, colleague)
    assert "seul l’opérateur du service réinitialise" in said
    assert "Colline" not in said
    assert (Authenticator.objects.count(), RegistryEntry.objects.count(), Mail.objects.count()) == (1, 0, 0)


def test_a_desk_that_closed_elsewhere_does_not_count(desk: Desk, colleague: Gestionnaire) -> None:
    there = factories.an_agence(name="Agence Colline")
    factories.a_gestionnaire(there, user=colleague.user, ended_at=factories.NOW)
    desk.post(url(colleague, "deuxieme-facteur/"))
    assert not Authenticator.objects.exists()
