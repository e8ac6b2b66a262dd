"""Check the kinds of the quotes and lines that were there before."""

from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    """Validate the constraints."""

    dependencies = [("quote", "0008_recent_acts_checked")]
    operations = [
        ValidateConstraint("quote", "quote_kind"),
        ValidateConstraint("quoteline", "quote_line_action"),
        ValidateConstraint("quoteline", "quote_line_of_fleet"),
    ]
