"""What somebody has still to act on is found without the years that are settled."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

OPEN = ["draft", "planned", "done", "contested", "arbitration"]


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("interventions", "0035_logos_in_heads")]

    operations = [
        AddIndexConcurrently(
            model_name="intervention",
            index=models.Index(
                fields=["agence", person, "status", "day", "id"],
                condition=models.Q(status__in=OPEN),
                name=name,
            ),
        )
        for person, name in (
            ("client", "intervention_open_by_client"),
            ("intervenant", "intervention_open_by_carer"),
        )
    ]
