"""What Django's fields cannot say: keys that hold two rows to the same agency, and rights that `app` must not have."""

from django.conf import settings
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

# (table, columns beside agence_id, target): each becomes FOREIGN KEY (agence_id, …) REFERENCES target (agence_id, …).
KEYS = [
    ("client", ["secteur_id"], "secteur"),
    ("proche", ["client_id"], "client"),
    ("absence", ["client_id"], "client"),
    ("absence", ["intervenant_id"], "intervenant"),
    ("gestionnairesecteur", ["gestionnaire_id"], "gestionnaire"),
    ("gestionnairesecteur", ["secteur_id"], "secteur"),
    ("contrat", ["client_id"], "client"),
    ("contrat", ["prestation_id"], "prestation"),
    ("intervention", ["client_id"], "client"),
    ("intervention", ["intervenant_id"], "intervenant"),
    ("intervention", ["prestation_id"], "prestation"),
    ("intervention", ["client_id", "contrat_id"], "contrat"),
    ("intervention", ["motif_id"], "motif"),
    ("proposition", ["intervention_id"], "intervention"),
    ("proposition", ["motif_id"], "motif"),
    ("proposition", ["batch_id"], "batch"),
    ("deliberation", ["intervention_id"], "intervention"),
    ("deliberation", ["batch_id"], "batch"),
    ("batch", ["for_client_id"], "client"),
    ("journalentry", ["intervention_id"], "intervention"),
    ("journalentry", ["batch_id"], "batch"),
    ("mail", ["batch_id"], "batch"),
    ("mailline", ["mail_id"], "mail"),
    ("mailline", ["intervention_id"], "intervention"),
    ("importedline", ["last_import_id"], "import"),
    ("importedline", ["intervention_id"], "intervention"),
]


def _key(table: str, columns: list[str], target: str) -> migrations.RunSQL:
    name = f"{table}_{columns[-1]}_same_agence"
    here = ", ".join(["agence_id", *columns])
    there = ", ".join(["agence_id", *columns[:-1], "id"])
    return migrations.RunSQL(
        f"ALTER TABLE interventions_{table} ADD CONSTRAINT {name} "
        f"FOREIGN KEY ({here}) REFERENCES interventions_{target} ({there})",
        f"ALTER TABLE interventions_{table} DROP CONSTRAINT {name}",
    )


def revoke(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    """Take from the application's role what would let it rewrite the journal or lose a visit."""
    role = editor.quote_name(settings.DATABASES["default"]["USER"])
    for table, rights in (("journalentry", "UPDATE, DELETE, TRUNCATE"), ("intervention", "DELETE, TRUNCATE")):
        editor.execute(f"REVOKE {rights} ON interventions_{table} FROM {role}")


class Migration(migrations.Migration):
    dependencies = [("interventions", "0001_initial")]

    operations = [*(_key(*key) for key in KEYS), migrations.RunPython(revoke, migrations.RunPython.noop)]
