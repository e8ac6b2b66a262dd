"""What is issued or booked stays: the database refuses to change it, and refuses a booking that does not balance."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION billing_refuse_issued() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'bill % is issued: it is corrected by a credit note, never changed', OLD.number USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER billing_customer_bill_issued BEFORE UPDATE OR DELETE ON billing_customer_bill
FOR EACH ROW WHEN (OLD.state = 'issued') EXECUTE FUNCTION billing_refuse_issued();

CREATE FUNCTION billing_refuse_part_of_issued() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM touched t JOIN billing_customer_bill b ON b.id = t.bill_id WHERE b.state = 'issued') THEN
        RAISE EXCEPTION '% of an issued bill cannot change', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION billing_check_balance() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM touched GROUP BY entry_id HAVING sum(debit) <> sum(credit)) THEN
        RAISE EXCEPTION 'a booking must balance' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER billing_ledger_line_balance AFTER INSERT ON billing_ledger_line
REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION billing_check_balance();
CREATE TRIGGER billing_ledger_line_append_only BEFORE UPDATE OR DELETE ON billing_ledger_line
FOR EACH ROW EXECUTE FUNCTION shared_refuse_change();
CREATE TRIGGER billing_ledger_entry_append_only BEFORE UPDATE OR DELETE ON billing_ledger_entry
FOR EACH ROW EXECUTE FUNCTION shared_refuse_change();
CREATE TRIGGER billing_bill_document_append_only BEFORE UPDATE OR DELETE ON billing_bill_document
FOR EACH ROW EXECUTE FUNCTION shared_refuse_change();
"""
BACKWARD = """
DROP TRIGGER billing_bill_document_append_only ON billing_bill_document;
DROP TRIGGER billing_ledger_entry_append_only ON billing_ledger_entry;
DROP TRIGGER billing_ledger_line_append_only ON billing_ledger_line;
DROP TRIGGER billing_ledger_line_balance ON billing_ledger_line;
DROP TRIGGER billing_customer_bill_issued ON billing_customer_bill;
DROP FUNCTION billing_check_balance();
DROP FUNCTION billing_refuse_issued();
"""
PARTS = ("billing_applied_rate", "billing_invoice_line", "billing_tax_item")
EVENTS = (("insert", "INSERT", "NEW"), ("update", "UPDATE", "OLD"), ("delete", "DELETE", "OLD"))
PART_FORWARD = "".join(
    f"CREATE TRIGGER {table}_{name} AFTER {event} ON {table} REFERENCING {rows} TABLE AS touched "
    f"FOR EACH STATEMENT EXECUTE FUNCTION billing_refuse_part_of_issued();\n"
    for table in PARTS
    for name, event, rows in EVENTS
)
PART_BACKWARD = "".join(f"DROP TRIGGER {table}_{name} ON {table};\n" for table in PARTS for name, _, _ in EVENTS)


class Migration(migrations.Migration):
    """Add the triggers."""

    dependencies = [("shared", "0001_initial"), ("billing", "0001_initial")]
    operations = [
        migrations.RunSQL(FORWARD, BACKWARD),
        migrations.RunSQL(PART_FORWARD, PART_BACKWARD + "DROP FUNCTION billing_refuse_part_of_issued();"),
    ]
