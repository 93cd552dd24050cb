-- What happened to a line is never edited, and no line or drawing disappears.
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON lending_linemovement
    FOR EACH ROW EXECUTE FUNCTION lending_append_only();

CREATE FUNCTION lending_line_steps() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a credit line is never deleted' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.contract_id <> OLD.contract_id OR NEW.customer_id <> OLD.customer_id THEN
        RAISE EXCEPTION 'customer and contract of line % are frozen', OLD.line_no
            USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (
        ('active', 'frozen'), ('active', 'expired'), ('active', 'closed'),
        ('frozen', 'active'), ('frozen', 'expired'), ('frozen', 'closed'),
        ('expired', 'closed')
    ) THEN
        RAISE EXCEPTION 'line % may not go from % to %', OLD.line_no, OLD.state, NEW.state
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER line_steps BEFORE UPDATE OR DELETE ON lending_creditline
    FOR EACH ROW EXECUTE FUNCTION lending_line_steps();

-- A drawing moves forward only; what was asked for stays.
CREATE FUNCTION lending_drawdown_steps() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a drawdown is never deleted' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.line_id <> OLD.line_id OR NEW.amount <> OLD.amount OR NEW.term_months <> OLD.term_months
       OR NEW.annual_rate <> OLD.annual_rate THEN
        RAISE EXCEPTION 'line, amount, term and rate of drawdown % are frozen', OLD.id
            USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (
        ('requested', 'paying'), ('requested', 'booked'), ('requested', 'rejected'),
        ('paying', 'booked'), ('paying', 'rejected')
    ) THEN
        RAISE EXCEPTION 'drawdown % may not go from % to %', OLD.id, OLD.state, NEW.state
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER drawdown_steps BEFORE UPDATE OR DELETE ON lending_drawdown
    FOR EACH ROW EXECUTE FUNCTION lending_drawdown_steps();

-- Which drawing a payout is for is as frozen as its key, amount and payee.
CREATE FUNCTION lending_disbursement_drawdown() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.drawdown_id IS DISTINCT FROM OLD.drawdown_id THEN
        RAISE EXCEPTION 'the drawdown of disbursement % is frozen', OLD.id
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER disbursement_drawdown BEFORE UPDATE OF drawdown_id ON lending_disbursement
    FOR EACH ROW EXECUTE FUNCTION lending_disbursement_drawdown();
