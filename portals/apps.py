from importlib import import_module

from django.apps import AppConfig

from portals.web import checks

__all__ = ["PortalsConfig", "checks"]


class PortalsConfig(AppConfig):
    name = "portals"
    verbose_name = "Portails"

    def ready(self) -> None:
        """Connect what listens to the domain, in every process: commands and workers load no URLs."""
        import_module("portals.accounts.sessions")
