"""A server as production has it: collected static files with hashes, bundled and compressed by whitenoise."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

from django.conf import settings as configured
from django.core.management import call_command
from django.test.testcases import LiveServerThread

STORAGE = "portals.web.stylesheets.Bundled"


def with_collected_files(settings: Any, folder: Path) -> None:
    """Collect the static files into `folder`, and have them served from there and nowhere else."""
    settings.STATIC_ROOT = str(folder)
    settings.WHITENOISE_USE_FINDERS = settings.WHITENOISE_AUTOREFRESH = False
    settings.STORAGES = {**configured.STORAGES, "staticfiles": {"BACKEND": STORAGE}}
    call_command("collectstatic", "--noinput", verbosity=0)


@contextmanager
def serving(port: int = 0) -> Iterator[str]:
    """Serve the product, without the test server's own way to static files; yields the address."""
    thread = LiveServerThread("127.0.0.1", cast(Any, lambda handler: handler), port=port)
    thread.daemon = True
    thread.start()
    thread.is_ready.wait()
    if thread.error:
        raise thread.error
    try:
        yield f"http://127.0.0.1:{thread.port}"
    finally:
        thread.terminate()
