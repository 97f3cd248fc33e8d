"""From the mail, without a password: the visits of one mail, each act within the reader's rights."""

import re
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.urls import reverse

from interventions import links as links_of_mails
from interventions import operations
from interventions.models import Batch, Intervention, Proposition
from interventions.states import Action, Ground
from portals.web import journal
from tests import factories
from tests.factories import World
from tests.portals.client.link.mailed import browser, deliver, link_to, press
from tests.portals.client.visits import a_done_visit, sent


@pytest.fixture
def visits(world: World) -> list[Intervention]:
    """Two declared visits, told in two mails of which the second tells one."""
    both = [world.visit(start=f"{hour:02d}:00") for hour in (8, 10)]
    from_one_press = [operations.Change(Action.COMPLETE, visit.pk) for visit in both]
    operations.apply(from_one_press, actor=world.as_intervenant, at=world.now, key=factories.key())
    deliver(world.agence)
    return [Intervention.objects.get(pk=visit.pk) for visit in both]


def within(link: str, visit: Intervention, noun: str) -> str:
    return f"{link}interventions/{visit.public_id}/{noun}/"


def said_of_the_validation(visit: Intervention, world: World) -> str:
    """Return who validated, as the journal says it to the agency."""
    [said] = [line.by for line in journal.lines(visit, world.as_manager) if line.status == "validated"]
    return said


def opened(link: str) -> Any:
    there = browser()
    assert there.get(link).status_code == 200
    return there


def test_the_page_shows_the_mail_s_visits_and_nothing_else(world: World, visits: list[Intervention]) -> None:
    other = a_done_visit(world, start="14:00")
    page = browser().get(link_to(world.client.user))
    text = page.content.decode()
    assert all(f"visite-{visit.public_id}" in text for visit in visits)
    assert str(other.public_id) not in text
    assert "Chez Mme Yvonne Quéré" in text
    addresses = set(re.findall(r'href="([^"#]*)"', text))
    assert {a for a in addresses if a.startswith(("/client/", "/compte/"))} == {
        "/compte/connexion/",
        "/compte/connexion/?next=/client/",
    }


def test_a_press_validates_once_as_the_addressee_and_the_journal_says_by_link(
    world: World, visits: list[Intervention]
) -> None:
    link = link_to(world.client.user)
    there, form = opened(link), sent(visits[0])
    for _ in range(2):
        answer = press(there, within(link, visits[0], "validation"), **form)
        assert (answer.status_code, answer.url) == (303, f"{link}#visite-{visits[0].public_id}")
    visits[0].refresh_from_db()
    assert visits[0].status == "validated"
    batch = Batch.objects.get(key=form["key"])
    assert (batch.via, batch.role, batch.actor_id) == ("link", "client", world.client.user_id)
    assert said_of_the_validation(visits[0], world).startswith("Mme Yvonne Quéré (client), par lien")
    assert Session.objects.count() == 0
    assert "Reprendre" in there.get(link).content.decode()
    press(there, within(link, visits[0], "reprise"), **sent(visits[0]))
    visits[0].refresh_from_db()
    assert visits[0].status == "done"


def test_a_proche_acts_for_the_client_and_the_journal_says_for_whom(world: World, visits: list[Intervention]) -> None:
    link = link_to(world.proche.user)
    there = opened(link)
    assert "Vous agissez pour <strong>Mme Yvonne Quéré</strong>" in there.get(link).content.decode()
    press(there, within(link, visits[0], "validation"), **sent(visits[0]))
    said = said_of_the_validation(visits[0], world)
    assert said.startswith("Anne Quéré (proche), pour le client, par lien")


def test_all_visits_of_a_client_in_one_press(world: World, visits: list[Intervention]) -> None:
    link = link_to(world.client.user)
    there = opened(link)
    assert "Valider les 2 visites (2 h)" in there.get(link).content.decode().replace("\u00a0", " ").replace(
        "\u202f", " "
    )
    other = a_done_visit(world, start="14:00")
    rows = [f"{visit.public_id}:{visit.version}" for visit in [*visits, other]]
    address = f"{link}clients/{world.client.public_id}/validations/"
    answer = press(there, address, key=factories.key(), visite=rows)
    assert (answer.status_code, answer.url) == (303, link)
    assert {visit.status for visit in Intervention.objects.filter(pk__in=[one.pk for one in visits])} == {"validated"}
    other.refresh_from_db()
    assert other.status == "done"


def test_modify_and_cancel_keep_what_was_typed_and_come_back_to_the_link(
    world: World, visits: list[Intervention]
) -> None:
    link = link_to(world.client.user)
    there = opened(link)
    motif = world.motif(kind="refus", opens_hours=True)
    address = within(link, visits[0], "modification")
    page = there.get(address, {"motif": motif.public_id}).content.decode()
    assert f'action="{address}"' in page
    assert "Mme Yvonne Quéré" in page
    typed = sent(visits[0], motif=motif.public_id, start="08:00", end="bonjour", comment="Partie tôt.")
    again = press(there, address, **typed)
    assert again.status_code == 422
    assert "Partie tôt." in again.content.decode()
    assert press(there, address, **{**typed, "key": factories.key(), "end": "08:45"}).status_code == 303
    assert Proposition.objects.get(intervention=visits[0]).end == factories.local(visits[0].day, "08:45")
    annulation = world.motif(kind="annulation")
    press(there, within(link, visits[1], "annulation"), **sent(visits[1], motif=annulation.public_id))
    visits[1].refresh_from_db()
    assert visits[1].status == "cancelled"


def test_a_cancellation_is_disputed_and_a_validation_objected_to(world: World) -> None:
    cancelled, settled = world.visit(start="08:00"), a_done_visit(world, start="10:00")
    world.act(cancelled, Action.CANCEL, world.as_intervenant)
    world.act(settled, Action.VALIDATE_FOR_CLIENT, world.as_manager, ground=Ground.PHONE)
    deliver(world.agence)
    links = {}
    for visit in (cancelled, settled):
        mail = visit.mail_lines.filter(mail__user=world.client.user).latest("pk").mail
        links[visit.pk] = reverse("link_prestations", args=[links_of_mails.token(mail.link)])
    there = opened(links[cancelled.pk])
    address = within(links[cancelled.pk], cancelled, "contestation")
    assert there.get(address).status_code == 200
    answer = press(there, address, **sent(cancelled, comment="Elle est bien venue."))
    assert (answer.status_code, answer.url) == (303, f"{links[cancelled.pk]}#visite-{cancelled.public_id}")
    there = opened(links[settled.pk])
    press(there, within(links[settled.pk], settled, "contestation"), **sent(settled, motif="aucune"))
    assert {visit.status for visit in Intervention.objects.all()} == {"arbitration"}


def test_a_proche_without_the_right_to_validate_is_told_why(world: World) -> None:
    world.proche.may_validate = False
    world.proche.save()
    visit = a_done_visit(world)
    deliver(world.agence)
    link = link_to(world.proche.user)
    there = opened(link)
    assert f'action="{within(link, visit, "validation")}"' not in there.get(link).content.decode()
    assert press(there, within(link, visit, "validation"), **sent(visit)).status_code == 422
    visit.refresh_from_db()
    assert visit.status == "done"


def test_a_form_that_shows_an_older_state_is_refused_in_words(world: World, visits: list[Intervention]) -> None:
    link = link_to(world.client.user)
    there, seen = opened(link), sent(visits[0])
    world.act(visits[0], Action.CORRECT, world.as_intervenant, facts=visits[0].retained, comment="Vu la voisine.")
    answer = press(there, within(link, visits[0], "validation"), **seen)
    assert answer.status_code == 422
    assert "a changé depuis" in answer.content.decode()
    assert "Retour à mes prestations" not in answer.content.decode()


def test_one_link_for_the_visits_of_two_clients_keeps_them_apart(world: World) -> None:
    other = factories.a_client(world.agence, last_name="Le Bihan", first_name="Marc", civility="M.", user=None)
    contrat = factories.a_contrat(other, world.prestation)
    factories.a_proche(other, user=world.proche.user, may_validate=False)
    mine = world.visit(start="08:00")
    theirs = world.visit(start="10:00", client_id=other.pk, contrat_id=contrat.pk)
    changes = [operations.Change(Action.COMPLETE, visit.pk) for visit in (mine, theirs)]
    operations.apply(changes, actor=world.as_intervenant, at=world.now, key=factories.key())
    deliver(world.agence)
    link = link_to(world.proche.user)
    there = opened(link)
    page = there.get(link).content.decode()
    assert "Vous agissez pour <strong>M. Marc Le Bihan</strong>" in page
    assert "Vous agissez pour <strong>Mme Yvonne Quéré</strong>" in page
    assert within(link, mine, "validation") in page
    assert within(link, theirs, "validation") not in page
    asked = there.get(within(link, theirs, "modification")).content.decode()
    assert "M. Marc Le Bihan" in asked
    assert "Quéré" not in asked
    theirs.refresh_from_db()
    assert press(there, within(link, theirs, "validation"), **sent(theirs)).status_code == 422
    mine.refresh_from_db()
    assert press(there, within(link, mine, "validation"), **sent(mine)).status_code == 303
