"""A version that was sent stays as it was: the database itself refuses to change its lines, prices and sums."""

from django.db import migrations

IMMUTABLE = """
CREATE FUNCTION quote_refuse_when_sent() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    owner uuid := CASE TG_OP WHEN 'DELETE' THEN OLD.quote_id ELSE NEW.quote_id END;
    found text;
BEGIN
    SELECT state INTO found FROM quote_quote WHERE id = owner;
    IF found NOT IN ('inProgress', 'pending') THEN
        RAISE EXCEPTION 'quote % was sent: its % no longer changes', owner, TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE FUNCTION quote_refuse_price_when_sent() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    place bigint := CASE TG_OP WHEN 'DELETE' THEN OLD.pattern_id ELSE NEW.pattern_id END;
    found text;
BEGIN
    SELECT q.state INTO found FROM quote_pattern p JOIN quote_quote q ON q.id = p.quote_id WHERE p.id = place;
    IF found NOT IN ('inProgress', 'pending') THEN
        RAISE EXCEPTION 'the quote of pattern % was sent: its prices no longer change', place USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE FUNCTION quote_refuse_sums_when_sent() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'quote % was sent: its terms no longer change', OLD.id USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER quote_line_immutable BEFORE INSERT OR UPDATE OR DELETE ON quote_line
FOR EACH ROW EXECUTE FUNCTION quote_refuse_when_sent();
CREATE TRIGGER quote_pattern_immutable BEFORE INSERT OR UPDATE OR DELETE ON quote_pattern
FOR EACH ROW EXECUTE FUNCTION quote_refuse_when_sent();
CREATE TRIGGER quote_pattern_price_immutable BEFORE INSERT OR UPDATE OR DELETE ON quote_pattern_price
FOR EACH ROW EXECUTE FUNCTION quote_refuse_price_when_sent();
CREATE TRIGGER quote_sums_immutable BEFORE UPDATE ON quote_quote FOR EACH ROW
WHEN (OLD.state NOT IN ('inProgress', 'pending') AND
      (NEW.reference, NEW.version, NEW.customer_file_id, NEW.agreement_id, NEW.commitment_months, NEW.valid_until, NEW.line_count,
       NEW.one_off_exact, NEW.monthly_exact, NEW.instalments_monthly_exact, NEW.deposit_exact, NEW.over_commitment_exact, NEW.sent_at)
      IS DISTINCT FROM
      (OLD.reference, OLD.version, OLD.customer_file_id, OLD.agreement_id, OLD.commitment_months, OLD.valid_until, OLD.line_count,
       OLD.one_off_exact, OLD.monthly_exact, OLD.instalments_monthly_exact, OLD.deposit_exact, OLD.over_commitment_exact, OLD.sent_at))
EXECUTE FUNCTION quote_refuse_sums_when_sent();
CREATE TRIGGER quote_document_append_only BEFORE UPDATE OR DELETE ON quote_document
FOR EACH ROW EXECUTE FUNCTION shared_refuse_change();
CREATE TRIGGER quote_acceptance_append_only BEFORE UPDATE OR DELETE ON quote_acceptance
FOR EACH ROW EXECUTE FUNCTION shared_refuse_change();
"""
MUTABLE = """
DROP TRIGGER quote_acceptance_append_only ON quote_acceptance;
DROP TRIGGER quote_document_append_only ON quote_document;
DROP TRIGGER quote_sums_immutable ON quote_quote;
DROP TRIGGER quote_pattern_price_immutable ON quote_pattern_price;
DROP TRIGGER quote_pattern_immutable ON quote_pattern;
DROP TRIGGER quote_line_immutable ON quote_line;
DROP FUNCTION quote_refuse_sums_when_sent();
DROP FUNCTION quote_refuse_price_when_sent();
DROP FUNCTION quote_refuse_when_sent();
"""


class Migration(migrations.Migration):
    """Add the triggers."""

    dependencies = [("shared", "0001_initial"), ("quote", "0001_initial")]
    operations = [migrations.RunSQL(IMMUTABLE, MUTABLE)]
