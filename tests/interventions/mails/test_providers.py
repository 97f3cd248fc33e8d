"""Each provider by its own interface, on loopback: what it is asked to send, and what its refusals come to."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from interventions import letterheads
from interventions.mails import images, leaving
from interventions.models import Fate, Mail
from interventions.states import Action
from interventions.tasks import deliver_due_mails
from tests.factories import NOW, World, a_world
from tests.images import a_png
from tests.interventions.mails.providers import SERVICES, Provider, serving

pytestmark = pytest.mark.django_db(transaction=True)
DUE = NOW + timedelta(minutes=11)


@pytest.fixture(params=SERVICES)
def provider(request: Any, settings: Any, monkeypatch: Any) -> Iterator[Provider]:
    service = SERVICES[request.param]
    with serving(request.param) as (made, at):
        monkeypatch.setenv("AWS_ENDPOINT_URL_SESV2", at)
        monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-3")
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "name")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
        monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
        options = {name: value.format(at=at) for name, value in service.options.items()}
        settings.MAILERS = {"default": {"BACKEND": service.backend, "OPTIONS": options}}
        yield made


@pytest.fixture
def world() -> World:
    """An agency with a logo, one client and one visit that waits for them."""
    made = a_world()
    content = a_png()
    image = images.read(content)
    assert image is not None
    logo = letterheads.keep_logo(made.agence, content, image, NOW)
    wanted = dict.fromkeys(letterheads.TEXTS, "") | {"reply_to": "bonjour@rivage.example"}
    assert letterheads.change(made.as_manager, wanted, logo, NOW)
    made.act(made.visit(), Action.COMPLETE, made.as_intervenant)
    Mail.objects.exclude(user=made.client.user).delete()
    return made


def _sweep(after: timedelta = timedelta()) -> int:
    with time_machine.travel(DUE + after, tick=True):
        return deliver_due_mails()


def _row() -> Mail:
    return Mail.objects.get()


def test_a_mail_arrives_whole_with_our_name_for_it(provider: Provider, world: World) -> None:
    assert _sweep() == 1
    row, (request,), (letter,) = _row(), provider.requests, provider.letters
    service = SERVICES[provider.name]
    assert request.path == service.path
    assert request.headers[service.key[0]] == service.key[1]
    assert (letter.to, letter.subject, letter.reply_to) == (row.to, row.subject, "bonjour@rivage.example")
    assert letter.headers["Message-ID"] == row.message_id
    assert letter.headers["List-Unsubscribe"].startswith("<http")
    assert letter.mail == str(row.public_id)
    assert "[lien]" not in letter.text
    carries = provider.name not in ("brevo", "scaleway")
    assert (letter.pictures, "cid:logo-" in letter.html) == (int(carries), carries)
    assert (row.fate, row.error, bool(row.provider_id)) == (Fate.SENT, "", True)
    assert _sweep() == 0


def test_what_is_refused_is_said_in_the_services_own_words_and_tried_again(provider: Provider, world: World) -> None:
    provider.fault = SERVICES[provider.name].refuses
    assert _sweep() == 0
    row = _row()
    assert (row.fate, row.error) == (Fate.QUEUED, "Refusé par le service d’envoi : email is not valid in to")
    assert not row.lines.filter(told=True).exists()
    provider.fault = None
    assert _sweep(leaving.RETRIES[0] + timedelta(seconds=1)) == 1
    assert _row().fate == Fate.SENT


@pytest.mark.parametrize(
    ("status", "words", "perhaps"),
    [
        (401, "Le service d’envoi n’accepte pas les clés de cette installation.", False),
        (429, "Le service d’envoi demande d’attendre.", False),
        (503, "Le service d’envoi est en panne.", True),
    ],
)
def test_a_service_that_cannot_just_now(
    provider: Provider, world: World, status: int, words: str, perhaps: bool
) -> None:
    provider.fault = (status, {"message": "no"})
    assert _sweep() == 0
    row = _row()
    assert (row.fate, row.error, row.attempts) == (Fate.QUEUED, words, 1)
    assert row.lines.filter(told=True).exists() is perhaps


def test_a_line_cut_after_the_mail_was_read(provider: Provider, world: World) -> None:
    provider.cuts = True
    assert _sweep() == 0
    row = _row()
    assert (row.fate, row.error) == (Fate.QUEUED, "La liaison avec le serveur d’envoi s’est rompue.")
    assert row.lines.filter(told=True).exists()
    provider.cuts = False
    assert _sweep(leaving.RETRIES[0] + timedelta(seconds=1)) == 1
    assert {letter.headers["Message-ID"] for letter in provider.letters} == {row.message_id}


@pytest.mark.parametrize("provider", ["postmark"], indirect=True)
def test_an_address_that_the_service_knows_as_dead_is_given_up_at_once(provider: Provider, world: World) -> None:
    to = _row().to
    said = f"You tried to send to a recipient that has been marked as inactive.\nFound inactive addresses: {to}.\n"
    said += "Inactive recipients are ones that have generated a hard bounce."
    provider.fault = (422, {"ErrorCode": 406, "Message": said})
    assert _sweep() == 0
    row = _row()
    assert (row.fate, row.error) == (Fate.FAILED, "Le service d’envoi refuse cette adresse.")


@pytest.mark.parametrize("provider", ["mailjet"], indirect=True)
def test_a_mail_that_failed_behind_an_answer_that_sounds_well_has_not_left(provider: Provider, world: World) -> None:
    provider.fault = (200, {"Messages": [{"Status": "error", "Errors": [{"ErrorMessage": "no"}]}]})
    assert _sweep() == 0
    assert (_row().fate, _row().error) == (Fate.QUEUED, "Refusé par le service d’envoi : no")


@pytest.mark.parametrize("provider", ["postmark"], indirect=True)
def test_a_mail_without_a_name_of_the_services_has_not_left(provider: Provider, world: World) -> None:
    provider.fault = (422, {"ErrorCode": 406, "Message": "The words have changed."})
    assert _sweep() == 0
    assert (_row().fate, _row().error) == (Fate.QUEUED, "Refusé par le service d’envoi : The words have changed.")
