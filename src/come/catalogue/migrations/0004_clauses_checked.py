"""Check the clauses that were there before."""

from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    """Validate the constraints."""

    dependencies = [("catalogue", "0003_groups_commitments_formulas")]
    operations = [
        ValidateConstraint("agreementclause", "catalogue_clause_makes"),
        ValidateConstraint("agreementclause", "catalogue_clause_speaks_of"),
        ValidateConstraint("agreementclause", "catalogue_clause_allowance"),
    ]
