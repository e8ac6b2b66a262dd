"""Migrations are complete, and safe while yesterday's code still runs."""

from __future__ import annotations

import pytest
from django.contrib.postgres import operations as postgres
from django.core import management
from django.db import migrations, models
from django.db.migrations import loader

from rules import migration_rules


def _ours() -> list[migrations.Migration]:
    graph = loader.MigrationLoader(None, ignore_no_migrations=True)
    ours = [migration for migration in graph.disk_migrations.values() if type(migration).__module__.startswith("come.")]
    # The loader gives them in no fixed order; the processes of a parallel run must agree.
    return sorted(ours, key=str)


def _migration(*operations: object, **attributes: object) -> migrations.Migration:
    return type("Migration", (migrations.Migration,), {"operations": list(operations), **attributes})("0002_sample", "sample")


@pytest.mark.django_db
def test_models_and_migrations_agree():
    management.call_command("makemigrations", check=True, dry_run=True, verbosity=1)


@pytest.mark.parametrize("migration", _ours(), ids=str)
def test_migration_is_safe_while_the_old_code_runs(migration):
    assert migration_rules.problems(migration) == []


def _fill(apps: object, editor: object) -> None:
    """Stand for a data migration."""


def test_every_table_comes_after_the_extensions():
    """`shared` makes the extensions of PostgreSQL; on a server that lacks them, a first migration beside it may come before it."""
    graph = loader.MigrationLoader(None, ignore_no_migrations=True).graph
    shared = ("shared", "0001_initial")
    ours = [node for node, migration in graph.nodes.items() if type(migration).__module__.startswith("come.")]
    assert sorted({app for app, name in ours if shared not in graph.forwards_plan((app, name))}) == []


CHECK = models.CheckConstraint(condition=models.Q(n__gte=0), name="n_positive")
INDEX = models.Index(fields=["n"], name="sample_n")


@pytest.mark.parametrize(
    ("operation", "attributes", "expected"),
    [
        (migrations.RunPython(_fill), {}, "no way back"),
        (migrations.RunSQL("SELECT 1"), {}, "no way back"),
        (migrations.AddField("line", "n", models.IntegerField()), {}, "NOT NULL without a default"),
        (migrations.AddField("line", "n", models.IntegerField(default=0)), {}, "NOT NULL without a default"),
        (migrations.RemoveField("line", "n"), {}, "one release later"),
        (migrations.DeleteModel("line"), {}, "one release later"),
        (migrations.RenameField("line", "n", "m"), {}, "one release later"),
        (migrations.AddIndex("line", INDEX), {}, "AddIndexConcurrently"),
        (postgres.AddIndexConcurrently("line", INDEX), {}, "atomic = False"),
        (migrations.AddConstraint("line", CHECK), {}, "AddConstraintNotValid"),
    ],
)
def test_unsafe_operation_is_refused(operation, attributes, expected):
    found = migration_rules.problems(_migration(operation, **attributes))
    assert len(found) == 1
    assert expected in found[0]


@pytest.mark.parametrize(
    ("operations", "attributes"),
    [
        ([migrations.RunPython(_fill, migrations.RunPython.noop)], {}),
        ([migrations.AddField("line", "n", models.IntegerField(null=True))], {}),
        ([migrations.AddField("line", "n", models.IntegerField(db_default=0))], {}),
        ([migrations.RemoveField("line", "n")], {"unused_since": "1.4"}),
        ([postgres.AddIndexConcurrently("line", INDEX)], {"atomic": False}),
        ([postgres.AddConstraintNotValid("line", CHECK)], {}),
        ([migrations.CreateModel("Line", [("n", models.IntegerField())]), migrations.AddIndex("line", INDEX)], {}),
    ],
)
def test_safe_operation_passes(operations, attributes):
    assert migration_rules.problems(_migration(*operations, **attributes)) == []


def test_data_and_schema_are_two_migrations():
    data = migrations.RunPython(_fill, migrations.RunPython.noop)
    schema = migrations.AddField("line", "n", models.IntegerField(null=True))
    assert migration_rules.problems(_migration(data, schema)) == [
        "data and schema in one migration: the table stays locked while rows are written; make two"
    ]
