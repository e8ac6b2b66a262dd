"""Check the states of the lines that were there before."""

from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    """Validate the constraint."""

    dependencies = [("order", "0003_undoing_and_decisions")]
    operations = [ValidateConstraint("productorderitem", "order_item_state_known")]
