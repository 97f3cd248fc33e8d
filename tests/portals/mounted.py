"""The addresses of the product, with the portal under test in the place of each real one."""

from django.urls import include, path

from interventions.states import Role
from portals.accounts.views import home
from portals.web.guards import guarded

UNDER_TEST = "tests.portals.portal_under_test.urls"
PORTALS: dict[str, Role | list[Role]] = {
    "intervenant": Role.INTERVENANT,
    "client": [Role.CLIENT, Role.PROCHE],
    "gestion": Role.MANAGER,
}


def _mount(portal: str):
    patterns, app, _namespace = guarded(PORTALS[portal], UNDER_TEST)
    return path(f"{portal}/", (patterns, app, portal))


urlpatterns = [
    path("", home, name="home"),
    path("compte/", include("portals.accounts.urls")),
    *(_mount(portal) for portal in PORTALS),
]

handler400 = "portals.web.errors.bad_request"
handler403 = "portals.web.errors.permission_denied"
handler404 = "portals.web.errors.not_found"
handler500 = "portals.web.errors.server_error"
handler429 = "portals.web.errors.too_many_requests"
