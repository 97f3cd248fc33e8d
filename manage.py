#!/usr/bin/env python
"""Django's command line, on the embedded database unless DATABASE_URL names another."""

import os
import sys

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line

from config import embedded


def main() -> None:
    """Run one command; the default database runs for at least as long as it."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    try:
        settings.INSTALLED_APPS  # noqa: B018 - reads the settings, so that what they refuse is said in one line
        embedded.join()
    except (ImproperlyConfigured, embedded.Unavailable) as refusal:
        sys.exit(str(refusal))
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
