"""What makes a migration unsafe while yesterday's code still runs, read from its operations."""

from __future__ import annotations

from django.contrib.postgres import operations as postgres
from django.db import migrations, models

_DESTRUCTIVE = (migrations.RemoveField, migrations.DeleteModel, migrations.RenameField, migrations.RenameModel, migrations.AlterModelTable)


def problems(migration: migrations.Migration) -> list[str]:
    """Return one sentence per unsafe operation.

    Tables created by the same migration are empty and unknown to the running code: anything goes there. A removal is
    safe one release after the code stopped using it; the migration says so in an attribute `unused_since = "1.4"`.
    """
    created: set[str] = set()
    found: list[str] = []
    kinds = set()
    for operation in migration.operations:
        if isinstance(operation, migrations.CreateModel):
            created.add(operation.name.lower())
        kinds.add("data" if isinstance(operation, migrations.RunPython) else "schema")
        found += [f"{type(operation).__name__}: {sentence}" for sentence in _operation_problems(operation, created, migration)]
    if kinds == {"data", "schema"}:
        found.append("data and schema in one migration: the table stays locked while rows are written; make two")
    return found


def _operation_problems(operation: object, created: set[str], migration: migrations.Migration) -> list[str]:
    table = str(getattr(operation, "model_name", "") or getattr(operation, "name", "")).lower()
    found = [sentence for refused, sentence in _RULES if refused(operation, migration)]
    is_script = isinstance(operation, migrations.RunPython | migrations.RunSQL)
    return found if is_script or table not in created else []


def _needs_value(operation: object, migration: migrations.Migration) -> bool:
    if not isinstance(operation, migrations.AddField):
        return False
    field = operation.field
    return not (field.many_to_many or field.null or field.db_default is not models.NOT_PROVIDED)


_RULES = (
    (
        lambda operation, _: isinstance(operation, migrations.RunPython) and operation.reverse_code is None,
        "no way back: give reverse_code (RunPython.noop when nothing is to be undone)",
    ),
    (
        lambda operation, _: isinstance(operation, migrations.RunSQL) and operation.reverse_sql is None,
        "no way back: give reverse_sql (RunSQL.noop when nothing is to be undone)",
    ),
    (
        lambda operation, migration: isinstance(operation, _DESTRUCTIVE) and not getattr(migration, "unused_since", ""),
        "yesterday's code may still use it: drop or rename one release later (unused_since)",
    ),
    (
        _needs_value,
        "NOT NULL without a default in the database: yesterday's code cannot insert; add it nullable or with db_default",
    ),
    (
        lambda operation, _: isinstance(operation, migrations.AddIndex) and not isinstance(operation, postgres.AddIndexConcurrently),
        "locks writes while it builds: use AddIndexConcurrently",
    ),
    (
        lambda operation, migration: isinstance(operation, postgres.AddIndexConcurrently) and migration.atomic,
        "needs atomic = False",
    ),
    (
        lambda operation, _: (
            isinstance(operation, migrations.AddConstraint)
            and not isinstance(operation, postgres.AddConstraintNotValid)
            and isinstance(operation.constraint, models.CheckConstraint)
        ),
        "checks every row under a lock: use AddConstraintNotValid, then ValidateConstraint in the next migration",
    ),
)
