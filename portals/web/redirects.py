"""Where somebody is sent who cannot go on here, and the way back; htmx is told to load a page, not a fragment."""

from urllib.parse import urlencode, urlsplit

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django_htmx.http import HttpResponseClientRedirect


def to_sign_in(request: HttpRequest) -> HttpResponse:
    """Send to the sign-in page, and from there back to the page that the person had open."""
    return leave(request, reverse("account_login"))


def to_choice(request: HttpRequest) -> HttpResponse:
    """Send to the page where one of several roles is chosen."""
    return leave(request, reverse("account_doors"))


def leave(request: HttpRequest, address: str) -> HttpResponse:
    """Send to another page, which may go on to the one that the person had open (?next=)."""
    url = f"{address}?{urlencode({'next': page_of(request)})}"
    return HttpResponseClientRedirect(url) if request.htmx else HttpResponseRedirect(url)  # type: ignore[attr-defined]


def page_of(request: HttpRequest) -> str:
    """Return the path of the page that the person sees: for what a page sends, the page that sent it."""
    if request.htmx:  # type: ignore[attr-defined]
        return request.htmx.current_url_abs_path or "/"  # type: ignore[attr-defined]
    if request.method in ("GET", "HEAD"):
        return request.get_full_path()
    return own_path(request, request.headers.get("Referer", "")) or "/"


def own_path(request: HttpRequest, url: str) -> str:
    """Return path and query of an address of this site; nothing for any other, so that nobody is sent away."""
    secure = request.is_secure()
    if not url_has_allowed_host_and_scheme(url, allowed_hosts={request.get_host()}, require_https=secure):
        return ""
    parts = urlsplit(url)
    return f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
