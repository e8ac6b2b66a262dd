"""Find the recent acts on a draft without locking those who write; their state is checked from now on."""

from django.contrib.postgres.operations import AddConstraintNotValid, AddIndexConcurrently
from django.db import migrations, models

# A database that was migrated by an earlier build has them already: they are made again.
FORGET = """
DROP INDEX IF EXISTS quote_edit_recent;
ALTER TABLE quote_edit DROP CONSTRAINT IF EXISTS quote_edit_state;
"""


class Migration(migrations.Migration):
    """Add the index and the constraint."""

    atomic = False
    dependencies = [("quote", "0006_concessions_and_approvals")]
    operations = [
        migrations.RunSQL(FORGET, migrations.RunSQL.noop),
        AddIndexConcurrently("quoteedit", models.Index(fields=["quote", "-revision"], name="quote_edit_recent")),
        AddConstraintNotValid(
            "quoteedit",
            models.CheckConstraint(condition=models.Q(state__in=("done", "undone", "dropped")), name="quote_edit_state"),
        ),
    ]
