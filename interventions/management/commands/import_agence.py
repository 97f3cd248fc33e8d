"""`import_agence`: an agency's own files, from a folder or a planning file."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from interventions.actor import system
from interventions.imports.acts import Interrupted
from interventions.imports.apply import LAYOUTS, import_files
from interventions.imports.columns import FileRefused
from interventions.imports.planning import LAYOUT as PLANNING
from interventions.imports.report import FileReport, Report, Result
from interventions.models import Agence
from interventions.operations import create_agence
from interventions.states import Via

SHOWN = 20


class Command(BaseCommand):
    """Loads clients.csv, intervenants.csv, contrats.csv and interventions.csv of a folder, and a planning file."""

    help = "Importe les fichiers d’une agence\u00a0: clients, intervenants, contrats, interventions, planning."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare what the command takes."""
        parser.add_argument("dir", nargs="?", type=Path, help="dossier des fichiers de l’agence")
        parser.add_argument("--planning", type=Path, help="fichier planning à sept colonnes")
        parser.add_argument(
            "--agence", help="nom de l’agence, créée si elle est nouvelle (défaut\u00a0: d’après le dossier)"
        )
        parser.add_argument("--dry-run", action="store_true", help="montre ce qui serait fait, sans rien changer")
        parser.add_argument("--json", action="store_true", help="écrit le résultat en JSON, et rien d’autre")

    def handle(self, *args: Any, **options: Any) -> None:
        """Load the files, and print what became of their lines. A file that cannot be used changes nothing."""
        data = _files(options["dir"], options["planning"])
        try:
            report = _import(_name(options), data, dry_run=options["dry_run"])
        except (FileRefused, Interrupted) as refused:
            raise CommandError(str(refused)) from refused
        except ValidationError as refused:
            raise CommandError(" ".join(refused.messages)) from refused
        if options["json"]:
            self.stdout.write(json.dumps(report.as_dict(), ensure_ascii=False, indent=1))
        else:
            self.stdout.write("\n".join(_lines(report)))


def _import(name: str, data: dict[str, bytes], *, dry_run: bool) -> Report:
    # The agency is new only if its files load; a dry run leaves no agency behind.
    with transaction.atomic():
        agence = Agence.objects.filter(name=name).first() or create_agence(name)
        report = import_files(system(agence, Via.IMPORT), data, dry_run=dry_run)
        transaction.set_rollback(dry_run)
    return report


def _files(folder: Path | None, planning: Path | None) -> dict[str, bytes]:
    if folder is None and planning is None:
        raise CommandError("Indiquez un dossier, un fichier --planning, ou les deux.")
    paths: dict[str, Path] = {}
    if folder is not None:
        if not folder.is_dir():
            raise CommandError(f"{folder} n’est pas un dossier.")
        paths = {layout.file_name: folder / layout.file_name for layout in LAYOUTS if layout is not PLANNING}
        paths = {name: path for name, path in paths.items() if path.is_file()}
        if not paths and planning is None:
            raise CommandError(f"{folder} ne contient aucun des fichiers attendus.")
    if planning is not None:
        paths[PLANNING.file_name] = planning
    try:
        return {name: path.read_bytes() for name, path in paths.items()}
    except OSError as error:
        raise CommandError(f"Fichier illisible\u00a0: {error.filename} ({error.strerror}).") from error


def _name(options: dict[str, Any]) -> str:
    """The agency: as said, or after the folder; for a planning alone the only agency there is."""
    if options["agence"]:
        return str(options["agence"])
    if options["dir"] is not None:
        return options["dir"].resolve().name.replace("-", " ").replace("_", " ").strip().title() or "Agence"
    names = list(Agence.objects.values_list("name", flat=True)[:2])
    if len(names) != 1:
        raise CommandError("Indiquez l’agence avec --agence.")
    return names[0]


def _lines(report: Report) -> list[str]:
    lines = []
    for name, file in report.files.items():
        lines.append(f"{name}\u00a0: " + ", ".join(f"{file.count(result)} {_WORDS[result]}" for result in Result))
        lines += _details(file)
    return lines


_WORDS = {
    Result.CREATED: "créées",
    Result.UPDATED: "mises à jour",
    Result.UNCHANGED: "inchangées",
    Result.KEPT: "gardées",
    Result.REFUSED: "refusées",
}


def _details(file: FileReport) -> list[str]:
    lists = [
        [f"refusée, ligne {r.line}, {r.column} «\u00a0{r.value}\u00a0»\u00a0: {r.reason}" for r in file.refused],
        [
            f"gardée, ligne {k.line}, {k.column}\u00a0: «\u00a0{k.file}\u00a0» au fichier, «\u00a0{k.here}\u00a0» ici"
            for k in file.kept
        ],
        [f"absente\u00a0: {gone.identity} ({gone.day:%d/%m/%Y})" for gone in file.absent],
        [f"à voir, ligne {r.line}, {r.column} «\u00a0{r.value}\u00a0»\u00a0: {r.reason}" for r in file.warnings],
    ]
    lines = []
    for items in lists:
        lines += [f"  {item}" for item in items[:SHOWN]]
        if len(items) > SHOWN:
            lines.append(f"  … et {len(items) - SHOWN} autres")
    return lines
