"""The calendar feed: valid for the phone's calendar, private, revocable; nothing in it that must not leave."""

from datetime import UTC, date, timedelta
from typing import Any
from urllib.parse import urlsplit

import icalendar
import pytest
from django.test import Client

from config.redaction import redacted
from interventions.models import Intervenant, Intervention
from interventions.states import Action
from tests.factories import NOW, World, a_prestation, a_user, a_world, an_intervenant
from tests.portals.intervenant.conftest import SignIn

PAGE = "/intervenant/calendrier/"
TOMORROW = date(2026, 11, 26)


def subscribe(portal: Client) -> str:
    shown = portal.post(PAGE, {"agenda": "adresse"})
    assert shown.status_code == 200
    return urlsplit(shown.context["address"]).path


def read(path: str, **headers: str) -> Any:
    return Client().get(path, headers=headers)


def events(path: str) -> list[Any]:
    answer = read(path)
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/calendar; charset=utf-8")
    return list(icalendar.Calendar.from_ical(answer.content).walk("VEVENT"))


def test_each_visit_is_an_event_in_the_agency_s_zone(world: World, portal: Client) -> None:
    visit = world.visit(day=TOMORROW, start="22:00", minutes=480)
    (event,) = events(subscribe(portal))
    assert event["UID"] == f"{visit.public_id}@contreseing"
    assert event["DTSTART"].params["TZID"] == "Europe/Paris"
    assert event.start.astimezone(UTC) == visit.retained_start
    assert event.end.astimezone(UTC) == visit.retained_end
    assert event["SUMMARY"] == f"Mme Quéré, {world.prestation.name}"
    assert event["LOCATION"] == "32 impasse du Vieux-Puits, 44510 Le Pouliguen"
    assert event["STATUS"] == "CONFIRMED"
    assert str(visit.public_id) in event["URL"]


def test_the_time_zone_comes_with_it_and_the_calendar_has_what_programmes_ask(world: World, portal: Client) -> None:
    world.visit(day=TOMORROW)
    content = read(subscribe(portal)).content
    made = icalendar.Calendar.from_ical(content)
    (zone,) = made.walk("VTIMEZONE")
    assert zone["TZID"] == "Europe/Paris"
    assert {"PRODID", "VERSION", "METHOD", "X-WR-CALNAME", "X-WR-TIMEZONE", "REFRESH-INTERVAL"} <= set(made)
    assert all(len(line) <= 75 for line in content.split(b"\r\n"))
    assert not made.errors


def test_a_moved_visit_keeps_its_uid_and_a_cancelled_one_says_so(world: World, portal: Client) -> None:
    visit = world.visit(day=TOMORROW)
    path = subscribe(portal)
    (before,) = events(path)
    facts = type(visit.retained)(visit.retained_start + timedelta(hours=2), visit.retained_end + timedelta(hours=2))
    world.act(visit, Action.MOVE, world.as_manager, facts=facts)
    (moved,) = events(path)
    assert (moved["UID"], moved.start) == (before["UID"], before.start + timedelta(hours=2))
    assert moved["SEQUENCE"] > before["SEQUENCE"]
    world.act(visit, Action.CANCEL, world.as_manager, motif_id=world.motif().pk)
    (gone,) = events(path)
    assert (gone["UID"], gone["STATUS"]) == (before["UID"], "CANCELLED")


def logical(content: bytes) -> list[str]:
    """Unfold as RFC 5545, 3.1 says, without the library that folded."""
    return content.replace(b"\r\n ", b"").decode().split("\r\n")


def test_each_event_is_stamped_in_utc_with_its_last_change(world: World, portal: Client) -> None:
    visit = world.visit(day=TOMORROW)
    path = subscribe(portal)
    at = NOW + timedelta(minutes=5)
    world.act(visit, Action.CANCEL, world.as_manager, at=at, motif_id=world.motif().pk)
    stamped = [line for line in logical(read(path).content) if line.startswith(("DTSTAMP", "LAST-MODIFIED"))]
    assert sorted(stamped) == [f"DTSTAMP:{at:%Y%m%dT%H%M%SZ}", f"LAST-MODIFIED:{at:%Y%m%dT%H%M%SZ}"]


def test_what_an_address_holds_is_escaped_and_comes_back_as_it_was(world: World, portal: Client) -> None:
    address = "Bât. B; n° 3, dit «\u00a0Chez\\Lé\u00a0»\nATTENDEE:mailto:x@y.example"
    world.client.address = address
    world.client.save()
    world.visit(day=TOMORROW)
    path = subscribe(portal)
    (event,) = events(path)
    city = f"{world.client.postal_code} {world.client.city}"
    assert event["LOCATION"] == f"{address}, {city}"
    assert "ATTENDEE" not in event
    (written,) = [line for line in logical(read(path).content) if line.startswith("LOCATION")]
    escaped = "Bât. B\\; n° 3\\, dit «\u00a0Chez\\\\Lé\u00a0»\\nATTENDEE:mailto:x@y.example"
    assert written == f"LOCATION:{escaped}\\, {city}"


def test_long_accents_are_folded_at_75_octets_and_never_within_a_letter(world: World, portal: Client) -> None:
    prestation = a_prestation(world.agence, "éèàœ€" * 24)
    world.visit(day=TOMORROW, prestation_id=prestation.pk, contrat_id=None)
    path = subscribe(portal)
    lines = read(path).content.split(b"\r\n")
    assert [line for line in lines if len(line) > 75] == []
    assert all(line.decode() and b"\n" not in line for line in lines[:-1])
    assert lines[-1] == b""
    assert events(path)[0]["SUMMARY"] == f"Mme Quéré, {prestation.name}"


def test_every_time_zone_that_is_named_is_defined_even_over_a_change_of_clocks(world: World, portal: Client) -> None:
    # The clocks go forward on 28 March 2027, within what the calendar holds.
    for day, start in ((TOMORROW, "09:00"), (date(2027, 3, 27), "23:00"), (date(2027, 3, 28), "09:00")):
        world.visit(day=day, start=start, minutes=360)
    path = subscribe(portal)
    made = icalendar.Calendar.from_ical(read(path).content)
    found: list[Any] = list(made.walk("VEVENT"))
    hours = [event[name] for event in found for name in ("DTSTART", "DTEND")]
    named = {hour.params["TZID"] for hour in hours}
    assert (len(hours), named) == (6, {"Europe/Paris"})
    zones: list[Any] = list(made.walk("VTIMEZONE"))
    defined = {str(zone["TZID"]): zone.to_tz() for zone in zones}
    for visit, event in zip(Intervention.objects.order_by("retained_start"), found, strict=True):
        for name, instant in (("DTSTART", visit.retained_start), ("DTEND", visit.retained_end)):
            wall = event[name].dt.replace(tzinfo=None)
            assert wall.replace(tzinfo=defined[event[name].params["TZID"]]).astimezone(UTC) == instant


def test_no_code_no_telephone_no_words_leave(world: World, portal: Client) -> None:
    visit = world.visit(ordre_de_mission="Clé sous le pot.")
    world.act(visit, Action.COMPLETE, world.as_intervenant, comment="Fatiguée.")
    text = read(subscribe(portal)).text
    for private in ("14B7", "06 21 78 98 91", "Clé sous", "Fatiguée"):
        assert private not in text


def test_only_own_visits(world: World, portal: Client) -> None:
    world.visit(day=TOMORROW, intervenant_id=an_intervenant(world.agence).pk)
    a_world().visit(day=TOMORROW)
    assert events(subscribe(portal)) == []


def test_the_programme_is_told_when_nothing_changed(world: World, portal: Client) -> None:
    visit = world.visit(day=TOMORROW)
    path = subscribe(portal)
    first = read(path)
    assert "private" in first["Cache-Control"]
    same = read(path, **{"If-None-Match": first["ETag"]})
    assert (same.status_code, same.content) == (304, b"")
    world.act(visit, Action.CANCEL, world.as_manager, motif_id=world.motif().pk)
    assert read(path, **{"If-None-Match": first["ETag"]}).status_code == 200


def test_the_address_is_shown_once_and_kept_as_a_digest(world: World, portal: Client) -> None:
    path = subscribe(portal)
    secret = path.removeprefix("/agenda/").removesuffix(".ics")[32:]
    assert secret not in portal.get(PAGE).text
    digest = Intervenant.objects.get(pk=world.intervenant.pk).calendar_digest
    assert digest
    assert secret not in digest


def test_replaced_or_stopped_it_opens_nothing(world: World, portal: Client) -> None:
    first = subscribe(portal)
    second = subscribe(portal)
    assert [read(path).status_code for path in (first, second)] == [404, 200]
    assert portal.post(PAGE, {"agenda": "arreter"}).status_code == 302
    assert read(second).status_code == 404
    assert "Créer mon adresse" in portal.get(PAGE).text


@pytest.mark.parametrize("change", ["archived", "another address", "no address", "inactive"])
def test_it_ends_with_the_role(world: World, portal: Client, change: str) -> None:
    path = subscribe(portal)
    row = Intervenant.objects.get(pk=world.intervenant.pk)
    if change == "archived":
        row.archived_at = NOW
    elif change == "another address":
        row.user = a_user()
    elif change == "no address":
        row.user = None
    else:
        row.user.is_active = False
        row.user.save()
    row.save()
    assert read(path).status_code == 404


def test_a_token_that_is_none_or_was_altered_opens_nothing(world: World, portal: Client, signed_in: SignIn) -> None:
    path = subscribe(portal)
    other = an_intervenant(world.agence)
    altered = path.replace(world.intervenant.public_id.hex, other.public_id.hex)
    for wrong in ("/agenda/x.ics", f"{path[:-6]}.ics", altered, f"/agenda/{world.intervenant.public_id.hex}.ics"):
        assert read(wrong).status_code == 404
    assert Client().post(path).status_code == 405
    assert signed_in(other).get(PAGE).context["since"] is None


def test_its_address_stands_in_no_log(world: World, portal: Client) -> None:
    assert redacted(f"GET {subscribe(portal)} 200") == "GET /agenda/- 200"


def test_what_is_long_past_or_far_ahead_is_left_out(world: World, portal: Client) -> None:
    for day in (TOMORROW - timedelta(days=70), TOMORROW + timedelta(days=190)):
        world.visit(day=day)
    near = world.visit(day=TOMORROW)
    assert [event["UID"] for event in events(subscribe(portal))] == [f"{near.public_id}@contreseing"]
    assert Intervention.objects.count() == 3
