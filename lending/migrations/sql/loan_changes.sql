-- What the first person asked for never changes; what is decided is final; nothing is deleted.
-- Only the result of an approved refund comes later: once, with its transfer.
CREATE FUNCTION lending_loan_change_final() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    may_change text[] := ARRAY['state', 'checker_id', 'checked_at', 'checker_note', 'result_id', 'error'];
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'loan change % is never deleted', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.state = 'approved' AND OLD.result_id IS NULL THEN
        may_change := ARRAY['result_id'];
    ELSIF OLD.state <> 'proposed' THEN
        RAISE EXCEPTION 'loan change % is decided', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    IF to_jsonb(NEW) - may_change IS DISTINCT FROM to_jsonb(OLD) - may_change THEN
        RAISE EXCEPTION 'loan change % is final', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER loan_change_final BEFORE UPDATE OR DELETE ON lending_loanchange
    FOR EACH ROW EXECUTE FUNCTION lending_loan_change_final();
-- The desk looks for transactions by day, newest first.
CREATE INDEX loan_transaction_newest ON lending_loantransaction (created_at DESC, id DESC);
CREATE INDEX loan_transaction_amount ON lending_loantransaction (amount, created_at DESC);
CREATE INDEX loan_transaction_value_date ON lending_loantransaction (value_date);
