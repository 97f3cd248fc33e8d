"""Mandates: named by the client or by the agency with a paper, told by mail, ended at once, each step on record."""

from datetime import date
from typing import Any

import pytest
from django.core import mail as post
from django.db import DatabaseError, transaction
from django.urls import reverse

from interventions import mandates
from interventions.mandates import Person, Terms
from interventions.models import Client, Mail, MandateEntry, Proche, ProcheKind, User
from tests import factories
from tests.factories import World
from tests.portals.client.conftest import signed_in
from tests.portals.client.link.mailed import browser, deliver, link_to, press
from tests.portals.client.visits import a_done_visit, at, sent

NEW = {"first_name": "Paul", "last_name": "Quéré", "email": "Paul.Quere@personnes.example", "starts_on": "2026-11-25"}
ALL = {"may_validate": "on", "may_contest": "on", "gets_mails": "on"}
TERMS = Terms(date(2026, 11, 25))


def words(answer: Any) -> str:
    return answer.content.decode().replace("\u202f", " ").replace("\u00a0", " ")


def fiche(world: World) -> str:
    return reverse("gestion:client", args=[world.client.public_id])


def test_the_client_names_a_proche_who_is_told_how_to_sign_in(world: World, client_page: Any) -> None:
    answer = client_page.post(reverse("client:proche-new"), NEW | ALL, follow=True)
    assert "Paul Quéré peut agir pour vous." in words(answer)
    made = Proche.objects.get(first_name="Paul")
    assert (made.user.email, made.kind, made.client) == ("paul.quere@personnes.example", "proche", world.client)
    assert (made.may_validate, made.may_contest, made.gets_mails) == (True, True, True)
    assert not made.user.has_usable_password()
    entry = MandateEntry.objects.get(proche=made)
    assert (entry.step, entry.role, entry.actor_id_kept, entry.at) == (
        "named",
        "client",
        world.client.user_id,
        factories.NOW,
    )
    assert entry.after["may_validate"] is True
    deliver(world.agence, factories.NOW)
    [told] = [message for message in post.outbox if message.to == [made.user.email]]
    assert told.subject == "Vous pouvez agir pour Mme Yvonne Quéré"
    assert "/compte/connexion/" in str(told.body)
    assert "les valider" in str(told.body)
    assert "Vous agissez pour" in words(signed_in(made.user).get("/client/"))


def test_a_known_address_keeps_its_account_and_has_one_running_mandate(world: World, client_page: Any) -> None:
    known = factories.a_user("paul.quere@personnes.example")
    client_page.post(reverse("client:proche-new"), NEW)
    assert Proche.objects.get(first_name="Paul").user == known
    answer = client_page.post(reverse("client:proche-new"), NEW)
    assert answer.status_code == 422
    assert "agit déjà pour ce client" in words(answer)
    assert "Paul.Quere@personnes.example" in words(answer)
    assert Proche.objects.filter(user=known).count() == 1


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"email": "paul"}, "Cette adresse n’est pas complète."),
        ({"last_name": ""}, "Indiquez le nom."),
        ({"ends_on": "2026-11-01"}, "Le mandat finit avant de commencer."),
    ],
)
def test_what_does_not_go_is_said_and_what_was_typed_stays(client_page: Any, typed: Any, said: str) -> None:
    answer = client_page.post(reverse("client:proche-new"), NEW | typed)
    assert answer.status_code == 422
    assert said in words(answer)
    assert "Paul" in words(answer)
    assert not User.objects.filter(email="paul.quere@personnes.example").exists()


def test_only_the_agency_names_a_tuteur_and_only_with_a_paper(world: World, client_page: Any) -> None:
    client_page.post(reverse("client:proche-new"), NEW | {"kind": "tuteur"})
    assert Proche.objects.get(first_name="Paul").kind == "proche"
    person = Person("t@personnes.example", "Tanguy")
    tuteur = Terms(TERMS.starts_on, kind=ProcheKind.TUTEUR)
    with pytest.raises(mandates.Refused, match="L’agence désigne"):
        mandates.name(world.as_client, world.client, person, tuteur, at=world.now)
    desk = signed_in(world.gestionnaire.user)
    address = reverse("gestion:proche-new", args=[world.client.public_id])
    entered = NEW | {"email": "t@personnes.example", "first_name": "Tanguy", "kind": "tuteur"}
    answer = desk.post(address, entered)
    assert (answer.status_code, "Dites quel document vous avez vu." in words(answer)) == (422, True)
    answer = desk.post(address, entered | {"paper": "Jugement du 3 mars 2026"}, follow=True)
    assert "Mandat enregistré pour Tanguy Quéré" in words(answer)
    made = Proche.objects.get(kind="tuteur")
    sheet = words(desk.get(reverse("gestion:proche", args=[made.public_id])))
    assert "Mandat donné par Claire Morvan (gestionnaire), mercredi 25 novembre à 12 h 00" in sheet
    assert "Document vu : Jugement du 3 mars 2026" in sheet
    assert "appelez-la pour changer" in words(client_page.get(reverse("client:proches")))
    assert client_page.get(reverse("client:proche", args=[made.public_id])).status_code == 403
    client_page.post(reverse("client:proche-end", args=[made.public_id]))
    made.refresh_from_db()
    assert made.ended_at is None


def test_who_may_not_name_anybody(world: World, proche_page: Any) -> None:
    assert "Mes proches" not in words(proche_page.get("/client/"))
    seen = words(proche_page.get(reverse("client:proches")))
    assert "Seuls le client et l’agence désignent" in seen
    assert world.proche.user.email not in seen
    assert proche_page.post(reverse("client:proche-new"), NEW).status_code == 403
    assert proche_page.post(reverse("client:proche-end", args=[world.proche.public_id])).status_code == 403
    reader = factories.a_gestionnaire(world.agence, may_manage=False)
    desk = signed_in(reader.user)
    for address in (
        reverse("gestion:proche-new", args=[world.client.public_id]),
        reverse("gestion:proche", args=[world.proche.public_id]),
        reverse("gestion:proche-end", args=[world.proche.public_id]),
    ):
        assert desk.post(address, NEW | {"paper": "x"}).status_code == 403
    assert MandateEntry.objects.count() == 0
    assert Mail.objects.count() == 0


def test_with_a_tuteur_who_acts_alone_the_client_names_nobody(world: World, client_page: Any) -> None:
    world.agence.tuteur_acts_alone = True
    world.agence.save()
    factories.a_proche(world.client, kind="tuteur")
    assert "Votre tuteur répond à votre place." in words(client_page.get(reverse("client:proches")))
    assert client_page.post(reverse("client:proche-new"), NEW).status_code == 403


def test_less_rights_hold_from_the_next_press_of_an_open_session(world: World, client_page: Any) -> None:
    visit = a_done_visit(world)
    there = signed_in(world.proche.user)
    assert there.get("/client/").status_code == 200
    address = reverse("client:proche", args=[world.proche.public_id])
    assert "2026-01-01" in words(client_page.get(address))
    terms = {"starts_on": "2026-01-01", "may_contest": "on", "gets_mails": "on"}
    client_page.post(address, terms, follow=True)
    assert there.post(at(visit, "validation"), sent(visit)).status_code == 422
    visit.refresh_from_db()
    assert visit.status == "done"
    assert MandateEntry.objects.get().after["may_validate"] is False
    assert "Mandat modifié par Mme Yvonne Quéré (client)" in words(client_page.get(address))


@pytest.mark.parametrize("by", ["the client", "the agency"])
def test_an_ended_mandate_is_over_at_once_in_open_sessions_and_links(world: World, client_page: Any, by: str) -> None:
    visit = a_done_visit(world)
    deliver(world.agence)
    link, session, by_link = link_to(world.proche.user), signed_in(world.proche.user), browser()
    assert session.get("/client/").status_code == 200
    assert by_link.get(link).status_code == 200
    if by == "the client":
        client_page.post(reverse("client:proche-end", args=[world.proche.public_id]))
    else:
        desk = signed_in(world.gestionnaire.user)
        desk.post(reverse("gestion:proche-end", args=[world.proche.public_id]), {"paper": "Courrier du client"})
    assert session.get("/client/").status_code == 403
    assert session.post(at(visit, "validation"), sent(visit)).status_code == 403
    assert by_link.get(link).status_code == 410
    assert press(by_link, f"{link}interventions/{visit.public_id}/validation/", **sent(visit)).status_code == 410
    visit.refresh_from_db()
    assert visit.status == "done"
    assert MandateEntry.objects.get().step == "ended"
    assert world.proche.public_id.hex not in words(client_page.get(reverse("client:proches"))).replace("-", "")
    again = factories.a_proche(world.client, user=world.proche.user)
    assert again.pk
    assert by_link.get(link).status_code == 410
    other = a_done_visit(world, start="14:00")
    assert not Mail.objects.filter(user=world.proche.user, lines__intervention=other, to="").exists()


CHANGED = {"starts_on": "2026-01-01", "may_contest": "on", "ends_on": "2026-12-31"}


def told(world: World) -> list[tuple[str, str]]:
    """Return subject and text of the mails of mandates that the proche of the world got."""
    deliver(world.agence, factories.NOW)
    mine = Mail.objects.filter(user=world.proche.user, kind="mandate").order_by("pk")
    return [(one.subject, " ".join(one.text.replace("\u00a0", " ").split())) for one in mine]


def test_who_acts_is_told_of_a_change_and_of_the_end(world: World, client_page: Any) -> None:
    address = reverse("client:proche", args=[world.proche.public_id])
    client_page.post(address, CHANGED)
    [(subject, text)] = told(world)
    assert subject == "Ce que vous pouvez faire pour Mme Yvonne Quéré change"
    assert "Mme Yvonne Quéré a changé ce que vous pouvez faire." in text
    assert "Vous pouvez : - voir les visites - les modifier ou les annuler À partir du 01/01/2026" in text
    assert "jusqu’au 31/12/2026. Vous ne recevez pas les mails." in text
    client_page.post(address, CHANGED)
    assert len(told(world)) == 1
    client_page.post(reverse("client:proche-end", args=[world.proche.public_id]))
    subject, text = told(world)[-1]
    assert subject == "Vous n’agissez plus pour Mme Yvonne Quéré"
    assert "Mme Yvonne Quéré a mis fin à votre mandat." in text
    assert "Les liens des mails déjà reçus ne servent plus." in text


def test_the_agency_s_changes_are_told_and_its_papers_are_not(world: World) -> None:
    desk = signed_in(world.gestionnaire.user)
    address = reverse("gestion:proche", args=[world.proche.public_id])
    same = {"starts_on": world.proche.starts_on.isoformat(), "kind": world.proche.kind, "paper": "Procuration"} | ALL
    assert desk.post(address, same).status_code == 303
    assert told(world) == []
    desk.post(address, same | {"kind": "tuteur"})
    assert f"{world.agence.name} a changé ce que vous pouvez faire pour Mme Yvonne Quéré." in told(world)[-1][1]
    desk.post(reverse("gestion:proche-end", args=[world.proche.public_id]))
    assert f"{world.agence.name} a mis fin à votre mandat pour Mme Yvonne Quéré." in told(world)[-1][1]
    assert MandateEntry.objects.count() == len(told(world)) + 1 == 3


def test_the_end_of_what_had_run_out_is_not_told_again(world: World) -> None:
    Proche.objects.update(ends_on=date(2026, 11, 24))
    mandates.end(world.as_client, world.proche, at=world.now)
    assert (told(world), MandateEntry.objects.get().step) == ([], "ended")


def test_changes_are_limited_and_an_end_is_not(world: World) -> None:
    for n in range(mandates.NAMINGS_A_DAY):
        mandates.change(world.as_client, world.proche, Terms(date(2026, 11, 1 + n)), at=world.now)
    with pytest.raises(mandates.Refused, match="Trop de changements"):
        mandates.change(world.as_client, world.proche, TERMS, at=world.now)
    mandates.end(world.as_client, world.proche, at=world.now)
    assert MandateEntry.objects.latest("pk").step == "ended"


def test_an_ended_mandate_gets_no_mail(world: World) -> None:
    mandates.end(world.as_client, world.proche, at=world.now)
    a_done_visit(world)
    assert not Mail.objects.filter(user=world.proche.user).exclude(kind="mandate").exists()
    Client.objects.update(gets_mails=False)
    assert list(Client.objects.without_mails(date(2026, 11, 25))) == [world.client]
    with pytest.raises(mandates.Refused, match="terminé"):
        mandates.change(world.as_client, world.proche, TERMS, at=world.now)


def test_a_client_s_side_cannot_write_to_the_whole_world(world: World) -> None:
    for n in range(mandates.NAMINGS_A_DAY):
        mandates.name(world.as_client, world.client, Person(f"p{n}@personnes.example", "Le Goff"), TERMS, at=world.now)
    with pytest.raises(mandates.Refused, match="Trop de désignations"):
        mandates.name(world.as_client, world.client, Person("p@personnes.example", "Le Goff"), TERMS, at=world.now)


def test_the_record_cannot_be_rewritten(world: World) -> None:
    mandates.end(world.as_client, world.proche, at=world.now)
    for rewrite in (MandateEntry.objects.all().delete, lambda: MandateEntry.objects.update(actor_name="x")):
        with pytest.raises(DatabaseError), transaction.atomic():
            rewrite()


def test_a_proche_of_two_clients_chooses_and_reads_the_name_on_every_page(world: World, proche_page: Any) -> None:
    other = factories.a_client(world.agence, civility="M.", first_name="Marc")
    factories.a_proche(other, user=world.proche.user)
    visit = a_done_visit(world)
    answer = proche_page.get("/client/")
    assert answer.status_code == 302
    doors = proche_page.get(answer.url)
    keys = [door.key for _agence, group in doors.context["agences"] for door in group]
    names = {door.key: door.client_name for _agence, group in doors.context["agences"] for door in group}
    for key in keys:
        proche_page.post(reverse("account_doors"), {"door": key})
        for page in ("/client/", "/client/planning/", "/client/demandes/", "/client/proches/"):
            said = words(proche_page.get(page))
            assert f"Vous agissez pour <strong>{names[key]}</strong>" in said
            assert "Changer de personne" in said
        expected = 200 if names[key] == world.client.full_name else 404
        assert proche_page.get(at(visit)).status_code == expected
    assert sorted(names.values()) == ["M. Marc Quéré", "Mme Yvonne Quéré"]


def test_two_clients_of_the_same_name_are_told_apart_by_where_they_live(world: World, proche_page: Any) -> None:
    home = ("1 rue du Port", "2 rue du Port")
    other = factories.a_client(world.agence, first_name="Yvonne", address=home[1], city="Brest")
    Client.objects.filter(pk=world.client.pk).update(address=home[0], city="Brest")
    mandate = factories.a_proche(other, user=world.proche.user)
    for held, address in ((world.proche, home[0]), (mandate, home[1])):
        proche_page.post(reverse("account_doors"), {"door": f"proche:{held.pk}"})
        assert f"<strong>Mme Yvonne Quéré, {address}, Brest</strong>" in words(proche_page.get("/client/"))


def test_a_proche_of_one_client_has_nobody_to_change_to(world: World, proche_page: Any) -> None:
    said = words(proche_page.get("/client/"))
    assert ("Vous agissez pour" in said, "Changer de personne" in said) == (True, False)


def test_another_client_s_mandates_are_not_there(world: World, client_page: Any) -> None:
    near = factories.a_proche(factories.a_client(world.agence))
    far = factories.a_world().proche
    for mandate in (near, far):
        for name in ("client:proche", "client:proche-end"):
            assert client_page.post(reverse(name, args=[mandate.public_id]), NEW).status_code == 404
    desk = signed_in(world.gestionnaire.user)
    for name in ("gestion:proche", "gestion:proche-end"):
        assert desk.post(reverse(name, args=[far.public_id]), NEW).status_code == 404
    assert MandateEntry.objects.count() == 0
