"""The logo that an agency chose for its mails stands in the head of its portals too."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps


def show(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    """Note of each agency's logo what the head of a page needs."""
    here = editor.connection.alias
    styles = apps.get_model("interventions", "MailStyle").objects.using(here).filter(logo__isnull=False)
    agences = apps.get_model("interventions", "Agence").objects.using(here)
    for style in styles.select_related("logo").defer("logo__content"):
        logo = style.logo
        agences.filter(pk=style.agence_id).update(
            logo_id=logo.public_id, logo_width=logo.width, logo_height=logo.height
        )


class Migration(migrations.Migration):
    dependencies = [("interventions", "0034_agence_look")]

    operations = [migrations.RunPython(show, migrations.RunPython.noop)]
