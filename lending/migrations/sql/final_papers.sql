-- A loan paper is printed once: then nothing in it changes, and none is deleted.
CREATE FUNCTION lending_paper_final() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    may_change text[] := ARRAY['pdf', 'pdf_sha256'];
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'paper % is never deleted', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.pdf_sha256 <> '' OR to_jsonb(NEW) - may_change IS DISTINCT FROM to_jsonb(OLD) - may_change THEN
        RAISE EXCEPTION 'paper % is final', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER paper_final BEFORE UPDATE OR DELETE ON lending_loanpaper
    FOR EACH ROW EXECUTE FUNCTION lending_paper_final();
