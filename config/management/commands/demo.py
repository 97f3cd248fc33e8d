"""`manage.py demo`: the whole product on one machine, with two agencies to look at."""

import os
import shutil
import subprocess
import sys
from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError

from config import demo_data
from config.supervisor import ChildEnded, Supervisor, interruptible, port_answers, port_is_free

HOST = "127.0.0.1"
# Celery warns root away from pickles; here messages are JSON and the machine is one's own.
QUIET = "ignore::UserWarning:celery.platforms"
STALE_DAYS = 14
START_SECONDS = 60
PASSWORD = "contreseing-demo"  # noqa: S105 - known to all, and only the demo's accounts have it
ACCOUNTS = ("intervenant", "client", "proche", "gestion")
AGENCIES = ("rivage.example", "colline.example")


class Command(BaseCommand):
    """Starts database, web, worker and beat with the demo's data; Ctrl-C stops all of it."""

    help = __doc__
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--reset", action="store_true", help="start over with new data around today")

    def handle(self, *args: Any, **options: Any) -> None:
        refuse_what_cannot_work()
        demo = {"CONTRESEING_DEMO": "1", "PORT": str(settings.PORT), "PYTHONWARNINGS": QUIET}
        self.environment = {"LOG_LEVEL": "WARNING"} | os.environ | demo
        with interruptible():
            try:
                self.prepare(reset=options["reset"])
                self.serve()
            except KeyboardInterrupt:
                self.stdout.write("\nStopped.")

    def prepare(self, *, reset: bool) -> None:
        """Bring the tables up to date and load the demo's agencies, unless they are there."""
        if reset or self.offer_reset():
            demo_data.clear()
            shutil.rmtree(settings.VAR_DIR / "celery", ignore_errors=True)
        self.manage("migrate", "--verbosity", "0")
        if demo_data.loaded_on() is None:
            self.stdout.write("Loading the demo agencies…")
            self.manage("demo_load")
            demo_data.remember(date.today())  # noqa: DTZ011 - the day on this machine's wall

    def offer_reset(self) -> bool:
        """Ask whether to start over when the demo's dates lie too far back to show anything."""
        loaded = demo_data.loaded_on()
        age = (date.today() - loaded).days if loaded else 0  # noqa: DTZ011
        if age <= STALE_DAYS:
            return False
        sentence = f"The demo's data are {age} days old: its visits lie in the past."
        if not sys.stdin.isatty():
            self.stdout.write(f"{sentence} `make demo-reset` starts over.")
            return False
        return input(f"{sentence} Start over with new data? [y/N] ").strip().lower() in ("y", "yes", "o", "oui")

    def manage(self, *command: str) -> None:
        """Run another command of ours, with the demo's settings; its own words tell what went wrong."""
        done = subprocess.run([sys.executable, "manage.py", *command], cwd=settings.BASE_DIR, env=self.environment)
        if done.returncode:
            raise CommandError(f"manage.py {command[0]} failed: the demo does not start.")

    def serve(self) -> None:
        """Run web, worker and beat until one ends or somebody stops them."""
        supervisor = Supervisor(self.environment)
        try:
            for name, command in programs(settings.PORT).items():
                supervisor.start(name, command)
            if not supervisor.wait_for(lambda: port_answers(HOST, settings.PORT), START_SECONDS):
                raise CommandError(f"The web server did not answer within {START_SECONDS} s.")
            self.announce()
            supervisor.wait()
        except ChildEnded as end:
            raise CommandError(f"{end}: everything else is stopped too. Its last words stand above.") from end
        finally:
            supervisor.stop()

    def announce(self) -> None:
        """Print where to look and who to be."""
        lines = ["", f"Contreseing: http://{HOST}:{settings.PORT}", ""]
        lines += ["  ".join(f"{name}@{agency}".ljust(30) for name in ACCOUNTS).rstrip() for agency in AGENCIES]
        lines += [f"Password of each: {PASSWORD}", "", "Ctrl-C stops everything."]
        self.stdout.write("\n".join(lines))
        self.stdout.flush()


def refuse_what_cannot_work() -> None:
    """Refuse in one line, before anything is touched."""
    if settings.PRODUCTION:
        raise CommandError("The demo's accounts have a known password: it does not run in production.")
    if not port_is_free(HOST, settings.PORT):
        raise CommandError(
            f"Port {settings.PORT} is taken: stop what uses it (another demo?), or choose another port: "
            f"PORT={settings.PORT + 1} make demo"
        )


def programs(port: int) -> dict[str, list[str]]:
    """Name every program of the demo and the command that starts it."""
    python = [sys.executable, "-m"]
    celery = [*python, "celery", "--quiet", "--app", "config"]
    schedule = str(settings.VAR_DIR / "celery" / "beat")
    web = [*python, "gunicorn", "config.wsgi", "--config", "python:config.gunicorn", "--bind", f"{HOST}:{port}"]
    return {
        "web": [*web, "--workers", "1", "--log-level", "warning"],
        "worker": [*celery, "worker", "--pool", "threads", "--concurrency", "2", "--loglevel", "WARNING"],
        "beat": [*celery, "beat", "--schedule", schedule, "--loglevel", "WARNING"],
    }
