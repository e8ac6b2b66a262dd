"""Check the state of the acts that were there before."""

from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    """Validate the constraint."""

    dependencies = [("quote", "0007_recent_acts")]
    operations = [ValidateConstraint("quoteedit", "quote_edit_state")]
