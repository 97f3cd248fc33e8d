"""The owner does it, so that we know it can be done; then the strangers try the very same."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import transaction

from tests.portals.leaks.asking import ID
from tests.portals.leaks.cases import Case
from tests.portals.leaks.forms import Form, Payload, form_to
from tests.portals.leaks.people import EVERYTHING, Fall, Stage, Stranger
from tests.portals.leaks.records import changed, fingerprint

NOWHERE = str(uuid.UUID("01a20c67-0b90-7cab-bc03-eeedf120c392"))
DOOR = (302, 403)
SHUT = (403, 404, 405)
# A press that is refused is remembered by its key, with the reason: that is all that it leaves.
REMEMBERED = "interventions_batch"


@contextmanager
def undone() -> Iterator[None]:
    """Run what is inside, then put the database back."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def acted(before: Any) -> list[str]:
    """Name the tables that changed since `before`, the memory of presses aside."""
    return [table for table in changed(before, fingerprint()) if table != REMEMBERED]


def filled(stage: Stage, case: Case, role: str) -> tuple[Form, Payload]:
    """Return the form of an act as that owner's page has it, and what it sends once filled in."""
    page_url = case.form_page(stage)
    page = stage.browser(stage.row(role)).ask("get", page_url)
    assert page.status == 200, (page_url, page.status)
    form = form_to(page.shown, case.url(stage), page_url)
    entered = case.enter(stage, form) if case.enter else {}
    lists = {name: value if isinstance(value, list) else [str(value)] for name, value in entered.items()}
    return form, form.payload() | {name: [str(each) for each in value] for name, value in lists.items()}


def owner_reads(stage: Stage, case: Case, role: str) -> None:
    """See that the owner reads what is theirs, and nothing of the other sides."""
    answer = stage.browser(stage.row(role)).ask("get", case.url(stage))
    assert answer.status == 200
    assert answer.shows({stage.home.said(case.shows)}), "the owner reads it here"
    assert answer.shows(stage.foreign(role)) == []


def owner_acts(stage: Stage, case: Case, role: str, payload: Payload) -> None:
    """See that the owner's press does something; the database is put back."""
    with undone():
        before = fingerprint()
        answer = stage.browser(stage.row(role)).ask("post", case.url(stage), payload)
        assert answer.status < 400, answer.shown
        assert acted(before), f"the press did nothing: {answer.shown}"
        assert answer.shows(stage.foreign(role)) == []


def leaks_to(stranger: Stranger, stage: Stage, case: Case, payload: Payload | None) -> list[str]:
    """Return what is wrong with what a stranger gets, reading and acting.

    Whoever has no business in the portal is refused at its door; whoever has, as if nothing of the kind existed.
    """
    url, found, before = case.url(stage), [], fingerprint()
    payload = unmarked(stage, payload)
    secrets = stage.home.secrets(stranger.hidden) - asked_for(case, stage, payload)
    enters = stranger.role in case.owners
    for method in ("get", "head", "post") if enters or not stranger.role else ("get", "post"):
        answer = stranger.browser.ask(method, url, payload)
        who = f"{stranger.name}, {method} ({answer.status})"
        found += [f"{who}: shows {secret}" for secret in answer.shows(secrets)]
        if stranger.name in case.open_to:
            continue
        shut = SHUT if enters else DOOR
        if answer.status not in shut and (case.of is not None or not enters):
            found.append(f"{who}: is not refused")
        if enters and method != "head" and (case.of or (payload and method == "post")):
            nowhere = stranger.browser.ask(method, case.url(stage, NOWHERE), of_nothing(stage, payload))
            if answer.levelled() != nowhere.levelled():
                found.append(f"{who}: not the answer of what does not exist ({nowhere.status})")
    if stranger.name not in case.open_to and (touched := changed(before, fingerprint())):
        found.append(f"{stranger.name}: changed {', '.join(touched)}")
    return found


def unmarked(stage: Stage, payload: Payload | None) -> Payload | None:
    """Return a payload without the home side's marks, which a page may give back to whoever sent them."""
    mark = stage.home.mark
    return payload and {name: [value.replace(mark, "martre") for value in values] for name, values in payload.items()}


def of_nothing(stage: Stage, payload: Payload | None) -> Payload | None:
    """Return a payload in which the ids of the home side's people, visits and presses are those of nothing."""
    theirs = {key for keys in stage.home.ids.values() for key in keys}

    def other(text: str) -> str:
        return ID.sub(lambda found: _nothing(found[0]) if found[0] in theirs else found[0], text)

    return payload and {other(name): [other(value) for value in values] for name, values in payload.items()}


def _nothing(public_id: str) -> str:
    made = uuid.uuid5(uuid.NAMESPACE_OID, public_id)
    return str(made) if "-" in public_id else made.hex


def asked_for(case: Case, stage: Stage, payload: Payload | None) -> set[str]:
    """Return the ids that the request itself names: giving them back gives nothing away."""
    named = {case.public_id(stage)}
    for name, values in (payload or {}).items():
        named |= {name.partition("-")[0], *values, *(value.partition(":")[0] for value in values)}
    return named | {each.replace("-", "") for each in named}


def leaks_after(fall: Fall, stage: Stage, case: Case, role: str, payload: Payload | None) -> list[str]:
    """Return what is wrong with what the owner gets once the role or the right is gone."""
    row, found = stage.row(role), []
    browser, who = stage.browser(row), f"{role} {fall.name}"
    with undone():
        # What the case is about may come into being here, and is nobody's press.
        url = case.url(stage)
        fall.happens(row)
        before = fingerprint()
        if not fall.reads:
            for method in ("get", "head"):
                answer = browser.ask(method, url)
                secrets = stage.home.secrets(EVERYTHING) - asked_for(case, stage, None)
                found += [f"{who}, {method}: {answer.status}"] if answer.status not in DOOR else []
                found += [f"{who}, {method}: shows {secret}" for secret in answer.shows(secrets)]
        answer = browser.ask("post", url, payload)
        if touched := acted(before):
            found.append(f"{who}, post: changed {', '.join(touched)} ({answer.status})")
        if payload and answer.status < 400 and not answer.location:
            found.append(f"{who}, post: {answer.status} and no word of refusal")
    return found
