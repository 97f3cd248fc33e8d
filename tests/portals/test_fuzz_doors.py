"""Every address that the leak tests' cases leave out, given what nobody types: doors, accounts, links, the operator.

They are read from the URLconf, so that none can be forgotten: an address is a case, or it is asked here.
"""

from __future__ import annotations

import base64
import json
import os
import re
from typing import Any
from urllib.parse import urlencode

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from hypothesis import example, given, settings
from hypothesis import strategies as st

from interventions import links
from interventions.models import Mail, User
from tests.portals.accounts.factors import a_key, an_application, at_the_step, signed_in, with_password
from tests.portals.leaks.asking import Browser
from tests.portals.leaks.every import CASES
from tests.portals.leaks.forms import Reader
from tests.portals.leaks.people import Stage
from tests.portals.leaks.records import fingerprint
from tests.portals.leaks.trying import acted, undone
from tests.portals.leaks.urls import BY_SECRET, OPERATOR, OWN_ACCOUNT, patterns
from tests.portals.test_fuzz import STRANGE, names_on, quickly, sound, words
from tests.portals.test_leaks_doors import operator_addresses

KNOWN = {case.name for case in CASES}
OUTSIDE = {name: route for name, route, _pattern in patterns() if name not in KNOWN and not route.startswith(OPERATOR)}
# Answered by middleware, and in no URLconf.
OUTSIDE |= {path: path for path in ("sante/", "metrics")}
SECRET = "service:of-these-tests"
shortly = settings(quickly, max_examples=int(os.environ.get("FUZZ", "1")))
# What mail services call the parts of what they say.
SAID = ("event", "email", "message-id", "ts_epoch", "RecordType", "MessageID", "Metadata", "Type", "Message", "mail")
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | words,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(SAID), inner, max_size=4),
    max_leaves=8,
)


def address(stage: Stage, route: str, user: User) -> str:
    """Return an address whose parts lead somewhere: an open link, a visit of its mail, a passkey of the user's."""
    mail: Mail = stage.home.mail
    (visit, *_others) = [line.intervention for line in mail.lines.order_by("pk")]
    parts = {
        "token": links.token(links.open_for(mail, stage.home.world.now)),
        "public_id": visit.public_id,
        "client_id": visit.client.public_id,
        "logo_id": visit.public_id,
        "pk": Authenticator.objects.get(user=user, type="webauthn").pk,
    }
    return "/" + re.sub(r"<\w+:(\w+)>", lambda found: str(parts[found[1]]), route)


def whoever_comes(name: str, user: User, secret: str) -> Browser:
    """Return the browser of whoever gets furthest there."""
    browser = Browser(None)
    if name in BY_SECRET:
        browser._browser.defaults["HTTP_AUTHORIZATION"] = f"Basic {base64.b64encode(SECRET.encode()).decode()}"
    elif name in OWN_ACCOUNT:
        browser._browser.cookies["session"] = signed_in(user, secret).cookies["session"].value
    elif name == "mfa_authenticate":
        browser._browser.cookies["session"] = at_the_step(user).cookies["session"].value
    return browser


def sent_from(shown: str, url: str) -> dict[str, list[str]]:
    """Return what the forms of a page would send to its own address, untouched."""
    forms = [form for form in Reader().read(shown) if form.method == "post" and form.action in ("", url)]
    return {
        name: value for form in forms for name, value in ({n: [""] for n in form.offered} | form.payload()).items()
    }


@pytest.mark.parametrize("name", sorted(OUTSIDE))
def test_an_address_takes_any_words(stage: Stage, name: str, settings: Any) -> None:
    settings.ANYMAIL = {"WEBHOOK_SECRET": SECRET}
    user = with_password(stage.home.world.client.user)
    secret, _key = an_application(user), a_key(user)
    browser, url = whoever_comes(name, user, secret), address(stage, OUTSIDE[name], user)
    cookie = browser._browser.cookies.get("session")
    first = browser.ask("get", url)
    fields = sent_from(first.shown, url)
    names = sorted({*names_on(first.shown, url), *fields})

    @shortly
    @example(dict.fromkeys(names, "\x00"))
    @example(dict.fromkeys(names, STRANGE[0]))
    @given(st.dictionaries(st.sampled_from(names), words, min_size=1, max_size=4))
    def any_words(changed: dict[str, str]) -> None:
        with undone():
            cache.clear()  # the limits of sign-in would answer instead
            if cookie:
                browser._browser.cookies["session"] = cookie.value
            asked = f"{url}?{urlencode(changed)}"
            sound(browser.ask("get", asked), asked)
            before = fingerprint()
            answer = browser.ask("post", url, fields | {name: [word] for name, word in changed.items()})
            sound(answer, (url, changed))
            assert answer.status < 400 or not acted(before), (url, changed, "refused and written")

    any_words()


@pytest.mark.parametrize("name", sorted(BY_SECRET))
def test_a_mail_service_may_say_anything(stage: Stage, name: str, settings: Any) -> None:
    settings.ANYMAIL = {"WEBHOOK_SECRET": SECRET}
    browser = whoever_comes(name, User(), "")

    @quickly
    @example([])
    @example({})
    @example([{"event": "bounce", "email": STRANGE[0]}])
    @given(anything)
    def any_json(said: Any) -> None:
        with undone():
            before = fingerprint()
            answer = browser._browser.post(f"/{OUTSIDE[name]}", json.dumps(said), content_type="application/json")
            assert answer.status_code < 500, said
            assert answer.status_code < 400 or not acted(before), (said, "refused and written")

    any_json()


def test_the_operator_s_space_takes_any_words(stage: Stage) -> None:
    """One strange word for each of its addresses, in every field of its page: they are Django's, and many."""
    browser = Browser(User.objects.create_superuser("operateur@service.example", None))
    cookie = browser._browser.cookies["session"].value
    for place, (_name, url) in enumerate(operator_addresses(stage)):
        word = STRANGE[place % len(STRANGE)]
        with undone():
            browser._browser.cookies["session"] = cookie
            first = browser.ask("get", url)
            fields = sent_from(first.shown, url)
            asked = f"{url}?{urlencode(dict.fromkeys(names_on(first.shown, url), word))}"
            sound(browser.ask("get", asked), asked)
            before = fingerprint()
            answer = browser.ask("post", url, {name: [word] for name in fields})
            sound(answer, (url, word))
            assert answer.status < 400 or not acted(before), (url, word, "refused and written")
