"""The admin site, for the operator of the service."""

from django.contrib.admin.apps import AdminConfig


class OperatorAdmin(AdminConfig):
    """Django's admin with a door of ours."""

    default_site = "config.operator.OperatorSite"
