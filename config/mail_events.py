"""Where mail services say what became of mails: one address a service, none without the shared secret."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from anymail.signals import tracking
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import path
from django.utils.module_loading import import_string
from django.views.decorators.csrf import csrf_exempt

from interventions.mails import fates

tracking.connect(fates.hear, dispatch_uid="fates")

# Imported by the first that calls: a web process has the libraries of no service that nobody uses.
SERVICES = {
    "ses": "config.ses_events.SESView",
    "brevo": "anymail.webhooks.brevo.BrevoTrackingWebhookView",
    "mailjet": "anymail.webhooks.mailjet.MailjetTrackingWebhookView",
    "postmark": "anymail.webhooks.postmark.PostmarkTrackingWebhookView",
}


@cache
def _view(service: str) -> Callable[..., HttpResponseBase]:
    view: Callable[..., HttpResponseBase] = import_string(SERVICES[service]).as_view()
    return view


# The secret stands for the form's token: nobody has a session here.
@csrf_exempt
def hear(request: HttpRequest, service: str) -> HttpResponseBase:
    """Take in what a service says; there is no such address while no secret is set: it would believe anybody."""
    if not settings.ANYMAIL.get("WEBHOOK_SECRET"):
        raise Http404
    return _view(service)(request)


urlpatterns = [path(f"{name}/", hear, {"service": name}, name=f"mail_events_{name}") for name in SERVICES]
