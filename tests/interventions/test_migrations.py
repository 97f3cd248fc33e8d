"""A release is installed while the former one serves: what a migration may do (docs/develop.md, «Migrations»)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import migrations, models
from django.db.migrations.loader import MigrationLoader

# The first migrations made under the rules; before them no release was in use.
SINCE = {"interventions": "0032", "tracking": "0005"}
# Rows by the million: an index or a check over them must not keep anybody waiting.
LARGE = frozenset({"intervention", "journalentry", "mail", "mailline", "batch", "daytotal"})
TAKES_AWAY = (migrations.RemoveField, migrations.DeleteModel, migrations.RenameField, migrations.RenameModel)


def operations_of(migration: Any) -> Iterator[Any]:
    """Yield the operations, those that touch the database alone included."""
    for operation in migration.operations:
        if isinstance(operation, migrations.SeparateDatabaseAndState):
            yield from operation.database_operations
        else:
            yield operation


def faults(migration: Any) -> list[str]:
    """Return what a web process of the former release, or somebody who is at work, would not survive."""
    found: list[str] = []
    made = {op.name.lower() for op in migration.operations if isinstance(op, migrations.CreateModel)}
    for operation in operations_of(migration):
        table = getattr(operation, "model_name", getattr(operation, "name", "")).lower()
        if table not in made:
            found += _faults(operation, table, getattr(migration, "contracts", ""))
    kinds = {type(op) for op in operations_of(migration)}
    if migrations.RunPython in kinds and len(kinds) > 1:
        found.append("RunPython beside changes of the schema: their locks last as long as it does")
    return found


def _faults(operation: Any, table: str, contracts: str) -> Iterator[str]:
    name = f"{type(operation).__name__} on {table}"
    if isinstance(operation, TAKES_AWAY) and not contracts:
        yield f"{name}: first a release that no longer uses it, then `contracts` says which one that was"
    if isinstance(operation, migrations.AddField) and _is_missed(operation.field):
        yield f"{name}.{operation.name}: the former release inserts without it: null=True or db_default"
    if type(operation) in (migrations.AddIndex, migrations.AddConstraint) and table in LARGE:
        yield f"{name}: AddIndexConcurrently, or AddConstraintNotValid and then ValidateConstraint"
    if isinstance(operation, migrations.RunPython) and operation.reverse_code is None:
        yield f"{name}: no way back: reverse_code, noop if nothing is to do"
    if isinstance(operation, migrations.RunSQL) and operation.reverse_sql is None:
        yield f"{name}: no way back: reverse_sql"


def _is_missed(field: Any) -> bool:
    return not (field.null or field.has_db_default() or field.many_to_many or getattr(field, "generated", False))


def test_every_migration_since_keeps_the_rules() -> None:
    loader = MigrationLoader(None, ignore_no_migrations=True)
    found = {
        f"{app}.{name}": wrong
        for (app, name), migration in loader.disk_migrations.items()
        if app in SINCE and name >= SINCE[app] and (wrong := faults(migration))
    }
    assert found == {}


def a_migration(*operations: Any, **attributes: Any) -> Any:
    made: Any = migrations.Migration("0099_planted", "interventions")
    made.operations = list(operations)
    for name, value in attributes.items():
        setattr(made, name, value)
    return made


def added(**options: Any) -> Any:
    return migrations.AddField("client", "note", models.CharField(max_length=9, **options))


INDEX = models.Index(fields=["day"], name="by_day")


@pytest.mark.parametrize(
    ("operation", "word"),
    [
        (migrations.RemoveField("client", "phone"), "first a release that no longer uses it"),
        (migrations.RenameField("client", "phone", "telephone"), "first a release"),
        (migrations.DeleteModel("Client"), "first a release"),
        (added(), "inserts without it"),
        (added(default=""), "inserts without it"),
        (migrations.AddIndex("intervention", INDEX), "AddIndexConcurrently"),
        (migrations.RunSQL("SELECT 1"), "no way back"),
        (migrations.RunPython(lambda apps, editor: None), "no way back"),
    ],
)
def test_what_the_rules_find(operation: Any, word: str) -> None:
    (fault,) = faults(a_migration(operation))
    assert word in fault


def test_what_they_let_pass() -> None:
    new = migrations.CreateModel("Paper", [("id", models.BigAutoField(primary_key=True))])
    index = migrations.AddIndex("paper", models.Index(fields=["id"], name="by_id"))
    on_new = migrations.AddField("paper", "note", models.TextField())
    assert faults(a_migration(new, index, on_new)) == []
    assert faults(a_migration(added(db_default=""), added(null=True))) == []
    assert faults(a_migration(migrations.RemoveField("client", "phone"), contracts="unused since 2027.1")) == []


def test_data_and_schema_do_not_share_a_transaction() -> None:
    fill = migrations.RunPython(migrations.RunPython.noop, migrations.RunPython.noop)
    assert len(faults(a_migration(added(null=True), fill))) == 1
