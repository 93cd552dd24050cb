"""Decisions and answered reports are evidence: the database refuses to change or delete them."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION risk_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER decision_append_only BEFORE UPDATE OR DELETE ON risk_decisionrecord
    FOR EACH ROW EXECUTE FUNCTION risk_refuse_change();

CREATE TRIGGER report_answer_stands BEFORE UPDATE ON risk_sourcereport
    FOR EACH ROW WHEN (OLD.state = 'answered' AND OLD.result IN ('MATCH', 'MISMATCH', 'NO_RECORD'))
    EXECUTE FUNCTION risk_refuse_change();
CREATE TRIGGER report_not_deleted BEFORE DELETE ON risk_sourcereport
    FOR EACH ROW EXECUTE FUNCTION risk_refuse_change();

CREATE TRIGGER strategy_version_stands BEFORE UPDATE ON risk_strategyversion
    FOR EACH ROW WHEN (OLD.state <> 'draft' AND (
        NEW.state = 'draft' OR (OLD.state = 'retired' AND NEW.state <> 'retired')
        OR (NEW.strategy_id, NEW.number, NEW.definition, NEW.sha256, NEW.author, NEW.created_at,
            NEW.published_at) IS DISTINCT FROM
           (OLD.strategy_id, OLD.number, OLD.definition, OLD.sha256, OLD.author, OLD.created_at,
            OLD.published_at)))
    EXECUTE FUNCTION risk_refuse_change();
CREATE TRIGGER strategy_version_kept BEFORE DELETE ON risk_strategyversion
    FOR EACH ROW WHEN (OLD.state <> 'draft') EXECUTE FUNCTION risk_refuse_change();
"""
BACKWARD = """
DROP TRIGGER strategy_version_kept ON risk_strategyversion;
DROP TRIGGER strategy_version_stands ON risk_strategyversion;
DROP TRIGGER report_not_deleted ON risk_sourcereport;
DROP TRIGGER report_answer_stands ON risk_sourcereport;
DROP TRIGGER decision_append_only ON risk_decisionrecord;
DROP FUNCTION risk_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("risk", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
