"""Who may enter /operateur/: the operator of the service, by the same sign-in as everybody."""

from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models.base import ModelBase
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from interventions.looked_at import looked_at
from interventions.tenancy import set_agence
from portals.web import second_factor
from portals.web.redirects import own_path, to_sign_in


class OperatorSite(AdminSite):
    """The admin site, for superusers."""

    site_header = site_title = gettext_lazy("Contreseing, administration du service")
    index_title = gettext_lazy("Agences et comptes")

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Show the domain's models only: groups give no right here, sessions and keys are their owners'."""
        models: Any = [model_or_iterable] if isinstance(model_or_iterable, ModelBase) else model_or_iterable
        ours = [model for model in models if model._meta.app_label == "interventions"]
        super().register(ours, admin_class, **options)

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """Show and write in one transaction of one agency, the one that the operator looks at, like any other page."""

        @wraps(view)
        def inside(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            with transaction.atomic():
                set_agence(looked_at(request))
                answer: HttpResponseBase = view(request, *args, **kwargs)
                if isinstance(answer, TemplateResponse):
                    answer.render()
                return answer

        return super().admin_view(inside, cacheable)

    def has_permission(self, request: HttpRequest) -> bool:
        """Admit superusers only: an agency's staff has /gestion/. OPERATOR_SECOND_FACTOR asks for theirs too."""
        is_operator = request.user.is_active and request.user.is_superuser
        return is_operator and not (settings.OPERATOR_SECOND_FACTOR and second_factor.asked(request))

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Send to the one sign-in page, so that rate limits and the list of sessions hold here too.

        An operator whose second factor is wanted is led to it, and from there back here.
        """
        if not request.user.is_authenticated:
            return to_sign_in(request)
        if not request.user.is_superuser:
            raise PermissionDenied(_("Cet espace est celui de l’opérateur du service."))
        if settings.OPERATOR_SECOND_FACTOR and (instead := second_factor.asked(request)) is not None:
            return instead
        return redirect(own_path(request, request.GET.get("next", "")) or "admin:index")
