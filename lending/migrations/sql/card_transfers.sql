-- Money between a customer's card and the bank: only legal steps (lending/domain/disbursement_flow.py);
-- what it is never changes; what it was booked as is final; no row disappears.
CREATE FUNCTION lending_card_transfer_steps() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a card transfer is never deleted' USING ERRCODE = 'restrict_violation';
    END IF;
    IF (NEW.core_key, NEW.amount, NEW.bank_card_id, NEW.loan_id, NEW.direction, NEW.kind, NEW.channel,
        NEW.business_date) IS DISTINCT FROM
       (OLD.core_key, OLD.amount, OLD.bank_card_id, OLD.loan_id, OLD.direction, OLD.kind, OLD.channel,
        OLD.business_date) THEN
        RAISE EXCEPTION 'key, amount, card and loan of card transfer % are frozen', OLD.id
            USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (
        ('created', 'sending'),
        ('sending', 'succeeded'), ('sending', 'rejected'), ('sending', 'unknown'),
        ('unknown', 'succeeded'), ('unknown', 'rejected'), ('unknown', 'sending'), ('unknown', 'manual'),
        ('manual', 'succeeded'), ('manual', 'rejected')
    ) THEN
        RAISE EXCEPTION 'card transfer % may not go from % to %', OLD.id, OLD.state, NEW.state
            USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.core_txn_id IS NOT NULL AND NEW.core_txn_id IS DISTINCT FROM OLD.core_txn_id THEN
        RAISE EXCEPTION 'the core bank''s number of card transfer % is final', OLD.id
            USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.transaction_id IS NOT NULL AND NEW.transaction_id IS DISTINCT FROM OLD.transaction_id THEN
        RAISE EXCEPTION 'the booking of card transfer % is final', OLD.id
            USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.transaction_id IS NOT NULL AND NEW.state <> 'succeeded' THEN
        RAISE EXCEPTION 'card transfer % is booked before its money moved', OLD.id
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER card_transfer_steps BEFORE UPDATE OR DELETE ON lending_cardtransfer
    FOR EACH ROW EXECUTE FUNCTION lending_card_transfer_steps();
