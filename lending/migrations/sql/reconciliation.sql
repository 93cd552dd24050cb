-- A difference stays in history, and so does every step of its life.
CREATE TRIGGER append_only BEFORE DELETE ON lending_reconciliationbreak
    FOR EACH ROW EXECUTE FUNCTION lending_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON lending_breakstep
    FOR EACH ROW EXECUTE FUNCTION lending_append_only();
