-- What must never be false is guarded here, not only in Python.

-- 1. Every journal sums to zero and has postings, checked at commit.
CREATE FUNCTION lending_journal_balances() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    total numeric;
    lines integer;
BEGIN
    SELECT coalesce(sum(amount), 0), count(*) INTO total, lines
    FROM lending_posting WHERE journal_id = NEW.journal_id;
    IF total <> 0 OR lines < 2 THEN
        RAISE EXCEPTION 'journal % does not balance: % over % lines', NEW.journal_id, total, lines
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER posting_zero_sum AFTER INSERT ON lending_posting
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION lending_journal_balances();

CREATE FUNCTION lending_journal_has_postings() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM lending_posting WHERE journal_id = NEW.id) THEN
        RAISE EXCEPTION 'journal % has no postings', NEW.id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER journal_has_postings AFTER INSERT ON lending_journal
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION lending_journal_has_postings();

-- 2. Append-only: no row of these is ever changed or removed.
CREATE FUNCTION lending_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON lending_posting
    FOR EACH ROW EXECUTE FUNCTION lending_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON lending_journal
    FOR EACH ROW EXECUTE FUNCTION lending_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON lending_applicationmove
    FOR EACH ROW EXECUTE FUNCTION lending_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON lending_consent
    FOR EACH ROW EXECUTE FUNCTION lending_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON lending_consenttext
    FOR EACH ROW EXECUTE FUNCTION lending_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON lending_auditentry
    FOR EACH ROW EXECUTE FUNCTION lending_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON lending_manualreview
    FOR EACH ROW EXECUTE FUNCTION lending_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON lending_lendingevent
    FOR EACH ROW EXECUTE FUNCTION lending_append_only();

-- 3. Money out: only legal steps; amount, payee and key never change; no row disappears.
CREATE FUNCTION lending_disbursement_steps() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a disbursement is never deleted' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.core_key <> OLD.core_key OR NEW.amount <> OLD.amount
       OR NEW.bank_card_id <> OLD.bank_card_id OR NEW.application_id <> OLD.application_id
       OR NEW.contract_id <> OLD.contract_id THEN
        RAISE EXCEPTION 'key, amount and payee of disbursement % are frozen', OLD.id
            USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (
        ('created', 'sending'),
        ('sending', 'succeeded'), ('sending', 'rejected'), ('sending', 'unknown'),
        ('unknown', 'succeeded'), ('unknown', 'rejected'), ('unknown', 'sending'), ('unknown', 'manual'),
        ('manual', 'succeeded'), ('manual', 'rejected')
    ) THEN
        RAISE EXCEPTION 'disbursement % may not go from % to %', OLD.id, OLD.state, NEW.state
            USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.core_txn_id IS NOT NULL AND NEW.core_txn_id IS DISTINCT FROM OLD.core_txn_id THEN
        RAISE EXCEPTION 'the core bank''s number of disbursement % is final', OLD.id
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER disbursement_steps BEFORE UPDATE OR DELETE ON lending_disbursement
    FOR EACH ROW EXECUTE FUNCTION lending_disbursement_steps();

-- 4. A signed contract is final; its PDF may still be printed once.
CREATE FUNCTION lending_contract_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.html_sha256 <> OLD.html_sha256 OR NEW.amount <> OLD.amount OR NEW.annual_rate <> OLD.annual_rate
       OR NEW.terms <> OLD.terms OR NEW.offer_id <> OLD.offer_id
       OR (OLD.signed_at IS NOT NULL AND (NEW.signed_at IS DISTINCT FROM OLD.signed_at
           OR NEW.voided_at IS NOT NULL OR NEW.evidence IS DISTINCT FROM OLD.evidence)) THEN
        RAISE EXCEPTION 'contract % is final', OLD.contract_no USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER contract_final BEFORE UPDATE ON lending_loancontract
    FOR EACH ROW EXECUTE FUNCTION lending_contract_final();
