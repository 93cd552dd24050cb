-- A signed contract is final in every column; only its PDF may still be printed, once. None is ever deleted.
CREATE OR REPLACE FUNCTION lending_contract_final() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    may_change text[] := ARRAY['cost_sheet_shown_at', 'voided_at', 'signed_at', 'evidence', 'pdf', 'pdf_sha256'];
    before jsonb;
    after jsonb;
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'contract % is never deleted', OLD.contract_no USING ERRCODE = 'restrict_violation';
    END IF;
    before := to_jsonb(OLD) - may_change;
    after := to_jsonb(NEW) - may_change;
    IF before <> after
       OR (OLD.pdf_sha256 <> '' AND (NEW.pdf_sha256 <> OLD.pdf_sha256 OR NEW.pdf IS DISTINCT FROM OLD.pdf))
       OR (OLD.signed_at IS NOT NULL AND (NEW.signed_at IS DISTINCT FROM OLD.signed_at
           OR NEW.voided_at IS NOT NULL OR NEW.evidence IS DISTINCT FROM OLD.evidence
           OR NEW.cost_sheet_shown_at IS DISTINCT FROM OLD.cost_sheet_shown_at)) THEN
        RAISE EXCEPTION 'contract % is final', OLD.contract_no USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
DROP TRIGGER contract_final ON lending_loancontract;
CREATE TRIGGER contract_final BEFORE UPDATE OR DELETE ON lending_loancontract
    FOR EACH ROW EXECUTE FUNCTION lending_contract_final();
