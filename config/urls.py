"""Every address of the product, each portal mounted through its role guard."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from interventions.states import Role
from portals.accounts.views import home
from portals.intervenant.feed import feed
from portals.web.guards import guarded
from portals.web.logos import logo

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home, name="home"),
    path("compte/", include("portals.accounts.urls")),
    # Each portal through its guard, without which a view does not load.
    path("client/", guarded((Role.CLIENT, Role.PROCHE), "portals.client.urls")),
    path("gestion/", guarded(Role.MANAGER, "portals.manager.urls")),
    path("intervenant/", guarded(Role.INTERVENANT, "portals.intervenant.urls")),
    path("suivi/", guarded(Role.MANAGER, "tracking.urls", nav="portals.manager.nav")),
    # By the link of a mail, through a guard of its own.
    path("lien/", include("portals.client.link.urls")),
    # The phone's own calendar, by the token in its address.
    path("agenda/<str:token>.ics", feed, name="calendar_feed"),
    # The logo in the head of an agency's pages, before anybody has signed in too.
    path("logo/<uuid:logo_id>/", logo, name="agence_logo"),
    # What mail services say became of mails, by their shared secret.
    path("courrier/", include("config.mail_events")),
    path("operateur/", admin.site.urls),
]

handler400 = "portals.web.errors.bad_request"
handler403 = "portals.web.errors.permission_denied"
handler404 = "portals.web.errors.not_found"
handler500 = "portals.web.errors.server_error"
handler429 = "portals.web.errors.too_many_requests"
