from django.apps import AppConfig

from portals.web import checks

__all__ = ["PortalsConfig", "checks"]


class PortalsConfig(AppConfig):
    name = "portals"
    verbose_name = "Portails"
