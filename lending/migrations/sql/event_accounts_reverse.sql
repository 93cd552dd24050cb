DROP TRIGGER IF EXISTS eventaccounts_ends ON lending_eventaccounts;
DROP FUNCTION IF EXISTS lending_eventaccounts_ends();
DROP TRIGGER IF EXISTS accountschange_steps ON lending_accountschange;
DROP FUNCTION IF EXISTS lending_accountschange_steps();
DROP TRIGGER IF EXISTS account_stays ON lending_account;
DROP FUNCTION IF EXISTS lending_account_stays();
CREATE OR REPLACE FUNCTION lending_journal_balances() RETURNS trigger LANGUAGE plpgsql AS $$
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
