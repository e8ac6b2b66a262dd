"""What was said stays said: the database itself refuses to change or erase rows of ticket_event."""

from django.db import migrations

APPEND_ONLY = """
CREATE TRIGGER ticket_event_append_only BEFORE UPDATE OR DELETE ON ticket_event
FOR EACH ROW EXECUTE FUNCTION shared_refuse_change();
"""
NOT_APPEND_ONLY = "DROP TRIGGER ticket_event_append_only ON ticket_event;"


class Migration(migrations.Migration):
    """Add the trigger."""

    dependencies = [("shared", "0001_initial"), ("ticket", "0001_initial")]
    operations = [migrations.RunSQL(APPEND_ONLY, NOT_APPEND_ONLY)]
