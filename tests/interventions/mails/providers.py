"""Mail services by their HTTP interfaces, on loopback: they keep what they take, and answer as each of them does."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Request:
    """One call, as the service read it."""

    path: str
    headers: dict[str, str]
    body: Any


@dataclass
class Provider:
    """A service; `fault` is what it answers (status, body) instead of taking a mail, `cuts` that it hangs up."""

    name: str
    requests: list[Request] = field(default_factory=list)
    fault: tuple[int, Any] | None = None
    cuts: bool = False

    def answer(self, request: Request) -> tuple[int, Any]:
        """Return the status and the body that this service gives for a call."""
        return self.fault or SERVICES[self.name].takes(request.body, len(self.requests))

    @property
    def letters(self) -> list[Letter]:
        """What it took, in words that all services share."""
        return [SERVICES[self.name].reads(request.body) for request in self.requests]


@dataclass(frozen=True)
class Letter:
    """One mail as a service was asked to send it."""

    to: str
    subject: str
    text: str
    html: str
    reply_to: str
    headers: dict[str, str]
    mail: str
    pictures: int


@dataclass(frozen=True)
class Service:
    """How one service is called and what it answers."""

    backend: str
    options: dict[str, str]
    path: str
    key: tuple[str, str]
    takes: Callable[[Any, int], tuple[int, Any]]
    reads: Callable[[Any], Letter]
    refuses: tuple[int, Any]


def _brevo(body: Any) -> Letter:
    headers = dict(body["headers"])
    mail = json.loads(headers.pop("X-Mailin-custom"))["mail"]
    pictures = len(body.get("attachment", []))
    to, reply_to = body["to"][0]["email"], body["replyTo"]["email"]
    return Letter(to, body["subject"], body["textContent"], body["htmlContent"], reply_to, headers, mail, pictures)


def _mailjet(body: Any) -> Letter:
    all_of = body["Globals"]
    mail = json.loads(all_of["EventPayload"])["mail"]
    to, reply_to, pictures = body["Messages"][0]["To"][0]["Email"], all_of["ReplyTo"]["Email"], 0
    pictures = len(all_of.get("InlinedAttachments", []))
    return Letter(
        to, all_of["Subject"], all_of["TextPart"], all_of["HTMLPart"], reply_to, all_of["Headers"], mail, pictures
    )


def _postmark(body: Any) -> Letter:
    headers = {one["Name"]: one["Value"] for one in body["Headers"]}
    pictures = len(body.get("Attachments", []))
    mail = body["Metadata"]["mail"]
    return Letter(
        body["To"], body["Subject"], body["TextBody"], body["HtmlBody"], body["ReplyTo"], headers, mail, pictures
    )


def _scaleway(body: Any) -> Letter:
    headers = {one["key"]: one["value"] for one in body["additional_headers"]}
    mail = json.loads(headers.pop("X-Metadata"))["mail"]
    to, reply_to = body["to"][0]["email"], headers.pop("Reply-To")
    return Letter(
        to, body["subject"], body["text"], body["html"], reply_to, headers, mail, len(body.get("attachments", []))
    )


def _ses(body: Any) -> Letter:
    said = message_from_bytes(base64.b64decode(body["Content"]["Raw"]["Data"]), policy=policy.default)
    parts = {part.get_content_type(): part for part in said.walk()}
    headers = {name: str(value) for name, value in said.items()}
    return Letter(
        to=body["Destination"]["ToAddresses"][0],
        subject=headers["Subject"],
        text=parts["text/plain"].get_content(),
        html=parts["text/html"].get_content(),
        reply_to=headers["Reply-To"],
        headers=headers,
        mail=json.loads(headers["X-Metadata"])["mail"],
        pictures=sum(1 for part in said.walk() if part.get_content_maintype() == "image"),
    )


def _mailjet_takes(body: Any, number: int) -> tuple[int, Any]:
    to = [one | {"MessageID": 70000 + number, "MessageUUID": f"u{number}"} for one in body["Messages"][0]["To"]]
    return 200, {"Messages": [{"Status": "success", "To": to, "Cc": [], "Bcc": []}]}


SERVICES = {
    "brevo": Service(
        "anymail.backends.brevo.EmailBackend",
        {"api_key": "the-key", "api_url": "{at}/v3/"},
        "/v3/smtp/email",
        ("api-key", "the-key"),
        lambda body, number: (201, {"messageId": f"<brevo-{number}@mail.example>"}),
        _brevo,
        (400, {"code": "invalid_parameter", "message": "email is not valid in to"}),
    ),
    "mailjet": Service(
        "anymail.backends.mailjet.EmailBackend",
        {"api_key": "one", "secret_key": "two", "api_url": "{at}/v3.1/"},
        "/v3.1/send",
        ("Authorization", "Basic " + base64.b64encode(b"one:two").decode()),
        _mailjet_takes,
        _mailjet,
        (400, {"Messages": [{"Status": "error", "Errors": [{"ErrorMessage": "email is not valid in to"}]}]}),
    ),
    "postmark": Service(
        "anymail.backends.postmark.EmailBackend",
        {"server_token": "the-token", "api_url": "{at}/"},
        "/email",
        ("X-Postmark-Server-Token", "the-token"),
        lambda body, number: (200, {"ErrorCode": 0, "Message": "OK", "To": body["To"], "MessageID": f"pm-{number}"}),
        _postmark,
        (422, {"ErrorCode": 400, "Message": "email is not valid in to\nmore"}),
    ),
    "scaleway": Service(
        "anymail.backends.scaleway.EmailBackend",
        {"project_id": "project", "secret_key": "the-secret", "api_url": "{at}/"},
        "/emails",
        ("X-Auth-Token", "the-secret"),
        lambda body, number: (
            200,
            {"emails": [{"id": f"scw-{number}", "mail_rcpt": body["to"][0]["email"], "status": "new"}]},
        ),
        _scaleway,
        (400, {"message": "email is not valid in to", "type": "invalid_arguments"}),
    ),
    "ses": Service(
        "anymail.backends.amazon_ses.EmailBackend",
        {},
        "/v2/email/outbound-emails",
        ("Content-Type", "application/json"),
        lambda body, number: (200, {"MessageId": f"ses-{number}"}),
        _ses,
        (400, {"message": "email is not valid in to"}),
    ),
}


@contextmanager
def serving(name: str) -> Iterator[tuple[Provider, str]]:
    """Run a service on loopback; yield it and its address."""
    provider = Provider(name)
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(provider))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield provider, f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _handler(provider: Provider) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            content = self.rfile.read(int(self.headers["Content-Length"]))
            request = Request(self.path, dict(self.headers.items()), json.loads(content))
            provider.requests.append(request)
            if provider.cuts:
                self.close_connection = True
                return
            status, body = provider.answer(request)
            answer = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing: the tests look at what came in."""

    return Handler
