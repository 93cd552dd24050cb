-- The history of a case is never edited.
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON lending_caseevent
    FOR EACH ROW EXECUTE FUNCTION lending_append_only();

-- A demand letter is printed once (the rule of the letters of refusal).
CREATE TRIGGER letter_final BEFORE UPDATE OR DELETE ON lending_demandletter
    FOR EACH ROW EXECUTE FUNCTION lending_letter_final();

-- A contact is settled once: afterwards it is evidence. None is deleted.
CREATE FUNCTION lending_contact_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.state <> 'planned' THEN
        RAISE EXCEPTION 'contact % is final', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER contact_final BEFORE UPDATE OR DELETE ON lending_contactattempt
    FOR EACH ROW EXECUTE FUNCTION lending_contact_final();

-- A promise is judged once; what was said is never edited.
CREATE FUNCTION lending_promise_final() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    may_change text[] := ARRAY['state', 'judged_on'];
BEGIN
    IF TG_OP = 'DELETE' OR OLD.state <> 'open'
        OR to_jsonb(NEW) - may_change IS DISTINCT FROM to_jsonb(OLD) - may_change THEN
        RAISE EXCEPTION 'promise % is final', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER promise_final BEFORE UPDATE OR DELETE ON lending_promisetopay
    FOR EACH ROW EXECUTE FUNCTION lending_promise_final();
