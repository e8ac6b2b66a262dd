"""What was said stays said: the database itself refuses to change or erase rows of ticket_event."""

from django.db import migrations

APPEND_ONLY = """
CREATE FUNCTION ticket_event_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'ticket_event is append-only' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER ticket_event_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ticket_event
FOR EACH STATEMENT EXECUTE FUNCTION ticket_event_is_append_only();
"""
NOT_APPEND_ONLY = """
DROP TRIGGER ticket_event_append_only ON ticket_event;
DROP FUNCTION ticket_event_is_append_only();
"""


class Migration(migrations.Migration):
    """Add the trigger."""

    dependencies = [("ticket", "0001_initial")]
    operations = [migrations.RunSQL(APPEND_ONLY, NOT_APPEND_ONLY)]
