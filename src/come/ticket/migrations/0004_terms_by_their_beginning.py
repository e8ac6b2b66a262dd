"""Near words are found by their first letters: the index by likeness of terms goes."""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('ticket', '0003_follow_up_and_index'),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='tickettermcount',
            name='ticket_term_near',
        ),
    ]
