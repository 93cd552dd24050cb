"""The set-based statements behind ``services.monitoring``: one pass over a day's rows each.

Milliseconds are counted at two figures from 100 on, as ``domain.monitoring.rounded_ms`` does.
"""

_MS = """CASE WHEN {0} < 100 THEN {0} ELSE
    (floor({0} / 10 ^ (floor(log({0})) - 1) + 0.5) * 10 ^ (floor(log({0})) - 1))::int END::text"""

FORGET_DAY = """
DELETE FROM risk_decisionday WHERE day = %(day)s AND kind IN
    ('outcome', 'score', 'reason', 'bin', 'took', 'wait', 'cost', 'limit', 'asked', 'failed')
"""

# Reasons of approvals are notes for the person, and WEAK_ ones explain a score: neither is counted.
COUNT_DAY = """
WITH d AS MATERIALIZED (
    SELECT id, application_id, round, product_code, outcome, score, limit_amount, reason_codes,
        took_ms
    FROM risk_decisionrecord WHERE business_date = %(day)s
), s AS MATERIALIZED (
    SELECT d.id, d.product_code, r.source, r.result, r.latency_ms, r.cost_fen
    FROM d JOIN risk_sourcereport r ON r.application_id = d.application_id AND r.round = d.round
)
INSERT INTO risk_decisionday (kind, day, product_code, key, n)
SELECT kind, %(day)s, product_code, left(key, 60), sum(n) FROM (
    SELECT 'outcome' AS kind, product_code, outcome AS key, count(*) AS n FROM d GROUP BY 2, 3
    UNION ALL SELECT 'score', product_code, (floor(score / 5.0) * 5)::int::text, count(*)
        FROM d WHERE score IS NOT NULL GROUP BY 2, 3
    UNION ALL SELECT 'reason', product_code, code, count(*)
        FROM d, jsonb_array_elements_text(reason_codes) AS code
        WHERE outcome <> 'approve' AND code NOT LIKE 'WEAK%%' GROUP BY 2, 3
    UNION ALL SELECT 'bin', d.product_code, b::text, count(*)
        FROM d JOIN risk_decisionfigures f ON f.decision_id = d.id, unnest(f.bins) AS b GROUP BY 2, 3
    UNION ALL SELECT 'took', product_code, {took}, count(*) FROM d GROUP BY 2, 3
    UNION ALL SELECT 'limit', product_code, '', sum(limit_amount * 100)::bigint
        FROM d WHERE outcome = 'approve' GROUP BY 2
    UNION ALL SELECT 'wait', product_code, {wait}, count(*)
        FROM (SELECT id, product_code, max(latency_ms) AS ms FROM s GROUP BY 1, 2) AS w
        WHERE ms IS NOT NULL GROUP BY 2, 3
    UNION ALL SELECT 'cost', product_code, '', sum(cost_fen) FROM s GROUP BY 2
    UNION ALL SELECT 'asked', product_code, source, count(*) FROM s WHERE result <> '' GROUP BY 2, 3
    UNION ALL SELECT 'failed', product_code, source, count(*)
        FROM s WHERE result IN ('ERROR', 'TIMEOUT') GROUP BY 2, 3
) AS counted GROUP BY 1, 3, 4
""".replace("{took}", _MS.format("took_ms")).replace("{wait}", _MS.format("ms"))

OUTCOME_TABLE = """
CREATE TEMPORARY TABLE monitoring_outcome (
    decision_id uuid, product_code text, disbursed_on date, bad_on date
) ON COMMIT DROP
"""
ADD_OUTCOMES = """
INSERT INTO monitoring_outcome
SELECT * FROM unnest(%s::uuid[], %s::text[], %s::date[], %s::date[])
"""
COUNT_OUTCOMES = """
DELETE FROM risk_decisionday WHERE kind IN ('good', 'bad', 'loans', 'bad_at');
INSERT INTO risk_decisionday (kind, day, product_code, key, n)
SELECT CASE WHEN o.bad_on IS NULL THEN 'good' ELSE 'bad' END, d.business_date, d.product_code,
    d.score::text, count(*)
FROM monitoring_outcome o JOIN risk_decisionrecord d ON d.id = o.decision_id
WHERE d.score IS NOT NULL GROUP BY 1, 2, 3, 4;
INSERT INTO risk_decisionday (kind, day, product_code, key, n)
SELECT 'loans', date_trunc('month', disbursed_on)::date, product_code, '', count(*)
FROM monitoring_outcome GROUP BY 2, 3;
INSERT INTO risk_decisionday (kind, day, product_code, key, n)
SELECT 'bad_at', date_trunc('month', disbursed_on)::date, product_code,
    (greatest(extract(year FROM age(bad_on, disbursed_on)) * 12
        + extract(month FROM age(bad_on, disbursed_on)), 0) + 1)::int::text, count(*)
FROM monitoring_outcome WHERE bad_on IS NOT NULL GROUP BY 2, 3, 4;
DROP TABLE monitoring_outcome;
"""
