"""What mail services say of mails, over their own formats: heard once, in any order, and from nobody else."""

from __future__ import annotations

import base64
import json
from copy import copy
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client as Browser

from interventions import deliveries
from interventions.models import Client, Fate, Mail, MailLine, MailPreference
from interventions.states import Action
from tests.factories import NOW, World, a_world

pytestmark = pytest.mark.django_db
SECRET = "service:only-for-the-tests"
LATER = NOW + timedelta(hours=1)
STAMP = int(LATER.timestamp())


@pytest.fixture(autouse=True)
def secret(settings: Any) -> None:
    settings.ANYMAIL = {"WEBHOOK_SECRET": SECRET}


@pytest.fixture
def world() -> World:
    return a_world()


@pytest.fixture
def mail(world: World) -> Mail:
    """A mail to the client that has left."""
    world.act(world.visit(day=date(2026, 11, 23)), Action.COMPLETE, world.as_intervenant)
    found = Mail.objects.get(user=world.client.user)
    MailLine.objects.update(told=True)
    Mail.objects.filter(pk=found.pk).update(fate=Fate.SENT, sent_at=NOW, provider_id="<by-service@mail.example>")
    found.refresh_from_db()
    return found


def brevo(mail: Mail, event: str, **fields: Any) -> Any:
    said = {
        "event": event,
        "email": mail.to,
        "message-id": mail.provider_id,
        "ts_epoch": STAMP * 1000,
        "X-Mailin-custom": json.dumps({"mail": str(mail.public_id)}),
    } | fields
    return {name: value for name, value in said.items() if value}


def mailjet(mail: Mail, event: str) -> Any:
    payload = json.dumps({"mail": str(mail.public_id)})
    return [
        {"event": event, "email": mail.to, "MessageID": 77, "time": STAMP, "Payload": payload, "error": "user unknown"}
    ]


def postmark(mail: Mail, kind: str) -> Any:
    return {
        "RecordType": kind,
        "MessageID": "00000000-0000-0000-0000-000000000001",
        "Recipient": mail.to,
        "Email": mail.to,
        "DeliveredAt": LATER.isoformat(),
        "BouncedAt": LATER.isoformat(),
        "Type": "SpamComplaint" if kind == "SpamComplaint" else "HardBounce",
        "Metadata": {"mail": str(mail.public_id)},
    }


def ses(mail: Mail, kind: str) -> Any:
    recipients = {
        "Delivery": {"recipients": [mail.to]},
        "Bounce": {
            "bounceType": "Permanent",
            "bounceSubType": "General",
            "bouncedRecipients": [{"emailAddress": mail.to, "diagnosticCode": "550"}],
        },
        "Complaint": {"complainedRecipients": [{"emailAddress": mail.to}]},
        "DeliveryDelay": {"delayedRecipients": [{"emailAddress": mail.to}]},
    }
    name = kind[:1].lower() + kind[1:]
    event = {
        "eventType": kind,
        "mail": {"messageId": mail.provider_id, "destination": [mail.to]},
        name: recipients.get(kind, {}),
    }
    return {
        "Type": "Notification",
        "MessageId": "sns-1",
        "TopicArn": "arn:aws:sns:eu-west-3:1:mails",
        "Timestamp": LATER.isoformat(),
        "Message": json.dumps(event),
    }


def tell(service: str, said: Any, secret: str = SECRET) -> int:
    sns = {"x-amz-sns-message-type": said["Type"], "x-amz-sns-message-id": "sns-1"} if service == "ses" else {}
    headers = {"authorization": "Basic " + base64.b64encode(secret.encode()).decode()} if secret else {}
    headers |= sns
    browser = Browser(raise_request_exception=False)
    with time_machine.travel(LATER + timedelta(minutes=1), tick=False):
        answer = browser.post(
            f"/courrier/{service}/", json.dumps(said), content_type="application/json", headers=headers
        )
    return int(answer.status_code)


@pytest.mark.parametrize(
    ("service", "delivered", "bounced"),
    [
        (brevo, "delivered", "hard_bounce"),
        (mailjet, "sent", "bounce"),
        (postmark, "Delivery", "Bounce"),
        (ses, "Delivery", "Bounce"),
    ],
)
def test_each_service_is_understood(mail: Mail, service: Any, delivered: str, bounced: str) -> None:
    assert tell(service.__name__, service(mail, delivered)) == 200
    mail.refresh_from_db()
    assert (mail.fate, mail.delivered_at) == (Fate.DELIVERED, LATER)
    assert tell(service.__name__, service(mail, bounced)) == 200
    mail.refresh_from_db()
    assert (mail.fate, mail.bounced_at) == (Fate.BOUNCED, LATER)
    assert mail.error


def test_repeated_and_out_of_order_it_stays_come_back(world: World, mail: Mail) -> None:
    for event in ("hard_bounce", "hard_bounce", "delivered", "deferred", "delivered"):
        assert tell("brevo", brevo(mail, event)) == 200
    mail.refresh_from_db()
    assert (mail.fate, mail.bounced_at) == (Fate.BOUNCED, LATER)
    visit = mail.lines.get().intervention_id
    Mail.objects.exclude(pk=mail.pk).delete()
    assert deliveries.delivered_at([visit], NOW + timedelta(days=9)) == {}


def test_the_address_is_flagged_until_it_takes_a_mail(world: World, mail: Mail) -> None:
    world.proche.delete()
    tell("brevo", brevo(mail, "hard_bounce"))
    assert MailPreference.objects.get(user=world.client.user).refused_address == mail.to
    unreached: Any = Client.objects
    assert list(unreached.without_mails(NOW.date())) == [world.client]
    again = Mail.objects.create(
        agence=world.agence, user=mail.user, to=mail.to, message_id="<again@x>", fate=Fate.SENT,
        created_at=LATER + timedelta(seconds=1), due_at=LATER, sent_at=LATER,
    )  # fmt: skip
    tell("brevo", brevo(again, "delivered"))
    assert not unreached.without_mails(NOW.date()).exists()


@pytest.mark.parametrize("tried", ["", "service:another", "service:"])
def test_a_forged_call_changes_nothing(mail: Mail, tried: str) -> None:
    assert tell("brevo", brevo(mail, "hard_bounce"), tried) == 400
    mail.refresh_from_db()
    assert mail.fate == Fate.SENT


def test_without_a_secret_there_is_no_such_address(mail: Mail, settings: Any) -> None:
    settings.ANYMAIL = {"WEBHOOK_SECRET": ""}
    assert tell("brevo", brevo(mail, "hard_bounce"), "") == 404


def test_what_is_not_of_this_mail_changes_nothing(world: World, mail: Mail) -> None:
    other = a_world()
    said = [
        brevo(mail, "hard_bounce", email=other.client.user.email if other.client.user else ""),
        brevo(mail, "hard_bounce", **{"X-Mailin-custom": json.dumps({"mail": "no-such"})}),
        brevo(mail, "hard_bounce", **{"X-Mailin-custom": "", "message-id": "<unknown@x>"}),
        brevo(mail, "opened"),
    ]
    for each in said:
        assert tell("brevo", each) == 200
    mail.refresh_from_db()
    assert (mail.fate, mail.bounced_at, mail.error) == (Fate.SENT, None, "")


@pytest.mark.parametrize(
    ("service", "kind", "fate", "words"),
    [
        (brevo, "deferred", Fate.SENT, "fait attendre"),
        (ses, "DeliveryDelay", Fate.SENT, "fait attendre"),
        (brevo, "spam", Fate.BOUNCED, "indésirable"),
        (mailjet, "spam", Fate.BOUNCED, "indésirable"),
        (postmark, "SpamComplaint", Fate.BOUNCED, "indésirable"),
        (ses, "Complaint", Fate.BOUNCED, "indésirable"),
        (brevo, "opened", Fate.SENT, ""),
        (mailjet, "open", Fate.SENT, ""),
        (postmark, "Open", Fate.SENT, ""),
        (ses, "Open", Fate.SENT, ""),
    ],
)
def test_delays_complaints_and_openings(mail: Mail, service: Any, kind: str, fate: Fate, words: str) -> None:
    assert tell(service.__name__, service(mail, kind)) == 200
    mail.refresh_from_db()
    assert mail.fate == fate
    assert (words in mail.error) if words else mail.error == ""
    flagged = MailPreference.objects.filter(user=mail.user, refused_address=mail.to).exists()
    assert flagged is (fate == Fate.BOUNCED)


@pytest.mark.parametrize("service", [brevo, mailjet, postmark, ses])
def test_no_service_believes_a_stranger_nor_touches_another_agency(mail: Mail, service: Any) -> None:
    kind = {"brevo": "hard_bounce", "mailjet": "bounce"}.get(service.__name__, "Bounce")
    assert tell(service.__name__, service(mail, kind), "service:another") == 400
    assert tell(service.__name__, service(mail, kind), "") in (400, 401)
    other = a_world()
    user = other.client.user
    assert user is not None
    theirs = Mail.objects.create(
        agence=other.agence, user=user, to=user.email, message_id="<theirs@x>", fate=Fate.SENT,
        created_at=NOW, due_at=NOW, sent_at=NOW, provider_id="<theirs-by-service@x>",
    )  # fmt: skip
    mixed = copy(mail)
    mixed.to = theirs.to  # their address, our mail
    assert tell(service.__name__, service(mixed, kind)) == 200
    assert set(Mail.objects.filter(pk__in=[mail.pk, theirs.pk]).values_list("fate", flat=True)) == {Fate.SENT}
    assert not MailPreference.objects.exists()
    for _time in range(2):
        assert tell(service.__name__, service(theirs, kind)) == 200
    assert Mail.objects.get(pk=theirs.pk).fate == Fate.BOUNCED
    assert list(MailPreference.objects.values_list("agence", flat=True)) == [other.agence.pk]


def test_a_subscription_is_confirmed_by_hand(mail: Mail) -> None:
    said = {"Type": "SubscriptionConfirmation", "MessageId": "sns-1", "TopicArn": "arn:aws:sns:eu-west-3:1:mails"}
    assert tell("ses", said | {"SubscribeURL": "https://sns.example/confirm", "Token": "x"}) == 200
    assert tell("ses", {"Type": "Notification", "MessageId": "another", "Message": "{}"}) == 400


def test_a_mail_known_by_the_services_own_name(mail: Mail) -> None:
    assert tell("brevo", brevo(mail, "delivered", **{"X-Mailin-custom": ""})) == 200
    mail.refresh_from_db()
    assert mail.fate == Fate.DELIVERED
