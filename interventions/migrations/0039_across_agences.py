"""The few questions that are asked across agencies, each by a name of its own (interventions.across).

They run with the owner's rights, so that row level security does not bind them, and answer with keys and numbers.
"""

from django.conf import settings
from django.db import migrations

APP = f'"{settings.DATABASES["default"]["USER"]}"'
PERSON = "nullif(current_setting('app.person', true), '')::bigint"
# (signature, what it returns, its one statement)
FUNCTIONS = [
    (
        "person_clients()",
        "bigint[]",
        f"""SELECT coalesce(array_agg(id), '{{}}') FROM (
            SELECT id FROM interventions_client WHERE user_id = {PERSON}
            UNION SELECT client_id FROM interventions_proche WHERE user_id = {PERSON}
        ) own""",
    ),
    (
        "person_desks()",
        "bigint[]",
        f"SELECT coalesce(array_agg(id), '{{}}') FROM interventions_gestionnaire WHERE user_id = {PERSON}",
    ),
    (
        "person_secteurs()",
        "bigint[]",
        f"""SELECT coalesce(array_agg(given.secteur_id), '{{}}') FROM interventions_gestionnairesecteur given
        JOIN interventions_gestionnaire desk ON desk.id = given.gestionnaire_id WHERE desk.user_id = {PERSON}""",
    ),
    (
        "agence_of_calendar(wanted uuid)",
        "bigint",
        "SELECT agence_id FROM interventions_intervenant WHERE public_id = wanted",
    ),
    ("agence_of_link(wanted uuid)", "bigint", "SELECT agence_id FROM interventions_maillink WHERE public_id = wanted"),
    ("agence_of_mail(wanted uuid)", "bigint", "SELECT agence_id FROM interventions_mail WHERE public_id = wanted"),
    (
        "agence_of_provided_mail(wanted text)",
        "bigint",
        "SELECT agence_id FROM interventions_mail WHERE provider_id = wanted AND wanted <> '' ORDER BY id LIMIT 1",
    ),
    (
        # The told agency's own visits: policies keep a condition on upper() from the index, which is not leakproof.
        "visits_numbered(beginning text)",
        "SETOF bigint",
        """SELECT id FROM interventions_intervention
        WHERE agence_id = nullif(current_setting('app.agence', true), '')::bigint AND NOT number = ''
            AND upper(number) COLLATE "C" >= upper(beginning)
            AND upper(number) COLLATE "C" < upper(beginning) || chr(1114111)
        ORDER BY agence_id, upper(number) COLLATE "C", id LIMIT 1000""",
    ),
    (
        "agences_of_account(account bigint)",
        "SETOF bigint",
        """SELECT agence_id FROM interventions_mailpreference WHERE user_id = account
        UNION SELECT agence_id FROM interventions_invitation WHERE user_id = account""",
    ),
    (
        "agences_with_batches()",
        "SETOF bigint",
        "SELECT DISTINCT agence_id FROM interventions_batchwork WHERE finished_at IS NULL",
    ),
    (
        "agences_with_imports()",
        "SETOF bigint",
        "SELECT DISTINCT agence_id FROM interventions_importrequest WHERE stage IN ('reading', 'loading')",
    ),
    (
        "agences_unsealed(above bigint)",
        "SETOF bigint",
        """SELECT DISTINCT entry.agence_id FROM interventions_journalentry entry
        LEFT JOIN interventions_sealedentry sealed ON sealed.entry_id = entry.id
        WHERE sealed.entry_id IS NULL AND entry.id > above""",
    ),
    ("journal_last()", "bigint", "SELECT coalesce(max(id), 0) FROM interventions_journalentry"),
    (
        "journal_first_unsealed(above bigint, up_to bigint)",
        "bigint",
        """SELECT entry.id FROM interventions_journalentry entry
        LEFT JOIN interventions_sealedentry sealed ON sealed.entry_id = entry.id
        WHERE sealed.entry_id IS NULL AND entry.id > above AND entry.id <= up_to ORDER BY entry.id LIMIT 1""",
    ),
    (
        "pulse_outbox(at timestamptz)",
        "TABLE (due bigint, oldest double precision, sending bigint)",
        """SELECT count(*) FILTER (WHERE fate = 'queued'),
            coalesce(extract(epoch FROM at - min(due_at) FILTER (WHERE fate = 'queued')), 0)::double precision,
            count(*) FILTER (WHERE fate = 'sending')
        FROM interventions_mail WHERE (fate = 'queued' AND due_at <= at) OR fate = 'sending'""",
    ),
    (
        # Agency by agency, so that each probes its own index and the cost follows what is recent, not what there is.
        "pulse_failed(since timestamptz)",
        "bigint",
        """SELECT count(*) FROM interventions_agence a, LATERAL (
            SELECT 1 FROM interventions_mail m
            WHERE m.agence_id = a.id AND m.fate = 'failed' AND m.created_at > since
        ) recent""",
    ),
    (
        "pulse_batches(since timestamptz)",
        "TABLE (role text, count bigint)",
        """SELECT recent.role::text, count(*) FROM interventions_agence a, LATERAL (
            SELECT b.role FROM interventions_batch b WHERE b.agence_id = a.id AND b.at > since
        ) recent GROUP BY recent.role""",
    ),
    (
        "pulse_jobs(since timestamptz)",
        "TABLE (name text, succeeded timestamptz, failed bigint)",
        """SELECT run.name::text, max(run.started_at) FILTER (WHERE run.error = ''),
            count(*) FILTER (WHERE run.error <> '')
        FROM interventions_jobrun run WHERE run.started_at > since GROUP BY run.name""",
    ),
]


def _function(signature: str, returns: str, statement: str) -> migrations.RunSQL:
    name = _bare(signature)
    return migrations.RunSQL(
        f"CREATE FUNCTION {signature} RETURNS {returns} LANGUAGE sql STABLE SECURITY DEFINER PARALLEL SAFE "
        f"SET search_path = public, pg_temp AS $${statement}$$; {_for_app(name)}",
        f"DROP FUNCTION {name}",
    )


def _for_app(name: str) -> str:
    return f"REVOKE EXECUTE ON FUNCTION {name} FROM PUBLIC; GRANT EXECUTE ON FUNCTION {name} TO {APP}"


def _bare(signature: str) -> str:
    """Return a signature without the names of its arguments."""
    name, _, arguments = signature.rstrip(")").partition("(")
    return f"{name}({', '.join(argument.partition(' ')[2] for argument in arguments.split(', ') if argument)})"


class Migration(migrations.Migration):
    dependencies = [("interventions", "0038_import_files_in_order")]

    operations = [
        *(_function(*one) for one in FUNCTIONS),
        migrations.RunSQL(_for_app("account_is_used(bigint)"), migrations.RunSQL.noop),
    ]
