"""What Amazon SES says of mails. Apart from the others: anymail imports boto3 for it, 9 MB in each web process."""

from __future__ import annotations

from typing import Any

import structlog
from anymail.signals import AnymailTrackingEvent, EventType
from anymail.webhooks.amazon_ses import AmazonSESTrackingWebhookView
from anymail.webhooks.base import AnymailBaseWebhookView

log = structlog.get_logger(__name__)


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
