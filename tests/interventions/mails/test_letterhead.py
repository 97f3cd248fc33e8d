"""Two agencies write on their own paper: what arrives at a real server."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from interventions import letterheads
from interventions.mails import colours, images
from interventions.mails.wording import filled
from interventions.models import Mail
from interventions.states import Action
from interventions.tasks import deliver_due_mails
from tests.factories import NOW, World, a_world
from tests.images import a_png
from tests.interventions.mails.sink import Sink, free_port, listening, mailers, text_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def sink(settings: Any) -> Iterator[Sink]:
    port = free_port()
    settings.MAILERS = mailers(port)
    made = Sink()
    with listening(made, port):
        yield made


def _choose(world: World, grey: int, **chosen: str) -> bytes:
    content = a_png(grey=grey)
    image = images.read(content)
    assert image is not None
    logo = letterheads.keep_logo(world.agence, content, image, NOW)
    wanted = dict.fromkeys(letterheads.TEXTS, "") | chosen
    assert letterheads.change(world.as_manager, wanted, logo, NOW)
    return content


def _arrived(sink: Sink, world: World) -> Any:
    return next(mail for mail in sink.mails if mail["To"] == world.client.user.email)


def test_each_agency_has_its_logo_name_sender_and_words(sink: Sink) -> None:
    worlds = {"Rivage": a_world(name="Agence Rivage"), "Colline": a_world(name="Agence Colline")}
    logos = {}
    for grey, (name, world) in enumerate(worlds.items()):
        logos[name] = _choose(
            world, grey, sender_name=f"{name} à domicile", reply_to=f"bonjour@{name.lower()}.example",
            signature=f"L’équipe de {name}\n{{telephone}}", client_asked=f"{name} vous remercie, {{client}}.",
            colour="#7a1f3d",
        )  # fmt: skip
        world.act(world.visit(), Action.COMPLETE, world.as_intervenant)
    with time_machine.travel(NOW + timedelta(minutes=11)):
        assert deliver_due_mails() == 4
    for name, other in (("Rivage", "Colline"), ("Colline", "Rivage")):
        mail = _arrived(sink, worlds[name])
        assert str(mail["From"]) == f"{name} à domicile <ne-pas-repondre@contreseing.example>"
        assert mail["Reply-To"] == f"bonjour@{name.lower()}.example"
        text = text_of(mail).replace("\r\n", "\n")
        assert f"{name} vous remercie, Mme Yvonne Quéré." in text
        assert f"L’équipe de {name}\n02 61 91 20 30" in text
        assert other not in mail.as_string()
        html = mail.get_body(("html",)).get_content()
        (image,) = [part for part in mail.walk() if part.get_content_maintype() == "image"]
        assert image["Content-Disposition"].startswith("inline")
        assert f'src="cid:{image["Content-ID"].strip("<>")}"' in html
        assert image.get_content() == logos[name]
        assert "background: #7a1f3d" in html
        assert "http" not in html.replace("http://127.0.0.1:8000/", "")


def test_a_mail_keeps_the_logo_that_it_left_with(sink: Sink) -> None:
    world = a_world()
    _choose(world, 1)
    world.act(world.visit(), Action.COMPLETE, world.as_intervenant)
    with time_machine.travel(NOW + timedelta(minutes=11)):
        deliver_due_mails()
    before = Mail.objects.latest("pk").html
    _choose(world, 2)
    assert Mail.objects.latest("pk").html == before


@pytest.mark.parametrize(
    ("text", "values", "read"),
    [
        ("Appelez le {telephone}.", {"telephone": "02"}, "Appelez le 02."),
        ("Appelez le {telephone}.", {"telephone": ""}, ""),
        ("{client} {client}", {"client": "{agence}"}, "{agence} {agence}"),
    ],
)
def test_a_sentence_that_has_nothing_to_name_is_left_out(text: str, values: dict[str, str], read: str) -> None:
    assert filled(text, values) == read


def test_contrast_is_that_of_the_standard() -> None:
    assert round(colours.contrast("#000000", "#ffffff"), 2) == 21
    assert round(colours.contrast("#777777", "#ffffff"), 2) == 4.48
    assert not colours.readable("#777777")
    assert colours.readable("#045650")
