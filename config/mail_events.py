"""Where mail services say what became of mails: one address a service, none without the shared secret."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from anymail.signals import tracking
from anymail.webhooks.base import AnymailBaseWebhookView
from anymail.webhooks.brevo import BrevoTrackingWebhookView
from anymail.webhooks.mailjet import MailjetTrackingWebhookView
from anymail.webhooks.postmark import PostmarkTrackingWebhookView
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import path

from interventions.mails import fates

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


SERVICES = {
    "brevo": BrevoTrackingWebhookView,
    "mailjet": MailjetTrackingWebhookView,
    "postmark": PostmarkTrackingWebhookView,
}

urlpatterns = [path(f"{name}/", only_with_secret(view), name=f"mail_events_{name}") for name, view in SERVICES.items()]
