-- One row a loan and day, by month: what the close of that day added. Append-only.
CREATE TABLE lending_loanday (
    account_id bigint NOT NULL,
    day date NOT NULL,
    principal_balance numeric(14, 2) NOT NULL,
    interest numeric(14, 2) NOT NULL,
    penalty numeric(14, 2) NOT NULL,
    compound numeric(14, 2) NOT NULL,
    moved_interest numeric(14, 2) NOT NULL,
    moved_charges numeric(14, 2) NOT NULL,
    days_past_due integer NOT NULL,
    tier varchar(16) NOT NULL,
    is_accruing boolean NOT NULL,
    in_day_journal boolean NOT NULL,
    PRIMARY KEY (account_id, day),
    CONSTRAINT loan_day_not_negative CHECK (interest >= 0 AND penalty >= 0 AND compound >= 0)
) PARTITION BY RANGE (day);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON lending_loanday
    FOR EACH ROW EXECUTE FUNCTION lending_append_only();

-- The partition of a day's month; safe to call again and from two sessions at once.
CREATE FUNCTION lending_loanday_partition(a_day date) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    first date := date_trunc('month', a_day)::date;
    name text := 'lending_loanday_' || to_char(a_day, 'YYYYMM');
BEGIN
    IF to_regclass(name) IS NULL THEN
        PERFORM pg_advisory_xact_lock(7003);
        EXECUTE format('CREATE TABLE IF NOT EXISTS %I PARTITION OF lending_loanday FOR VALUES FROM (%L) TO (%L)',
                       name, first, (first + interval '1 month')::date);
    END IF;
END $$;

-- base ÷ year_days to the cent, in whole numbers so that a tie is a tie (domain/servicing/days.py).
CREATE FUNCTION lending_cents(base numeric, year_days integer, half_even boolean) RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT (div(base * 200 + year_days, (2 * year_days)::numeric)
        - CASE WHEN half_even
                AND mod(base * 200 + year_days, (2 * year_days)::numeric) = 0
                AND mod(div(base * 200 + year_days, (2 * year_days)::numeric), 2) = 1
            THEN 1 ELSE 0 END) * 0.01
$$;

-- What happened to a loan is never edited.
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON lending_loantransaction
    FOR EACH ROW EXECUTE FUNCTION lending_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON lending_transactionbooking
    FOR EACH ROW EXECUTE FUNCTION lending_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON lending_planversion
    FOR EACH ROW EXECUTE FUNCTION lending_append_only();

-- A loan moves along its table only.
CREATE FUNCTION lending_loan_steps() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (
        ('active', 'overdue'), ('active', 'settled'), ('active', 'written_off'),
        ('overdue', 'active'), ('overdue', 'settled'), ('overdue', 'written_off'),
        ('settled', 'active'), ('settled', 'overdue'), ('settled', 'written_off'),
        ('written_off', 'active'), ('written_off', 'overdue'), ('written_off', 'settled')
    ) THEN
        RAISE EXCEPTION 'loan % may not go from % to %', OLD.note_no, OLD.state, NEW.state
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER loan_steps BEFORE UPDATE OF state ON lending_loan
    FOR EACH ROW EXECUTE FUNCTION lending_loan_steps();
ALTER TABLE lending_loanaccount SET (fillfactor = 80);
