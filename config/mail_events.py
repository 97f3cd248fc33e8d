"""Where mail services say what became of mails: one address a service, none without the shared secret."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import structlog
from anymail.exceptions import AnymailAPIError
from anymail.signals import tracking
from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponseBase, RawPostDataException
from django.urls import path
from django.utils.module_loading import import_string
from django.views.decorators.csrf import csrf_exempt

from interventions.mails import fates

log = structlog.get_logger(__name__)
tracking.connect(fates.hear, dispatch_uid="fates")

# What anymail stumbles over where the words are not those of its service.
STUMBLES = (AnymailAPIError, AttributeError, LookupError, TypeError, ValueError, RawPostDataException)

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
    """Take in what a service says; there is no such address while no secret is set: it would believe anybody.

    What is not understood is refused (400) and named in the log; services tell such a thing again for some hours.
    """
    if not settings.ANYMAIL.get("WEBHOOK_SECRET"):
        raise Http404
    try:
        return _view(service)(request)
    except STUMBLES as stumbled:
        log.exception("mail_event_not_understood", service=service)
        raise BadRequest("not the words of a mail service") from stumbled


urlpatterns = [path(f"{name}/", hear, {"service": name}, name=f"mail_events_{name}") for name in SERVICES]
