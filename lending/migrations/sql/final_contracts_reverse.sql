-- As 0002 had it.
CREATE OR REPLACE FUNCTION lending_contract_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.html_sha256 <> OLD.html_sha256 OR NEW.amount <> OLD.amount OR NEW.annual_rate <> OLD.annual_rate
       OR NEW.terms <> OLD.terms OR NEW.offer_id <> OLD.offer_id
       OR (OLD.signed_at IS NOT NULL AND (NEW.signed_at IS DISTINCT FROM OLD.signed_at
           OR NEW.voided_at IS NOT NULL OR NEW.evidence IS DISTINCT FROM OLD.evidence)) THEN
        RAISE EXCEPTION 'contract % is final', OLD.contract_no USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
DROP TRIGGER contract_final ON lending_loancontract;
CREATE TRIGGER contract_final BEFORE UPDATE ON lending_loancontract
    FOR EACH ROW EXECUTE FUNCTION lending_contract_final();
