"""Signing in and out, choosing a role: mounted at /compte/.

Only what has a page in our look: no signing up, and no change of address, which is the agency's to make.
"""

from allauth.account import views as allauth_views
from django.urls import path

from portals.accounts import views

urlpatterns = [
    path("", views.menu, name="account_menu"),
    path("espaces/", views.doors, name="account_doors"),
    path("connexion/", allauth_views.login, name="account_login"),
    path("deconnexion/", allauth_views.logout, name="account_logout"),
]
