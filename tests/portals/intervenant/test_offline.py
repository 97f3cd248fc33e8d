"""The portal as an app: its manifest, its worker, who is signed in; signing out leaves nothing."""

import json
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.test import Client

from portals.intervenant.offline import assets
from portals.web.phone import door_of, owner_of
from tests.factories import World

LIST = "/intervenant/interventions/"
REPORT = f"{LIST}nouvelle/"
PAGES = (LIST, "/intervenant/", REPORT)


def is_static(address: str) -> bool:
    return address.startswith(settings.STATIC_URL)


@pytest.mark.parametrize("page", PAGES)
def test_the_worker_keeps_whatever_the_kept_pages_load(world: World, portal: Client, page: str) -> None:
    world.visit()
    found = re.findall(r'(?:src|href|data-queue)="([^"#]+)', portal.get(page).text)
    loaded = {address for address in found if is_static(address) and not address.endswith(".png")}
    assert loaded - set(assets()) == set()


def test_whatever_the_worker_keeps_is_there() -> None:
    for address in assets():
        assert finders.find(address.removeprefix(settings.STATIC_URL)), address


def test_the_worker_says_what_it_keeps_and_loads_our_scripts(world: World, portal: Client) -> None:
    answer = portal.get("/intervenant/sw.js")
    assert answer.headers["Content-Type"].startswith("text/javascript")
    first, second = answer.text.strip().splitlines()
    phone = json.loads(first.removeprefix("self.phone = ").removesuffix(";"))
    assert phone["pages"] == list(PAGES)
    assert phone["list"] == LIST
    assert re.fullmatch(r'importScripts\("[^"]*queue\.js", "[^"]*worker\.js"\);', second)
    assert "worker-src 'self'" in answer.headers["Content-Security-Policy"]


def test_the_manifest_names_icons_that_are_there(world: World, portal: Client) -> None:
    answer = portal.get("/intervenant/application.webmanifest")
    assert answer.headers["Content-Type"] == "application/manifest+json"
    manifest = json.loads(answer.content)
    assert (manifest["start_url"], manifest["scope"], manifest["display"]) == (LIST, "/intervenant/", "standalone")
    for icon in manifest["icons"]:
        found = finders.find(icon["src"].removeprefix(settings.STATIC_URL))
        assert found
        head = Path(str(found)).read_bytes()[:24]
        size = int.from_bytes(head[16:20])
        assert (head[1:4], f"{size}x{size}") == (b"PNG", icon["sizes"])


def test_who_is_signed_in_is_said_with_a_token_that_works(world: World) -> None:
    portal = Client(enforce_csrf_checks=True)
    assert world.intervenant.user
    portal.force_login(world.intervenant.user)
    said = portal.get("/intervenant/telephone/").json()
    assert (said["owner"], said["door"]) == (owner_of(world.intervenant.user.pk), door_of(world.as_intervenant))
    headers = {"Accept": "application/json", "X-CSRFToken": said["token"]}
    assert portal.post("/intervenant/validations/", {"door": "x"}, headers=headers).status_code == 409
    assert portal.post("/intervenant/validations/", {"door": "x"}).status_code == 403


def test_a_page_that_is_kept_ahead_takes_no_message_from_the_one_that_is_seen(world: World, portal: Client) -> None:
    world.visit()
    portal.post("/intervenant/calendrier/", {"agenda": "arreter"})
    said = "L’adresse est arrêtée"
    ahead = portal.get(REPORT, headers={"Purpose": "prefetch"}).text
    assert ("<form" in ahead, said in ahead) == (True, False)
    assert said in portal.get(REPORT).text
    assert said not in portal.get(REPORT).text


@pytest.mark.parametrize("path", ["sw.js", "application.webmanifest", "telephone/"])
def test_nobody_gets_these_without_signing_in(db: None, path: str) -> None:
    answer = Client().get(f"/intervenant/{path}")
    assert (answer.status_code, answer.headers["Location"].partition("?")[0]) == (302, "/compte/connexion/")


@pytest.mark.parametrize("path", ["/compte/deconnexion/", "/compte/appareils/"])
def test_signing_out_has_the_browser_forget(world: World, portal: Client, path: str) -> None:
    assert "Clear-Site-Data" not in portal.get(path).headers
    assert portal.post(path).headers["Clear-Site-Data"] == '"cache", "storage"'


def test_a_page_names_its_owner_by_a_mark_and_nobody_where_nobody_is(world: World, portal: Client) -> None:
    assert world.intervenant.user
    assert f'data-owner="{owner_of(world.intervenant.user.pk)}"' in portal.get(LIST).text
    assert 'data-owner=""' in Client().get("/compte/connexion/").text
