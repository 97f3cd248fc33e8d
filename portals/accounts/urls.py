"""Signing in and out, choosing a role: mounted at /compte/.

Of allauth only what has a page in our look: no signing up, and no change of address, which is the agency's to make.
A forgotten password needs no mail of its own: a code signs in, and whoever came in by one chooses a new password.
"""

from allauth.account import views as allauth_views
from django.urls import path

from portals.accounts import passwords, sessions, views

urlpatterns = [
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
