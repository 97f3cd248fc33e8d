"""Signing in and out, choosing a role: mounted at /compte/.

Of allauth only what has a page in our look: no signing up, and no change of address, which is the agency's to make.
A forgotten password needs no mail of its own: a code signs in, and whoever came in by one chooses a new password.
"""

from allauth.account import views as allauth_views
from django.urls import include, path

from portals.accounts import passwords, sessions, views
from portals.accounts.second import views as second

# Their names are those by which allauth finds them.
SECOND_FACTOR = [
    path("", second.index, name="mfa_index"),
    path("application/", second.add_application, name="mfa_activate_totp"),
    path("application/retrait/", second.remove_application, name="mfa_deactivate_totp"),
    path("cles/", second.add_key, name="mfa_add_webauthn"),
    path("cles/<int:pk>/", second.rename_key, name="mfa_edit_webauthn"),
    path("cles/<int:pk>/retrait/", second.remove_key, name="mfa_remove_webauthn"),
    path("codes/", second.show_codes, name="mfa_view_recovery_codes"),
    path("codes/autres/", second.make_codes, name="mfa_generate_recovery_codes"),
    path("codes/codes-de-secours.txt", second.codes_file, name="mfa_download_recovery_codes"),
]

urlpatterns = [
    path("deuxieme-facteur/", include(SECOND_FACTOR)),
    path("confirmation/", second.reauthenticate_password, name="account_reauthenticate"),
    path("confirmation/code/", second.reauthenticate, name="mfa_reauthenticate"),
    path("confirmation/cle/", second.reauthenticate_key, name="mfa_reauthenticate_webauthn"),
    path("connexion/deuxieme-facteur/", second.authenticate, name="mfa_authenticate"),
    path("", views.menu, name="account_menu"),
    path("espaces/", views.doors, name="account_doors"),
    path("appareils/", sessions.devices, name="account_sessions"),
    path("mot-de-passe/", passwords.change, name="account_change_password"),
    path("mot-de-passe/choisir/", passwords.choose, name="account_set_password"),
    path("connexion/", views.login, name="account_login"),
    path("connexion/code/", views.request_code, name="account_request_login_code"),
    path("connexion/code/verification/", views.confirm_code, name="account_confirm_login_code"),
    path("connexion/compte-ferme/", allauth_views.account_inactive, name="account_inactive"),
    path("deconnexion/", sessions.sign_out, name="account_logout"),
]
