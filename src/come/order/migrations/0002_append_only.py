"""What was said stays said: the database itself refuses to change or erase rows of order_promise."""

from django.db import migrations

APPEND_ONLY = """
CREATE FUNCTION order_promise_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'order_promise is append-only' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER order_promise_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON order_promise
FOR EACH STATEMENT EXECUTE FUNCTION order_promise_is_append_only();
"""
NOT_APPEND_ONLY = """
DROP TRIGGER order_promise_append_only ON order_promise;
DROP FUNCTION order_promise_is_append_only();
"""


class Migration(migrations.Migration):
    """Add the trigger."""

    dependencies = [("order", "0001_initial")]
    operations = [migrations.RunSQL(APPEND_ONLY, NOT_APPEND_ONLY)]
