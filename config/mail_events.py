"""Where mail services say what became of mails: one address a service, none without the shared secret."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import structlog
from anymail.signals import AnymailTrackingEvent, EventType, tracking
from anymail.webhooks.amazon_ses import AmazonSESTrackingWebhookView
from anymail.webhooks.base import AnymailBaseWebhookView
from anymail.webhooks.brevo import BrevoTrackingWebhookView
from anymail.webhooks.mailjet import MailjetTrackingWebhookView
from anymail.webhooks.postmark import PostmarkTrackingWebhookView
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import path

from interventions.mails import fates

log = structlog.get_logger(__name__)

tracking.connect(fates.hear, dispatch_uid="fates")


def only_with_secret(view_class: type[AnymailBaseWebhookView]) -> Callable[..., HttpResponseBase]:
    """Return a service's view, which does not exist while no secret is set: it would believe anybody."""
    view = view_class.as_view()

    @wraps(view)
    def closed_without(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not settings.ANYMAIL.get("WEBHOOK_SECRET"):
            raise Http404
        return view(request, *args, **kwargs)

    return closed_without


class SESView(AmazonSESTrackingWebhookView):
    """What Amazon SES says through SNS, believed by the secret in the address, as the other services are.

    anymail's own needs boto3 to be made at all, for the one call that confirms a subscription. That is done once, by
    hand, with the address that the log gives: listening to SES takes no library of Amazon's.
    """

    def __init__(self, **kwargs: Any) -> None:
        """Leave out what anymail prepares for boto3."""
        AnymailBaseWebhookView.__init__(self, **kwargs)

    def auto_confirm_sns_subscription(self, sns_message: dict[str, Any]) -> None:
        """Tell the operator where to confirm."""
        log.warning("sns_subscription", topic=sns_message.get("TopicArn"), confirm=sns_message.get("SubscribeURL"))

    def esp_to_anymail_events(self, ses_event: dict[str, Any], sns_message: dict[str, Any]) -> list[Any]:
        """Understand a delay too, which anymail does not know."""
        kind = ses_event.get("eventType", ses_event.get("notificationType"))
        if kind != "DeliveryDelay":
            return list(super().esp_to_anymail_events(ses_event, sns_message))
        named = ses_event.get("mail", {}).get("messageId")
        return [
            AnymailTrackingEvent(
                event_type=EventType.DEFERRED, message_id=named, recipient=one.get("emailAddress"), metadata={}
            )
            for one in ses_event.get("deliveryDelay", {}).get("delayedRecipients", [])
        ]


SERVICES = {
    "ses": SESView,
    "brevo": BrevoTrackingWebhookView,
    "mailjet": MailjetTrackingWebhookView,
    "postmark": PostmarkTrackingWebhookView,
}

urlpatterns = [path(f"{name}/", only_with_secret(view), name=f"mail_events_{name}") for name, view in SERVICES.items()]
