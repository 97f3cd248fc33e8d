"""A password of one's own: choosing the first, changing it, replacing one that was forgotten."""

from typing import Any

from allauth.account.authentication import get_authentication_records
from allauth.account.forms import SetPasswordForm
from allauth.account.views import PasswordChangeView, PasswordSetView
from django.contrib.auth.decorators import login_required
from django.views.decorators.cache import never_cache


class Change(PasswordChangeView):
    """Ask for the old password, except of somebody who signed in by a code: their mailbox speaks for them."""

    def get_form_class(self) -> Any:
        """Return the form with the old password or without it."""
        records = get_authentication_records(self.request, self.request.user)
        by_code = any(record.get("method") == "code" for record in records)
        return SetPasswordForm if by_code else super().get_form_class()


change = never_cache(login_required(Change.as_view()))
choose = never_cache(login_required(PasswordSetView.as_view()))
