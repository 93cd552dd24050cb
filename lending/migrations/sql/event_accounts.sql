-- Every journal sums to zero, and its postings carry its accounting date; checked at commit.
CREATE OR REPLACE FUNCTION lending_journal_balances() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    total numeric;
    lines integer;
    strays integer;
BEGIN
    SELECT coalesce(sum(p.amount), 0), count(*),
           count(*) FILTER (WHERE p.accounting_date <> j.accounting_date)
        INTO total, lines, strays
        FROM lending_posting p JOIN lending_journal j ON j.id = p.journal_id
        WHERE p.journal_id = NEW.journal_id;
    IF total <> 0 OR lines < 2 THEN
        RAISE EXCEPTION 'journal % does not balance: % over % lines', NEW.journal_id, total, lines
            USING ERRCODE = 'check_violation';
    END IF;
    IF strays > 0 THEN
        RAISE EXCEPTION 'journal % has postings of another day', NEW.journal_id
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;

-- Accounts stay; one with postings keeps its code and kind.
CREATE FUNCTION lending_account_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'account % is never deleted', OLD.code USING ERRCODE = 'restrict_violation';
    END IF;
    IF (NEW.kind <> OLD.kind OR NEW.code <> OLD.code)
       AND EXISTS (SELECT 1 FROM lending_posting WHERE account_id = OLD.id) THEN
        RAISE EXCEPTION 'account % has postings: code and kind stay', OLD.code
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER account_stays BEFORE UPDATE OR DELETE ON lending_account
    FOR EACH ROW EXECUTE FUNCTION lending_account_stays();

-- A change is decided once and keeps what it says.
CREATE FUNCTION lending_accountschange_steps() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.state <> 'proposed'
       OR (NEW.product_code, NEW.role, NEW.event, NEW.account_id, NEW.maker_id)
          IS DISTINCT FROM (OLD.product_code, OLD.role, OLD.event, OLD.account_id, OLD.maker_id) THEN
        RAISE EXCEPTION 'change % of accounts is not edited', OLD.id
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER accountschange_steps BEFORE UPDATE OR DELETE ON lending_accountschange
    FOR EACH ROW EXECUTE FUNCTION lending_accountschange_steps();

-- A row of the mapping ends, once; nothing else of it changes.
CREATE FUNCTION lending_eventaccounts_ends() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR NOT OLD.is_in_force OR NEW.is_in_force
       OR (NEW.product_code, NEW.event, NEW.position, NEW.debit_id, NEW.credit_id, NEW.valid_from)
          IS DISTINCT FROM
          (OLD.product_code, OLD.event, OLD.position, OLD.debit_id, OLD.credit_id, OLD.valid_from) THEN
        RAISE EXCEPTION 'row % of the accounts of events only ends', OLD.id
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER eventaccounts_ends BEFORE UPDATE OR DELETE ON lending_eventaccounts
    FOR EACH ROW EXECUTE FUNCTION lending_eventaccounts_ends();
