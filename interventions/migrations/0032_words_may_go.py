"""The application's role may empty the columns of its records that hold a person's words, and change no others."""

from django.conf import settings
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

ERASABLE = {
    "registryentry": "actor_name",
    "mandateentry": "actor_name, paper",
    "periodentry": "actor_name",
    "settingentry": "actor_name",
    "mailstyleentry": "actor_name",
}


def _each(editor: BaseDatabaseSchemaEditor, change: str) -> None:
    role = editor.quote_name(settings.DATABASES["default"]["USER"])
    for table, columns in ERASABLE.items():
        editor.execute(change.format(columns=columns, table=f"interventions_{table}", role=role))


def allow(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    """Let these columns be written; the triggers let them only be emptied."""
    _each(editor, "GRANT UPDATE ({columns}) ON {table} TO {role}")


def forbid(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    """Take that back."""
    _each(editor, "REVOKE UPDATE ({columns}) ON {table} FROM {role}")


class Migration(migrations.Migration):
    dependencies = [("interventions", "0031_anonymised")]

    operations = [migrations.RunPython(allow, forbid)]
