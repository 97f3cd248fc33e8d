import gc

from django.apps import AppConfig

from config import plurals

# What a press on some thousand visits, or a long page, makes anew without ever making a cycle.
NEW_OBJECTS = 50_000


class ConfigConfig(AppConfig):
    """Its commands, and how the collector of cycles runs in every process of ours."""

    name = "config"

    def ready(self) -> None:
        """Count as French does; let the collector pass over what stays for good, and run more rarely than for scripts.

        By default it walks through all objects, the loaded code among them, several times in a large batch: a
        seventh of its time (docs/benchmark.md).
        """
        plurals.count_as_french_does()
        gc.collect()
        gc.freeze()
        gc.set_threshold(NEW_OBJECTS, 20, 50)
