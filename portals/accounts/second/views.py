"""The pages of second factors: allauth's views, each in our look, signed in to, kept by no cache."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, cast

from allauth.account.views import ReauthenticateView
from allauth.mfa.base import views as base
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from django.contrib.auth.decorators import login_required
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse_lazy
from django.views.decorators.cache import never_cache

from interventions import clock
from interventions.models import User
from portals.accounts.second import codes, forms
from portals.web import second_factor
from portals.web.actors import actors_of
from portals.web.pages import INVALID
from portals.web.redirects import own_path
from portals.web.second_factor import BEYOND


class Index(base.IndexView):
    """What protects the account, beside the mailbox."""

    template_name = "mfa/index.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Remember where the person was going (?next=)."""
        if wanted := own_path(request, request.GET.get("next", "")):
            request.session[BEYOND] = wanted
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add `application`, `keys`, `left` (codes of recovery; None without any), `beyond`, `askers`."""
        held = super().get_context_data(**kwargs)["authenticators"]
        recovery_codes = held.get(Authenticator.Type.RECOVERY_CODES)
        application = held.get(Authenticator.Type.TOTP)
        return {
            "application": application.instance if application else None,
            "keys": held.get(Authenticator.Type.WEBAUTHN, []),
            "left": len(recovery_codes.get_unused_codes()) if recovery_codes else None,
            "beyond": self.request.session.get(BEYOND, ""),
            "askers": _askers(self.request),
        }


class AddApplication(totp.ActivateTOTPView):
    """An application of the phone: its secret, and the first code."""

    form_class = forms.ActivateApplication

    def form_valid(self, form: Any) -> HttpResponse:
        """Add it; its first code serves for nothing else, and this session has shown it."""
        try:
            response = super().form_valid(form)
        except IntegrityError:  # pressed twice at once: it is there
            return redirect("mfa_index")
        added = Authenticator.objects.get(user=_user(self.request), type=Authenticator.Type.TOTP)
        codes.remember(added, form.counter)
        second_factor.note_shown(self.request, added)
        return response


class _Removal:
    """Taking a factor away, asked first."""

    def get_context_data(self: Any, **kwargs: Any) -> dict[str, Any]:
        """Add `is_last`, and `askers`: the agencies whose desk then closes."""
        held = Authenticator.objects.filter(user=_user(self.request), type__in=second_factor.FACTORS).count()
        context: dict[str, Any] = super().get_context_data(**kwargs)  # type: ignore[misc]
        return context | {"is_last": held == 1, "askers": _askers(self.request)}


class RemoveApplication(_Removal, totp.DeactivateTOTPView):
    """Taking the application away."""


class AddKey(webauthn.AddWebAuthnView):
    """A passkey: the device is asked by passkey.js."""

    form_class = forms.AddKey

    def form_valid(self, form: Any) -> HttpResponse:
        """Add it; this session has shown it."""
        response = super().form_valid(form)
        added = Authenticator.objects.filter(user=_user(self.request), type=Authenticator.Type.WEBAUTHN)
        second_factor.note_shown(self.request, added.latest("pk"))
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add `options`, and the form as it was sent."""
        asked = super().get_context_data(**kwargs)["js_data"]["creation_options"]
        return {"form": kwargs.get("form") or self.get_form(), "options": json.dumps(asked)}


class RenameKey(webauthn.EditWebAuthnView):
    """Another name for a passkey."""

    form_class = forms.RenameKey
    success_url = reverse_lazy("mfa_index")


class RemoveKey(_Removal, webauthn.RemoveWebAuthnView):
    """Taking a passkey away."""

    success_url = reverse_lazy("mfa_index")


class Codes(recovery.ViewRecoveryCodesView):
    """The codes of recovery that are left."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add `beyond`."""
        return super().get_context_data(**kwargs) | {"beyond": self.request.session.get(BEYOND, "")}


class CodesFile(recovery.DownloadRecoveryCodesView):
    """The same as a file to print or to keep."""

    def render_to_response(self, context: Any, **kwargs: Any) -> Any:
        """Name the file in French."""
        response = super().render_to_response(context, **kwargs)
        response["Content-Disposition"] = 'attachment; filename="codes-de-secours.txt"'
        return response


class Authenticate(base.AuthenticateView):
    """The step of sign-in that asks for the second factor."""

    form_class = forms.Authenticate
    webauthn_form_class = forms.AuthenticateKey

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add `options`, and whether the person has an application and passkeys."""
        context = super().get_context_data(**kwargs)
        types = Authenticator.objects.filter(user=self.stage.login.user).values_list("type", flat=True)
        return context | _asked(context, set(types))


class Reauthenticate(base.ReauthenticateView):
    """The code asked for once more."""

    form_class = forms.Reauthenticate


class ReauthenticateKey(webauthn.ReauthenticateWebAuthnView):
    """The passkey asked for once more."""

    form_class = forms.ReauthenticateKey

    def form_invalid(self, form: Any) -> HttpResponse:
        """Show what was wrong on the page itself."""
        return self.render_to_response(self.get_context_data(form=form))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add `options`, and the form as it was sent."""
        context = super().get_context_data(**kwargs)
        return context | {"form": kwargs.get("form"), "options": json.dumps(context["js_data"]["request_options"])}


def _asked(context: dict[str, Any], types: set[str]) -> dict[str, Any]:
    return {
        "has_application": Authenticator.Type.TOTP in types,
        "has_keys": Authenticator.Type.WEBAUTHN in types,
        "options": json.dumps(context["js_data"]["request_options"]),
    }


def _askers(request: HttpRequest) -> list[str]:
    """Return the names of the agencies that want a second factor of this person."""
    return [actor.agence.name for actor in actors_of(_user(request), clock.now()) if second_factor.is_wanted_of(actor)]


def _user(request: HttpRequest) -> User:
    return cast(User, request.user)


def _refusing(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Return the view, its form that was refused answered as such (422)."""

    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        if request.method == "POST" and response.status_code == 200:
            response.status_code = INVALID
        return response

    return never_cache(answered)


def _own(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    return login_required(_refusing(view))


index = _own(Index.as_view())
add_application, remove_application = _own(AddApplication.as_view()), _own(RemoveApplication.as_view())
add_key, rename_key, remove_key = _own(AddKey.as_view()), _own(RenameKey.as_view()), _own(RemoveKey.as_view())
show_codes, codes_file = _own(Codes.as_view()), _own(CodesFile.as_view())
make_codes = _own(recovery.generate_recovery_codes)
reauthenticate, reauthenticate_key = _own(Reauthenticate.as_view()), _own(ReauthenticateKey.as_view())
reauthenticate_password = _own(ReauthenticateView.as_view())
authenticate = _refusing(Authenticate.as_view())
