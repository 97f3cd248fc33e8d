"""Who may enter /operateur/: the operator of the service, by the same sign-in as everybody."""

from typing import Any

from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.db.models.base import ModelBase
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portals.web.redirects import to_sign_in


class OperatorSite(AdminSite):
    """The admin site, for superusers."""

    site_header = site_title = gettext_lazy("Contreseing, administration du service")
    index_title = gettext_lazy("Agences et comptes")

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Show the domain's models only: groups give no right here, sessions and keys are their owners'."""
        models: Any = [model_or_iterable] if isinstance(model_or_iterable, ModelBase) else model_or_iterable
        ours = [model for model in models if model._meta.app_label == "interventions"]
        super().register(ours, admin_class, **options)

    def has_permission(self, request: HttpRequest) -> bool:
        """Admit superusers only: an agency's staff has /gestion/."""
        return request.user.is_active and request.user.is_superuser

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Send to the one sign-in page, so that rate limits and the list of sessions hold here too."""
        if request.user.is_authenticated:
            raise PermissionDenied(_("Cet espace est celui de l’opérateur du service."))
        return to_sign_in(request)
