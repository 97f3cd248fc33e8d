"""Two roles from the start: what app may do, and what only the owner may."""

import pytest
from django.core.management import CommandError, call_command
from django.db import ProgrammingError, connection, connections

from tests.wall import as_product


def scalar(statement: str) -> object:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        row = cursor.fetchone()
    return row[0] if row else None


@pytest.mark.django_db
def test_the_product_works_as_app_in_a_database_of_the_owner() -> None:
    with as_product():
        assert scalar("SELECT current_user") == "app"
        rights = "SELECT rolsuper OR rolcreatedb OR rolbypassrls FROM pg_roles WHERE rolname = current_user"
        assert scalar(rights) is False
    assert scalar("SELECT tableowner FROM pg_tables WHERE tablename = 'interventions_user'") == "owner"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE of_its_own (id int)",
        "ALTER TABLE django_session ADD COLUMN note text",
        "DROP TABLE django_session",
        "TRUNCATE django_session",
        "CREATE EXTENSION hstore",
    ],
)
def test_app_cannot_change_tables(statement: str) -> None:
    with pytest.raises(ProgrammingError, match=r"permission denied|must be owner"), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.django_db
def test_app_reads_and_writes_rows() -> None:
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO django_session VALUES ('k', 'd', '2030-01-01T00:00Z')")
        cursor.execute("UPDATE django_session SET session_data = 'e'")
    assert scalar("SELECT session_data FROM django_session") == "e"


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_a_right_that_a_migration_took_from_app_stays_away_after_migrating_again() -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute("CREATE TABLE ledger (id int)")
        cursor.execute("REVOKE UPDATE, DELETE ON ledger FROM app")
        call_command("migrate", verbosity=0)
        allowed = [
            scalar(f"SELECT has_table_privilege('ledger', '{right}')") for right in ("INSERT", "UPDATE", "DELETE")
        ]
        cursor.execute("DROP TABLE ledger")
    assert allowed == [True, False, False]


@pytest.mark.django_db(transaction=True)
def test_app_empties_the_tables_through_their_owner() -> None:
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO django_session VALUES ('left', 'd', '2030-01-01T00:00Z')")
    call_command("flush", interactive=False, verbosity=0)
    assert scalar("SELECT count(*) FROM django_session") == 0
    with as_product():
        assert scalar("SELECT current_user") == "app"


@pytest.mark.django_db
def test_without_the_owners_address_migrate_says_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(connections.settings, "owner")
    with pytest.raises(CommandError, match="DATABASE_OWNER_URL"):
        call_command("migrate", verbosity=0)
