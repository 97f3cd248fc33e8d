"""Renvoyer: once, to the present address, only what is still to be said."""

from __future__ import annotations

from datetime import date

import pytest

from interventions.models import Fate, Mail, User
from interventions.states import Action
from tests.factories import World
from tests.portals.manager.conftest import Desk, words


@pytest.fixture
def mail(world: World) -> Mail:
    """A mail to the client that came back."""
    visit = world.visit(day=date(2026, 11, 23))
    world.act(visit, Action.COMPLETE, world.as_intervenant)
    Mail.objects.filter(user=world.client.user).update(fate=Fate.BOUNCED, bounced_at=world.now)
    return Mail.objects.get(user=world.client.user)


def test_it_leaves_again_once_to_the_present_address(world: World, desk: Desk, mail: Mail) -> None:
    User.objects.filter(pk=mail.user_id).update(email="nouvelle@personnes.example")
    assert "Renvoyer" in words(desk.get(f"envois/{mail.public_id}/"))
    for _press in range(2):
        assert desk.post(f"envois/{mail.public_id}/renvoi/").status_code == 303
    again = Mail.objects.get(resends=mail)
    assert (again.to, again.fate, again.lines.count()) == ("nouvelle@personnes.example", Fate.QUEUED, 1)
    assert "Renvoyer" not in words(desk.get(f"envois/{mail.public_id}/"))


def test_what_is_settled_is_not_sent_again(world: World, desk: Desk, mail: Mail) -> None:
    world.act(mail.lines.get().intervention, Action.VALIDATE, world.as_client)
    desk.post(f"envois/{mail.public_id}/renvoi/")
    assert not Mail.objects.filter(resends=mail).exists()
    assert "plus rien à dire" in words(desk.get(f"envois/{mail.public_id}/"))


def test_one_that_has_arrived_is_not_sent_again(desk: Desk, mail: Mail) -> None:
    Mail.objects.filter(pk=mail.pk).update(fate=Fate.DELIVERED, bounced_at=None)
    assert desk.post(f"envois/{mail.public_id}/renvoi/").status_code == 404


def test_one_sent_again_leaves_the_list_that_accueil_counts(desk: Desk, mail: Mail) -> None:
    assert str(mail.public_id) in desk.get("envois/?sort=revenus").text
    desk.post(f"envois/{mail.public_id}/renvoi/")
    assert str(mail.public_id) not in desk.get("envois/?sort=revenus").text
    assert str(mail.public_id) in desk.get("envois/").text
