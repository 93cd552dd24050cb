-- A use is settled once, as used or released; what was settled never changes, and none is deleted.
CREATE FUNCTION lending_coupon_use_final() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    may_change text[] := ARRAY['state', 'rate_before', 'rate_after', 'benefit', 'used_at', 'released_at'];
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'coupon use % is never deleted', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.state <> 'reserved'
       OR to_jsonb(NEW) - may_change IS DISTINCT FROM to_jsonb(OLD) - may_change
       OR (NEW.state <> 'used' AND (NEW.rate_before, NEW.rate_after)
                                   IS DISTINCT FROM (OLD.rate_before, OLD.rate_after)) THEN
        RAISE EXCEPTION 'coupon use % is final', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER coupon_use_final BEFORE UPDATE OR DELETE ON lending_couponuse
    FOR EACH ROW EXECUTE FUNCTION lending_coupon_use_final();
