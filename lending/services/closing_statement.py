"""The text of the close of a day (``closing_sql``): one statement, built once from the domain's constants.

A chain of steps over the loans of a range; ``OFFSET 0`` keeps each step's results as columns, so that
``lending_cents`` is inlined over them and nothing is reckoned twice.
"""

from lending.domain.servicing import tiers

#: Best tier for the days past due, as a number: 0 normal … 4 loss.
_FLOOR = "CASE {} ELSE 0 END".format(
    " ".join(f"WHEN dpd > {days} THEN {tiers.TIERS.index(tier)}" for days, tier in tiers.FLOORS)
)
_HELD = "CASE tier {} ELSE 0 END".format(
    " ".join(
        f"WHEN '{tier}' THEN {number}"
        for number, tier in enumerate(tiers.TIERS)
        if tier in tiers.NON_PERFORMING
    )
)
_MENTION = tiers.TIERS.index(tiers.Tier.SPECIAL_MENTION)
_NAMES = "ARRAY[{}]::varchar[]".format(", ".join(f"'{tier}'" for tier in tiers.TIERS))

#: The loans of the range that stand at the morning of the day.
_ACCOUNTS = """
acc AS MATERIALIZED (
    SELECT id, loan_id, branch_id, product_code, version, day_count, annual_rate, penalty_rate,
        period_start, next_due, next_late, oldest_late, night_weight, year_days,
        penalty_weight, penalty_year_days, principal_balance, undue_principal,
        late_principal, late_interest, interest_base, penalty_base, compound_base,
        interest_accrued, penalty_accrued, compound_accrued,
        interest_cleared, penalty_cleared, compound_cleared,
        tier, clean_since, observed_to, is_accruing, rounding = 'half_even' AS half_even,
        coalesce(next_late <= %(day)s, false) AS turns_late,
        coalesce(next_due <= %(morning)s, false) AS falls_due
    FROM lending_loanaccount
    WHERE id BETWEEN %(first)s AND %(last)s AND legal_entity_id = %(entity)s
        AND is_open AND parked_at IS NULL AND closed_through = %(before)s
),
"""

#: What the few loans with something late or due need of their instalments.
_TURNS = """
turns AS MATERIALIZED (
    SELECT acc.id, late.*
    FROM acc CROSS JOIN LATERAL (
        SELECT sum(principal - principal_cleared) FILTER (WHERE turns) AS late_principal,
            sum(interest - interest_cleared) FILTER (WHERE turns) AS late_interest,
            min(payable_on) FILTER (WHERE turns) AS payable_on,
            min(late_on) FILTER (WHERE NOT turns) AS next_late
        FROM (
            SELECT *, is_billed AND late_on <= %(day)s AS turns
            FROM lending_instalment
            WHERE loan_id = acc.loan_id AND NOT is_late
                AND (principal <> principal_cleared OR interest <> interest_cleared)
            OFFSET 0
        ) AS open_rows
    ) AS late
    WHERE acc.turns_late
),
dues AS MATERIALIZED (
    SELECT acc.id, due.*, after.due_date AS after_due, after.months AS after_months
    FROM acc CROSS JOIN LATERAL (
        SELECT count(*) AS rows, min(id) AS row_id, min(due_date) AS due_date,
            min(interest) AS interest, min(principal - principal_cleared) AS principal
        FROM lending_instalment
        WHERE loan_id = acc.loan_id AND NOT is_billed AND due_date <= %(morning)s
    ) AS due LEFT JOIN LATERAL (
        SELECT due_date, months FROM lending_instalment
        WHERE loan_id = acc.loan_id AND NOT is_billed AND due_date > %(morning)s
        ORDER BY due_date, number LIMIT 1
    ) AS after ON true
    WHERE acc.falls_due
),
"""

_CALC = f"""
late AS (
    SELECT acc.*, dues.row_id AS due_id, dues.rows AS due_rows, dues.due_date AS due_on,
        dues.interest AS due_interest, dues.principal AS due_principal, dues.after_due, dues.after_months,
        CASE WHEN acc.next_due IS NULL THEN 0 ELSE undue_principal * annual_rate *
            CASE night_weight WHEN 0 THEN %(act_act)s ELSE night_weight END END AS night,
        CASE WHEN turns_late THEN acc.late_principal + turns.late_principal
            ELSE acc.late_principal END AS late_p,
        CASE WHEN turns_late THEN acc.late_interest + turns.late_interest
            ELSE acc.late_interest END AS late_i,
        CASE WHEN turns_late THEN turns.next_late ELSE acc.next_late END AS next_late_now,
        least(acc.oldest_late, turns.payable_on) AS oldest
    FROM acc LEFT JOIN turns ON turns.id = acc.id LEFT JOIN dues ON dues.id = acc.id
    OFFSET 0
),
bases AS (
    SELECT *, interest_base + night AS interest_sum,
        penalty_base + late_p * penalty_rate * late_weight AS penalty_sum,
        compound_base + late_i * penalty_rate * late_weight AS compound_sum,
        greatest(%(morning)s - oldest, 0) AS dpd
    FROM (
        SELECT *, CASE penalty_weight WHEN 0 THEN %(act_act)s ELSE penalty_weight END AS late_weight
        FROM late OFFSET 0
    ) AS weighted
    OFFSET 0
),
cents AS (
    SELECT *, CASE WHEN dpd > 0 THEN NULL ELSE clean_since END AS clean_now,
        is_accruing AND dpd <= {tiers.NON_ACCRUAL_AFTER_DAYS} AS accrues_now,
        lending_cents(interest_sum, year_days, half_even) AS running,
        lending_cents(interest_base, year_days, half_even) AS ran,
        CASE WHEN late_p = 0 THEN 0 ELSE lending_cents(penalty_sum, penalty_year_days, half_even)
            - lending_cents(penalty_base, penalty_year_days, half_even) END AS penalty,
        CASE WHEN late_i = 0 THEN 0 ELSE lending_cents(compound_sum, penalty_year_days, half_even)
            - lending_cents(compound_base, penalty_year_days, half_even) END AS compound
    FROM bases
    OFFSET 0
),
ranked AS (
    SELECT *, running - ran AS interest, dpd AS days, is_accruing AND NOT accrues_now AS moves,
        greatest(
            {_FLOOR},
            CASE WHEN dpd > 0 OR clean_now IS NULL
                    OR %(morning)s < (clean_now + interval '{tiers.CURE_MONTHS} months')::date
                THEN {_HELD} ELSE 0 END,
            CASE WHEN %(morning)s < observed_to THEN {_MENTION} ELSE 0 END
        ) + 1 AS rank
    FROM cents
    OFFSET 0
),
calc AS MATERIALIZED (
    SELECT id, loan_id, branch_id, product_code, version, turns_late, falls_due, due_id, days, moves,
        interest, penalty, compound, principal_balance, interest_sum, penalty_sum, compound_sum,
        late_p, late_i, next_late_now, oldest, clean_now, accrues_now, due_on, due_principal,
        after_due, ({_NAMES})[rank] AS tier_now,
        round(principal_balance * (%(rates)s::numeric[])[rank], 2) AS provision_now,
        CASE WHEN moves THEN interest_accrued - interest_cleared ELSE 0 END AS moved_interest,
        CASE WHEN moves THEN penalty_accrued - penalty_cleared
            + compound_accrued - compound_cleared ELSE 0 END AS moved_charges,
        CASE WHEN after_due IS NULL OR after_months = 0 OR day_count <> '30/360' THEN penalty_weight
            ELSE 30 * after_months END AS weight_after,
        CASE WHEN after_due IS NULL OR after_months = 0 OR day_count <> '30/360' THEN penalty_year_days
            ELSE 360 * (after_due - due_on) END AS year_after,
        falls_due AND after_due IS NULL AND principal_balance = 0
            AND interest_accrued + interest = interest_cleared
            AND penalty_accrued + penalty = penalty_cleared
            AND compound_accrued + compound = compound_cleared AS is_settled,
        CASE WHEN turns_late AND late_p IS NULL THEN 'next_late_without_instalment'
            WHEN falls_due AND (due_rows <> 1 OR due_on <> %(morning)s)
                THEN 'next_due_without_instalment'
            WHEN falls_due AND due_interest <> running
                THEN 'instalment_interest_is_not_what_accrued'
        END AS misfit
    FROM ranked
),
"""  # noqa: S608 (the domain's constants, nobody's text)

_WRITE = """
upd AS (
    UPDATE lending_loanaccount AS a SET
        closed_through = %(day)s,
        interest_base = CASE WHEN c.falls_due THEN 0 ELSE c.interest_sum END,
        penalty_base = c.penalty_sum,
        compound_base = c.compound_sum,
        interest_accrued = a.interest_accrued + c.interest,
        penalty_accrued = a.penalty_accrued + c.penalty,
        compound_accrued = a.compound_accrued + c.compound,
        late_principal = c.late_p,
        late_interest = c.late_i,
        next_late = c.next_late_now,
        oldest_late = c.oldest,
        days_past_due = c.days,
        worst_days_past_due = greatest(a.worst_days_past_due, c.days),
        tier = c.tier_now,
        clean_since = c.clean_now,
        is_accruing = c.accrues_now,
        provision = CASE WHEN c.is_settled THEN 0 ELSE c.provision_now END,
        is_open = NOT c.is_settled,
        period_start = CASE WHEN c.falls_due THEN c.due_on ELSE a.period_start END,
        undue_principal = CASE WHEN c.falls_due THEN a.undue_principal - c.due_principal
            ELSE a.undue_principal END,
        next_due = CASE WHEN c.falls_due THEN c.after_due ELSE a.next_due END,
        night_weight = CASE WHEN c.falls_due THEN c.weight_after ELSE a.night_weight END,
        year_days = CASE WHEN c.falls_due THEN c.year_after ELSE a.year_days END
    FROM calc AS c
    WHERE a.id = c.id AND a.id BETWEEN %(first)s AND %(last)s AND a.version = c.version
        AND a.closed_through = %(before)s AND a.parked_at IS NULL AND c.misfit IS NULL
    RETURNING c.id, c.loan_id, c.branch_id, c.product_code, c.turns_late, c.falls_due, c.due_id,
        c.is_settled, c.principal_balance, c.interest, c.penalty, c.compound, c.moved_interest,
        c.moved_charges, c.days, c.tier_now, c.accrues_now
),
day_rows AS (
    INSERT INTO lending_loanday (account_id, day, principal_balance, interest, penalty, compound,
        moved_interest, moved_charges, days_past_due, tier, is_accruing, in_day_journal)
    SELECT id, %(day)s, principal_balance, interest, penalty, compound, moved_interest,
        moved_charges, days, tier_now, accrues_now, true
    FROM upd
),
billed AS (
    UPDATE lending_instalment AS i SET is_billed = true,
        cleared_on = CASE WHEN i.cleared_on IS NULL AND i.principal = i.principal_cleared
            AND i.interest = i.interest_cleared THEN %(morning)s ELSE i.cleared_on END
    FROM upd WHERE upd.falls_due AND i.id = upd.due_id
),
turned AS (
    UPDATE lending_instalment AS i SET is_late = true
    FROM upd
    WHERE upd.turns_late AND i.loan_id = upd.loan_id AND i.is_billed AND NOT i.is_late
        AND i.late_on <= %(day)s
        AND (i.principal <> i.principal_cleared OR i.interest <> i.interest_cleared)
),
states AS (
    UPDATE lending_loan AS l SET state = CASE WHEN upd.is_settled THEN 'settled' ELSE 'overdue' END
    FROM upd
    WHERE (upd.is_settled OR (upd.turns_late AND l.state = 'active')) AND l.id = upd.loan_id
),
parked AS (
    UPDATE lending_loanaccount AS a SET parked_at = %(now)s, parked_error = c.misfit
    FROM calc AS c
    WHERE c.misfit IS NOT NULL AND a.id = c.id AND a.id BETWEEN %(first)s AND %(last)s
        AND a.version = c.version AND a.parked_at IS NULL
    RETURNING a.id
)
SELECT branch_id, product_code, accrues_now, count(*), sum(interest), sum(penalty + compound),
    sum(moved_interest), sum(moved_charges)
FROM upd GROUP BY branch_id, product_code, accrues_now
UNION ALL
SELECT NULL, 'parked', false, count(*), 0, 0, 0, 0 FROM parked
UNION ALL
SELECT NULL, 'seen', false, count(*), 0, 0, 0, 0 FROM acc
"""

STATEMENT = "WITH " + _ACCOUNTS + _TURNS + _CALC + _WRITE
