"""The event log (append-only by trigger), the answers already given, the reference sequences."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.contrib.postgres.operations
from django.db import migrations, models

import come.shared.ids

APPEND_ONLY = """
CREATE FUNCTION shared_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'table % is append-only: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER shared_event_log_append_only BEFORE UPDATE OR DELETE ON shared_event_log
FOR EACH ROW EXECUTE FUNCTION shared_refuse_change();
"""
NO_APPEND_ONLY = "DROP TRIGGER shared_event_log_append_only ON shared_event_log; DROP FUNCTION shared_refuse_change();"
KINDS = ("quote", "order", "ticket", "agreement", "customer_file", "billing_account", "usage_file", "bill_run")


class Migration(migrations.Migration):
    """First tables of `shared`."""

    initial = True
    dependencies = []

    operations = [
        django.contrib.postgres.operations.BtreeGistExtension(),
        django.contrib.postgres.operations.TrigramExtension(),
        django.contrib.postgres.operations.UnaccentExtension(),
        migrations.CreateModel(
            name="EventLog",
            fields=[
                ("id", models.UUIDField(default=come.shared.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=80)),
                ("recorded_at", models.DateTimeField()),
                ("actor_id", models.UUIDField(null=True)),
                ("actor_name", models.CharField(max_length=120)),
                ("on_behalf_of_id", models.UUIDField(null=True)),
                ("on_behalf_of_name", models.CharField(blank=True, default="", max_length=120)),
                ("request_id", models.CharField(blank=True, default="", max_length=80)),
                (
                    "subjects",
                    django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=80), size=None),
                ),
                ("payload", models.JSONField()),
                ("before", models.JSONField(null=True)),
                ("after", models.JSONField(null=True)),
            ],
            options={
                "db_table": "shared_event_log",
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(fields=["subjects"], name="event_log_subjects"),
                    models.Index(fields=["recorded_at"], name="event_log_recorded_at"),
                ],
            },
        ),
        migrations.CreateModel(
            name="RequestAnswer",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("request_id", models.CharField(max_length=80)),
                ("command", models.CharField(max_length=80)),
                ("inputs_hash", models.CharField(max_length=64)),
                ("answer", models.JSONField(null=True)),
                ("recorded_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "db_table": "shared_request_answer",
                "constraints": [
                    models.UniqueConstraint(fields=("request_id", "command"), name="request_answer_once"),
                ],
            },
        ),
        migrations.RunSQL(APPEND_ONLY, NO_APPEND_ONLY),
        migrations.RunSQL(
            [f"CREATE SEQUENCE shared_reference_{kind}" for kind in KINDS],
            [f"DROP SEQUENCE shared_reference_{kind}" for kind in KINDS],
        ),
    ]
