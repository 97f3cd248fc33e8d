"""Row level security: who works for an agency sees and writes its rows, who works for none sees and writes nothing.

The release before must tell the agency already (`interventions.tenancy`, 0039). Table by table, so that nobody waits for
more than one; begun again after a failure, it goes on.
"""

from django.db import migrations

from interventions.walls import AGENCE, walled

PERSON = "(SELECT nullif(current_setting('app.person', true), '')::bigint)"

TABLES = {
    "interventions": (
        "absence access attachment batch batchpart batchwork client columnmatch contrat daytotal deliberation "
        "gestionnaire gestionnairesecteur groundstemplate import importedline importfile importfinding importrequest "
        "invitation "
        "intervenant intervention journalentry journalseal journaltext mail mailline maillink maillogo "
        "mailpreference mailstyle mailstyleentry mandateentry motif period periodentry prestation proche proposition "
        "recentlyseen registryentry registryvalues reminder sealedentry sealedwords secteur series settingentry "
        "unanswered"
    ).split(),
    "tracking": "export exportline exportedmonth savedview selection tablechoice ticks".split(),
}
# Of nobody's agency are the runs of what the service does as a whole.
OF_NONE = {"interventions_jobrun": f"agence_id = {AGENCE} OR (agence_id IS NULL AND {AGENCE} IS NULL)"}
# What a person sees who enters, before it is known where: the rows that are theirs.
DOORS = {
    "interventions_intervenant": f"user_id = {PERSON}",
    "interventions_client": f"user_id = {PERSON} OR id = ANY ((SELECT person_clients())::bigint[])",
    "interventions_proche": f"user_id = {PERSON} OR client_id = ANY ((SELECT person_clients())::bigint[])",
    "interventions_gestionnaire": f"user_id = {PERSON}",
    "interventions_gestionnairesecteur": "gestionnaire_id = ANY ((SELECT person_desks())::bigint[])",
    "interventions_secteur": "id = ANY ((SELECT person_secteurs())::bigint[])",
}


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("interventions", "0039_across_agences"), ("tracking", "0003_numbered_exports")]

    operations = [
        *(walled(f"{app}_{table}") for app, tables in TABLES.items() for table in tables),
        *(walled(*one) for one in OF_NONE.items()),
        *(
            migrations.RunSQL(
                f"DROP POLICY IF EXISTS doors ON {table}; CREATE POLICY doors ON {table} FOR SELECT USING ({within})",
                f"DROP POLICY doors ON {table}",
            )
            for table, within in DOORS.items()
        ),
    ]
