"""Undo and redo by person, imports looked at before they are applied, the columns that a person likes."""

import come.shared.ids
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('quote', '0002_immutable_once_sent'),
        ('staff', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='GridLayout',
            fields=[
                ('staff', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='+', serialize=False, to=settings.AUTH_USER_MODEL)),
                ('columns', models.JSONField(default=list)),
            ],
            options={
                'db_table': 'quote_grid_layout',
            },
        ),
        migrations.CreateModel(
            name='QuoteImport',
            fields=[
                ('id', models.UUIDField(default=come.shared.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=200)),
                ('rows', models.JSONField(default=list)),
                ('columns', models.JSONField(default=list)),
                ('unknown_headings', models.JSONField(default=list)),
                ('ignored_rows', models.PositiveIntegerField(default=0)),
                ('actor_id', models.UUIDField(null=True)),
                ('actor_name', models.CharField(max_length=120)),
                ('created_at', models.DateTimeField()),
                ('applied_at', models.DateTimeField(null=True)),
            ],
            options={
                'db_table': 'quote_import',
            },
        ),
        migrations.RemoveIndex(
            model_name='quoteedit',
            name='quote_edit_last',
        ),
        migrations.AddField(
            model_name='quoteedit',
            name='actor_id',
            field=models.UUIDField(null=True),
        ),
        migrations.AddField(
            model_name='quoteedit',
            name='after',
            field=models.JSONField(db_default={}, default=dict),
        ),
        migrations.AddField(
            model_name='quoteedit',
            name='redo',
            field=models.JSONField(db_default={}, default=dict),
        ),
        migrations.AddField(
            model_name='quoteedit',
            name='revision',
            field=models.PositiveIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name='quoteedit',
            name='state',
            field=models.CharField(db_default='done', default='done', max_length=8),
        ),
        migrations.AddField(
            model_name='quoteline',
            name='eid',
            field=models.CharField(blank=True, db_default='', default='', max_length=32),
        ),
        migrations.AddField(
            model_name='quoteline',
            name='site_siret',
            field=models.CharField(blank=True, db_default='', default='', max_length=14),
        ),
        migrations.AddField(
            model_name='quoteimport',
            name='quote',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='imports', to='quote.quote'),
        ),
        migrations.AddIndex(
            model_name='quoteimport',
            index=models.Index(fields=['quote', '-id'], name='quote_import_recent'),
        ),
        # Acts kept until now do not say what they wrote: they can no longer be told from what others wrote since.
        migrations.RunSQL("UPDATE quote_edit SET state = 'dropped'", migrations.RunSQL.noop),
        # Yesterday's code still writes the column: it leaves the state alone, the table keeps it one release longer.
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL("ALTER TABLE quote_edit ALTER COLUMN is_undone SET DEFAULT false", migrations.RunSQL.noop)],
            state_operations=[migrations.RemoveField(model_name="quoteedit", name="is_undone")],
        ),
    ]
