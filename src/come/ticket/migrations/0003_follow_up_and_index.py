"""Who is told of what, whether a repair holds, and the index of likeness."""

import django.contrib.postgres.indexes
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


APPEND_ONLY = """
CREATE TRIGGER ticket_answer_append_only BEFORE UPDATE OR DELETE ON ticket_answer
FOR EACH ROW EXECUTE FUNCTION shared_refuse_change();
"""
NOT_APPEND_ONLY = "DROP TRIGGER ticket_answer_append_only ON ticket_answer;"


class Migration(migrations.Migration):
    """Add the columns and the tables."""

    dependencies = [
        ('ticket', '0002_append_only'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='troubleticket',
            name='indexed_version',
            field=models.SmallIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name='troubleticket',
            name='public_sentence',
            field=models.CharField(blank=True, db_default='', default='', max_length=200),
        ),
        migrations.AddField(
            model_name='troubleticket',
            name='reopened_count',
            field=models.SmallIntegerField(db_default=0, default=0),
        ),
        migrations.CreateModel(
            name='TicketIndexState',
            fields=[
                ('id', models.SmallIntegerField(default=1, primary_key=True, serialize=False)),
                ('ticket_count', models.IntegerField()),
                ('word_count', models.BigIntegerField()),
                ('counted_at', models.DateTimeField()),
            ],
            options={
                'db_table': 'ticket_index_state',
                'constraints': [models.CheckConstraint(condition=models.Q(('id', 1)), name='ticket_index_state_one')],
            },
        ),
        migrations.CreateModel(
            name='TicketTermCount',
            fields=[
                ('term', models.CharField(max_length=50, primary_key=True, serialize=False)),
                ('ticket_count', models.IntegerField()),
            ],
            options={
                'db_table': 'ticket_term_count',
                'indexes': [django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.indexes.OpClass('term', name='gin_trgm_ops'), name='ticket_term_near')],
            },
        ),
        migrations.CreateModel(
            name='TicketAnswer',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('resolved_at', models.DateTimeField()),
                ('is_repaired', models.BooleanField()),
                ('reason', models.TextField(blank=True, default='')),
                ('at', models.DateTimeField()),
                ('staff_member', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='ticket_answers', to=settings.AUTH_USER_MODEL)),
                ('ticket', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='answers', to='ticket.troubleticket')),
            ],
            options={
                'db_table': 'ticket_answer',
                'constraints': [models.UniqueConstraint(fields=('ticket', 'staff_member', 'resolved_at'), name='ticket_answer_once')],
            },
        ),
        migrations.CreateModel(
            name='TicketNotice',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('role', models.CharField(max_length=10)),
                ('created_at', models.DateTimeField()),
                ('read_at', models.DateTimeField(null=True)),
                ('mailed_at', models.DateTimeField(null=True)),
                ('event', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='notices', to='ticket.ticketevent')),
                ('staff_member', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='ticket_notices', to=settings.AUTH_USER_MODEL)),
                ('ticket', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='notices', to='ticket.troubleticket')),
            ],
            options={
                'db_table': 'ticket_notice',
                'indexes': [models.Index(condition=models.Q(('read_at__isnull', True)), fields=['staff_member', '-created_at'], name='ticket_notice_unread'), models.Index(condition=models.Q(('mailed_at__isnull', True)), fields=['id'], name='ticket_notice_unposted')],
                'constraints': [models.UniqueConstraint(fields=('event', 'staff_member'), name='ticket_notice_once')],
            },
        ),
        migrations.CreateModel(
            name='TicketPosting',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('term', models.CharField(max_length=50)),
                ('score', models.FloatField()),
                ('ticket', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='postings', to='ticket.troubleticket')),
            ],
            options={
                'db_table': 'ticket_posting',
                'constraints': [models.UniqueConstraint(fields=('term', 'ticket'), include=('score',), name='ticket_posting_once')],
            },
        ),
        migrations.RunSQL(APPEND_ONLY, NOT_APPEND_ONLY),
    ]
