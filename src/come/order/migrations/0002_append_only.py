"""What was said stays said: the database itself refuses to change or erase rows of order_promise."""

from django.db import migrations

APPEND_ONLY = """
CREATE TRIGGER order_promise_append_only BEFORE UPDATE OR DELETE ON order_promise
FOR EACH ROW EXECUTE FUNCTION shared_refuse_change();
"""
NOT_APPEND_ONLY = "DROP TRIGGER order_promise_append_only ON order_promise;"


class Migration(migrations.Migration):
    """Add the trigger."""

    dependencies = [("shared", "0001_initial"), ("order", "0001_initial")]
    operations = [migrations.RunSQL(APPEND_ONLY, NOT_APPEND_ONLY)]
