"""Utilisateurs et droits: invited, changed, seen out, taken back, signed out; by whom, for whom, on record."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from allauth.usersessions.models import UserSession
from django.core import mail as outbox
from django.test import Client as Browser
from pytest_django.fixtures import Settings

from interventions import clock
from interventions.models import Gestionnaire, Mail, MailKind, RegistryEntry, Secteur, User
from interventions.registry import staff
from tests import factories
from tests.factories import World
from tests.portals.manager.conftest import Desk, desk_of, words

pytestmark = pytest.mark.django_db
PASSWORD = "contreseing-demo"
RIGHTS = ("manage", "arbitrate", "close", "unlock", "administer")
NEW: dict[str, Any] = {
    "last_name": "Élan",
    "first_name": "Rose",
    "email": "Rose.Elan@personnes.example",
    "may_manage": "on",
}
ALL: dict[str, Any] = {"scope": "tous"}


def url(member: Gestionnaire, what: str = "") -> str:
    return f"utilisateurs/{member.public_id}/{what}"


def typed(member: Gestionnaire, **changed: Any) -> dict[str, Any]:
    """Return what the form of a member sends, with some of it changed; None leaves a box empty."""
    fields: dict[str, Any] = {"last_name": member.last_name, "first_name": member.first_name}
    fields |= {name: "on" if getattr(member, name) else None for name in staff.RIGHT_COLUMNS}
    fields |= {"scope": "tous" if member.all_secteurs else "certains"}
    fields |= {"secteurs": list(member.secteurs.values_list("pk", flat=True))}
    return {name: value for name, value in (fields | changed).items() if value is not None}


def steps(member: Gestionnaire) -> list[tuple[str, dict[str, Any], dict[str, Any]]]:
    entries = RegistryEntry.objects.filter(kind="gestionnaire", row_id=member.pk).order_by("pk")
    return [(one.step, one.before, one.after) for one in entries]


def signed_in(user: User, agent: str = "Firefox/140.0 Linux") -> Any:
    if not user.has_usable_password():
        user.set_password(PASSWORD)
        user.save()
    browser: Any = Browser(headers={"User-Agent": agent})
    assert browser.post("/compte/connexion/", {"login": user.email, "password": PASSWORD}).status_code == 302
    return browser


@pytest.fixture(autouse=True)
def quick_hashes(settings: Settings) -> None:
    """Hash fast."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def again(member: Gestionnaire) -> Gestionnaire:
    return Gestionnaire.objects.get(pk=member.pk)


def test_the_list_says_rights_in_words_whose_visits_and_the_last_sign_in(desk: Desk, world: World) -> None:
    secteur = factories.a_secteur(world.agence, name="Presqu’île")
    rights = dict.fromkeys((f"may_{one}" for one in RIGHTS), False) | {"may_arbitrate": True}
    factories.a_gestionnaire(world.agence, secteurs=[secteur], last_name="Abel", first_name="Ida", **rights)
    User.objects.filter(pk=world.gestionnaire.user_id).update(last_login=factories.NOW)
    page = words(desk.get("utilisateurs/"))
    assert "Abel Ida lecture, délibération Presqu’île non jamais" in page
    everything = "lecture, gestion, délibération, clôture, déverrouillage, administration toute l’agence"
    assert f"{world.gestionnaire.last_name} {world.gestionnaire.first_name} {everything}" in page
    assert page.index("Abel Ida") < page.index(everything)
    assert f"{world.now.astimezone(world.agence.zone):%d/%m/%Y}" in page


def test_an_invitation_opens_the_desk_to_an_address_that_has_no_password(desk: Desk, world: World) -> None:
    answer = desk.post("utilisateurs/invitation/", **NEW, **ALL)
    made = Gestionnaire.objects.get(last_name="Élan")
    assert (answer.status_code, answer["Location"]) == (303, f"/gestion/{url(made)}")
    assert (made.user.email, made.user.has_usable_password()) == ("rose.elan@personnes.example", False)
    assert staff.rights_of(made) == ["lecture", "gestion"]
    told = Mail.objects.get(user=made.user)
    assert (told.kind, told.to) == (MailKind.ACCESS, made.user.email)
    for said in ("Bonjour Rose Élan", "/compte/connexion/", f"la gestion de {world.agence.name}"):
        assert said in told.text
    assert outbox.outbox == []
    [(step, before, after)] = steps(made)
    assert (step, before) == ("created", {})
    assert after == {
        **{f"may_{one}": one == "manage" for one in RIGHTS},
        "all_secteurs": True,
        "ended_at": None,
        "secteurs": [],
    }
    kept = RegistryEntry.objects.get().kept_apart
    assert kept.after == {"last_name": "Élan", "first_name": "Rose", "user": "rose.elan@personnes.example"}
    page = words(desk.get(url(made)))
    assert "Jamais connecté" in page
    assert "Création. " in page
    browser = Browser()
    browser.force_login(made.user)
    assert browser.get("/gestion/").status_code == 200


def test_an_address_has_one_access_and_who_left_is_taken_back_instead(desk: Desk, world: World) -> None:
    desk.post("utilisateurs/invitation/", **NEW, **ALL)
    made = Gestionnaire.objects.get(last_name="Élan")
    second = desk.post("utilisateurs/invitation/", **NEW, **ALL)
    assert (second.status_code, "a déjà un accès" in words(second)) == (422, True)
    assert 'value="Rose.Elan@personnes.example"' in second.text
    desk.post(url(made, "depart/"))
    left = desk.post("utilisateurs/invitation/", **NEW, **ALL)
    assert (left.status_code, "Cette personne est partie" in words(left)) == (422, True)
    assert "Élan Rose" not in words(desk.get("utilisateurs/"))
    assert "Élan Rose" in words(desk.get("utilisateurs/?etat=partis"))
    assert desk.post(url(made, "retour/")).status_code == 303
    assert again(made).ended_at is None
    assert Mail.objects.filter(user=made.user, kind=MailKind.ACCESS).count() == 3, "opened, closed, opened again"
    assert [step for step, _before, _after in steps(made)] == ["created", "archived", "restored"]
    desk.post(url(made, "retour/"))
    assert len(steps(made)) == 3, "who is here is not taken back twice"


def test_what_is_missing_is_said_beside_its_field_and_nothing_is_made(desk: Desk, world: World) -> None:
    answer = desk.post("utilisateurs/invitation/", email="rose@", first_name="Rose", scope="certains")
    for sentence in ("Indiquez le nom.", "Cette adresse n’est pas complète.", "Choisissez au moins un secteur."):
        assert sentence in words(answer)
    assert (answer.status_code, 'value="rose@"' in answer.text) == (422, True)
    assert not Gestionnaire.objects.filter(first_name="Rose").exists()
    assert not Mail.objects.exists()


def test_a_change_of_rights_holds_at_once_and_tells_before_and_after(desk: Desk, world: World) -> None:
    secteur = factories.a_secteur(world.agence, name="Presqu’île")
    other = factories.a_gestionnaire(world.agence, last_name="Abel")
    theirs = desk_of(other)
    assert theirs.get("utilisateurs/").status_code == 200
    sent = typed(other, may_administer=None, scope="certains", secteurs=[secteur.pk])
    assert desk.post(url(other, "droits/"), **sent).status_code == 303
    assert theirs.get("utilisateurs/").status_code == 403
    assert theirs.get(f"clients/{world.client.public_id}/").status_code == 404
    before = {"may_administer": True, "all_secteurs": True, "secteurs": []}
    after = {"may_administer": False, "all_secteurs": False, "secteurs": [secteur.pk]}
    assert steps(other) == [("changed", before, after)]
    page = words(desk.get(url(other)))
    assert "Administration : de « oui » à « non »" in page
    assert "Secteurs : de « — » à « Presqu’île »" in page
    desk.post(url(other, "droits/"), **typed(again(other)))
    assert len(steps(other)) == 1, "nothing changed, nothing written"
    desk.post(url(other, "droits/"), **typed(again(other), scope="tous"))
    assert (again(other).all_secteurs, list(again(other).secteurs.all())) == (True, [])


def test_leaving_ends_the_sessions_at_once(desk: Desk, world: World, django_capture_on_commit_callbacks: Any) -> None:
    other = factories.a_gestionnaire(world.agence, last_name="Abel")
    browser = signed_in(other.user)
    assert browser.get("/gestion/").status_code == 200
    assert "Abel" in words(desk.get(url(other, "depart/")))
    with django_capture_on_commit_callbacks(execute=True):
        assert desk.post(url(other, "depart/")).status_code == 303
    assert browser.get("/compte/").status_code == 302, "signed out, not only shut out"
    [(step, before, after)] = steps(other)
    assert (step, before, list(after)) == ("archived", {"ended_at": None}, ["ended_at"])
    assert desk.post(url(other, "droits/"), **typed(other)).status_code == 422
    assert len(steps(other)) == 1


def test_who_leaves_by_their_own_press_is_signed_out(world: World, django_capture_on_commit_callbacks: Any) -> None:
    other = factories.a_gestionnaire(world.agence, last_name="Abel")
    browser = signed_in(other.user)
    browser.get("/gestion/")
    with django_capture_on_commit_callbacks(execute=True):
        answer = browser.post(f"/gestion/{url(other, 'depart/')}")
    assert (answer.status_code, answer["Location"]) == (303, "/compte/connexion/")
    assert browser.get("/gestion/").status_code == 302


@pytest.mark.parametrize("beside", ["nobody", "a limited one", "a closed account", "somebody who left"])
def test_the_last_who_administers_all_neither_leaves_nor_gives_it_up(desk: Desk, world: World, beside: str) -> None:
    me, secteur = world.gestionnaire, factories.a_secteur(world.agence)
    if beside == "a limited one":
        factories.a_gestionnaire(world.agence, secteurs=[secteur])
    elif beside == "a closed account":
        other = factories.a_gestionnaire(world.agence)
        User.objects.filter(pk=other.user_id).update(is_active=False)
    elif beside == "somebody who left":
        factories.a_gestionnaire(world.agence, ended_at=factories.NOW)
    sent = [typed(me, may_administer=None), typed(me, scope="certains", secteurs=[secteur.pk])]
    for values in sent:
        answer = desk.post(url(me, "droits/"), **values)
        assert (answer.status_code, "Personne d’autre n’administre" in words(answer)) == (422, True)
    answer = desk.browser.post(f"/gestion/{url(me, 'depart/')}", follow=True)
    assert "Personne d’autre n’administre toute l’agence" in words(answer)
    mine = again(me)
    assert (mine.ended_at, mine.may_administer, mine.all_secteurs) == (None, True, True)
    assert not RegistryEntry.objects.exists()
    factories.a_gestionnaire(world.agence, last_name="Relève")
    assert desk.post(url(me, "droits/"), **sent[0])["Location"] == "/gestion/"
    assert not again(me).may_administer


def test_two_who_take_administration_from_each_other_leave_one(world: World) -> None:
    mine, other = world.gestionnaire, factories.a_gestionnaire(world.agence)
    me, they = factories.actor_of(mine), factories.actor_of(other)
    staff.see_out(me, other, clock.now())
    with pytest.raises(staff.Refused, match="reviennent à qui a l’administration"):
        staff.see_out(they, mine, clock.now())
    assert again(mine).ended_at is None


@pytest.mark.parametrize("right", ["manage", "arbitrate", "close", "unlock", ""])
def test_no_other_right_opens_any_of_it(world: World, right: str) -> None:
    rights: dict[str, Any] = {f"may_{each}": each == right for each in RIGHTS}
    limited = desk_of(factories.a_gestionnaire(world.agence, last_name="Sans", **rights))
    other = factories.a_gestionnaire(world.agence, last_name="Abel")
    for path in (
        "utilisateurs/",
        "utilisateurs/invitation/",
        url(other),
        url(other, "droits/"),
        url(other, "depart/"),
    ):
        answer = limited.get(path)
        assert (answer.status_code, "qui a l’administration" in words(answer), "Abel" in answer.text) == (
            403,
            True,
            False,
        )
    posts = {"utilisateurs/invitation/": {**NEW, **ALL}, url(other, "droits/"): typed(other, may_close=None)}
    posts |= {url(other, what): {} for what in ("depart/", "retour/", "sessions/")}
    for path, values in posts.items():
        assert limited.post(path, **values).status_code == 403
    assert "/gestion/utilisateurs/" not in limited.get("").text
    assert "/gestion/utilisateurs/" not in limited.get("parametres/").text
    assert not RegistryEntry.objects.exists()
    assert not Mail.objects.exists()


class TestWhoHasSomeSecteursOnly:
    """An administrator with a limit sees, and gives, no more than that."""

    @pytest.fixture
    def secteurs(self, world: World) -> list[Secteur]:
        return [factories.a_secteur(world.agence, name=name) for name in ("Nord", "Sud", "Est")]

    @pytest.fixture
    def limited(self, world: World, secteurs: list[Secteur]) -> Desk:
        return desk_of(factories.a_gestionnaire(world.agence, secteurs=secteurs[:2], last_name="Limite"))

    def test_they_see_whom_their_secteurs_alone_concern(
        self, world: World, secteurs: list[Secteur], limited: Desk
    ) -> None:
        north, both, east, astride, nothing = (
            factories.a_gestionnaire(world.agence, secteurs=some, last_name=name)
            for name, some in (
                ("Boréal", secteurs[:1]),
                ("Double", secteurs[:2]),
                ("Levant", secteurs[2:]),
                ("Cheval", secteurs[1:]),
                ("Vide", []),
            )
        )
        page = limited.get("utilisateurs/").text
        shown = {one.last_name: one.last_name in page for one in (north, both, east, astride, nothing)}
        assert shown == {"Boréal": True, "Double": True, "Levant": False, "Cheval": False, "Vide": False}
        assert world.gestionnaire.user.email not in page
        for hidden in (world.gestionnaire, east, astride, nothing):
            for what in ("", "droits/", "depart/"):
                assert limited.get(url(hidden, what)).status_code == 404
            for what in ("droits/", "depart/", "retour/", "sessions/"):
                assert limited.post(url(hidden, what), **typed(hidden)).status_code == 404
        assert not RegistryEntry.objects.exists()

    def test_they_give_their_secteurs_and_no_others(
        self, world: World, secteurs: list[Secteur], limited: Desk
    ) -> None:
        form = limited.get("utilisateurs/invitation/").text
        assert ("Nord" in form, "Est" in form, 'name="scope"' in form) == (True, False, False)
        for values in ({"secteurs": [secteurs[2].pk]}, {"secteurs": [s.pk for s in secteurs]}, {}, ALL):
            assert limited.post("utilisateurs/invitation/", **NEW, **values).status_code == 422
        assert not Gestionnaire.objects.filter(last_name="Élan").exists()
        assert limited.post("utilisateurs/invitation/", **NEW, secteurs=[secteurs[0].pk]).status_code == 303
        made = Gestionnaire.objects.get(last_name="Élan")
        assert (made.all_secteurs, list(made.secteurs.all())) == (False, secteurs[:1])
        wider = typed(made, secteurs=[secteurs[0].pk, secteurs[2].pk])
        assert limited.post(url(made, "droits/"), **wider).status_code == 422
        assert list(made.secteurs.all()) == secteurs[:1]

    def test_they_do_not_widen_themselves(self, world: World, secteurs: list[Secteur], limited: Desk) -> None:
        me = Gestionnaire.objects.get(last_name="Limite")
        for values in (typed(me, scope="tous"), typed(me, scope="tous", secteurs=[s.pk for s in secteurs])):
            limited.post(url(me, "droits/"), **values)
            assert (again(me).all_secteurs, again(me).secteurs.count()) == (False, 2)

    def test_the_domain_refuses_what_no_form_offers(
        self, world: World, secteurs: list[Secteur], limited: Desk
    ) -> None:
        me = factories.actor_of(Gestionnaire.objects.get(last_name="Limite"))
        foreign = factories.a_secteur(factories.a_world().agence)
        whole = factories.actor_of(world.gestionnaire)
        refusals = [(me, None), (me, [secteurs[2].pk]), (me, []), (whole, [foreign.pk]), (whole, [])]
        for actor, some in refusals:
            with pytest.raises(staff.Refused):
                staff.invite(actor, "x@personnes.example", {"last_name": "X"}, some, clock.now())
        with pytest.raises(staff.Refused):
            staff.see_out(me, world.gestionnaire, clock.now())
        assert not User.objects.filter(email="x@personnes.example").exists()


class TestSessions:
    """What is seen of the devices of a member, and ended."""

    def test_those_at_this_desk_are_listed_with_when_they_were_last_seen(self, desk: Desk, world: World) -> None:
        other = factories.a_gestionnaire(world.agence, last_name="Abel")
        assert "Aucune session n’est ouverte" in words(desk.get(url(other)))
        browser = signed_in(other.user)
        assert "Aucune session n’est ouverte" in words(desk.get(url(other))), "signed in, not at this desk"
        browser.get("/gestion/")
        page = words(desk.get(url(other)))
        assert "Firefox sur ordinateur Linux connecté le" in page
        assert ", vu le " in page

    def test_what_is_in_use_is_noted_every_few_minutes_and_not_at_each_page(self, world: World) -> None:
        browser = signed_in(world.gestionnaire.user)
        seen = []
        for minutes in (0, 4, 6, 10, 12):
            with time_machine.travel(factories.NOW + timedelta(minutes=minutes), tick=False):
                browser.get("/gestion/")
            [session] = UserSession.objects.all()
            seen.append(session.last_seen_at - factories.NOW)
        assert seen == [timedelta(minutes=minutes) for minutes in (0, 0, 6, 6, 12)]
        assert session.data == {"desks": {str(world.gestionnaire.pk): session.last_seen_at.isoformat()}}

    def test_another_agency_does_not_see_that_the_same_address_is_at_work_here(self, desk: Desk, world: World) -> None:
        other = factories.a_gestionnaire(world.agence, last_name="Abel")
        there = factories.a_gestionnaire(factories.a_world().agence, user=other.user)
        signed_in(other.user).post("/compte/espaces/", {"door": f"manager:{there.pk}"})
        browser = signed_in(other.user)
        browser.post("/compte/espaces/", {"door": f"manager:{there.pk}"})
        assert browser.get("/gestion/").status_code == 200
        assert "Aucune session n’est ouverte" in words(desk.get(url(other)))

    def test_one_or_all_of_them_are_ended_and_it_stands_on_record(self, desk: Desk, world: World) -> None:
        other = factories.a_gestionnaire(world.agence, last_name="Abel")
        phone, office = signed_in(other.user, "Android Chrome/130.0"), signed_in(other.user)
        third = factories.a_gestionnaire(world.agence, last_name="Tiers")
        theirs = signed_in(third.user)
        for browser in (phone, office, theirs):
            browser.get("/gestion/")
        page = desk.get(url(other)).text
        key = page.partition('name="session" value="')[2].partition('"')[0]
        strange = desk.get(url(third)).text.partition('name="session" value="')[2].partition('"')[0]
        assert "déjà fermée" in words(
            desk.browser.post(f"/gestion/{url(other, 'sessions/')}", {"session": strange}, follow=True)
        )
        desk.post(url(other, "sessions/"), session=key)
        statuses = [browser.get("/gestion/").status_code for browser in (phone, office, theirs)]
        assert sorted(statuses[:2]) == [200, 302]
        assert statuses[2] == 200
        desk.post(url(other, "sessions/"))
        assert [browser.get("/gestion/").status_code for browser in (phone, office, theirs)] == [302, 302, 200]
        assert [step for step, _before, _after in steps(other)] == ["signed_out", "signed_out"]
        assert steps(third) == []
        assert "Fermeture de sessions" in words(desk.get(url(other)))

    def test_ones_own_are_ended_from_ones_account(self, world: World) -> None:
        me = signed_in(world.gestionnaire.user)
        assert "Mes appareils connectés" in words(me.get(f"/gestion/{url(world.gestionnaire)}"))
        me.post(f"/gestion/{url(world.gestionnaire, 'sessions/')}")
        assert me.get("/gestion/").status_code == 200
        assert not RegistryEntry.objects.exists()
