"""Strategy versions by two people and with days of their own; published ones never overlap."""

import django.db.models.deletion
from django.db import migrations, models

FILL = """
UPDATE risk_strategyversion SET
    approved_by = CASE WHEN author = 'bank setup' THEN 'first setup' ELSE 'bank setup' END,
    released_by = CASE WHEN author = 'bank setup' THEN 'first setup' ELSE 'bank setup' END,
    approved_at = published_at,
    valid_from = (published_at AT TIME ZONE 'Asia/Shanghai')::date,
    valid_to = (retired_at AT TIME ZONE 'Asia/Shanghai')::date
WHERE published_at IS NOT NULL;
"""
# The older release knows one published version a strategy and no second person's steps: what is not
# in force today is given up.
GIVE_UP = """
UPDATE risk_strategyversion AS version SET state = 'retired', retired_at = coalesce(retired_at, now())
WHERE state IN ('submitted', 'approved') OR state = 'published' AND id <> (
    SELECT other.id FROM risk_strategyversion AS other
    WHERE other.strategy_id = version.strategy_id AND other.state = 'published'
    ORDER BY (other.valid_from <= current_date) DESC,
        CASE WHEN other.valid_from <= current_date THEN other.valid_from END DESC, other.valid_from
    LIMIT 1);
SET CONSTRAINTS ALL IMMEDIATE;
"""
GUARDS = """
ALTER TABLE risk_strategyversion ADD CONSTRAINT strategy_version_no_overlap EXCLUDE USING gist (
    int8range(strategy_id, strategy_id, '[]') WITH &&,
    daterange(valid_from, valid_to) WITH &&
) WHERE (state = 'published');

DROP TRIGGER strategy_version_stands ON risk_strategyversion;
CREATE TRIGGER strategy_version_stands BEFORE UPDATE ON risk_strategyversion
    FOR EACH ROW WHEN (OLD.state <> 'draft' AND (
        (NEW.strategy_id, NEW.number, NEW.based_on_id, NEW.definition, NEW.sha256, NEW.author,
            NEW.created_at) IS DISTINCT FROM
        (OLD.strategy_id, OLD.number, OLD.based_on_id, OLD.definition, OLD.sha256, OLD.author,
            OLD.created_at)
        OR (OLD.state IN ('approved', 'published', 'retired') AND (
            NEW.state IN ('draft', 'submitted')
            OR (NEW.approved_by, NEW.approved_at) IS DISTINCT FROM
               (OLD.approved_by, OLD.approved_at)))
        OR (OLD.state = 'retired' AND NEW.state <> 'retired')
        OR (OLD.published_at IS NOT NULL AND (NEW.published_at, NEW.valid_from, NEW.released_by)
            IS DISTINCT FROM (OLD.published_at, OLD.valid_from, OLD.released_by))))
    EXECUTE FUNCTION risk_refuse_change();
"""
UNGUARD = """
DROP TRIGGER strategy_version_stands ON risk_strategyversion;
CREATE TRIGGER strategy_version_stands BEFORE UPDATE ON risk_strategyversion
    FOR EACH ROW WHEN (OLD.state <> 'draft' AND (
        NEW.state = 'draft' OR (OLD.state = 'retired' AND NEW.state <> 'retired')
        OR (NEW.strategy_id, NEW.number, NEW.definition, NEW.sha256, NEW.author, NEW.created_at,
            NEW.published_at) IS DISTINCT FROM
           (OLD.strategy_id, OLD.number, OLD.definition, OLD.sha256, OLD.author, OLD.created_at,
            OLD.published_at)))
    EXECUTE FUNCTION risk_refuse_change();
ALTER TABLE risk_strategyversion DROP CONSTRAINT strategy_version_no_overlap;
"""


class Migration(migrations.Migration):
    dependencies = [("risk", "0005_what_if_runs")]

    operations = [
        migrations.RemoveConstraint(
            model_name="strategyversion", name="strategy_one_published"
        ),
        migrations.AddField(
            model_name="strategyversion",
            name="based_on",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="heirs",
                to="risk.strategyversion",
            ),
        ),
        migrations.AddField(
            model_name="strategyversion",
            name="revision",
            field=models.PositiveIntegerField(default=0, help_text="counts saves of a draft"),
        ),
        migrations.AddField(
            model_name="strategyversion",
            name="note",
            field=models.CharField(
                blank=True, default="", help_text="why it is made", max_length=300
            ),
        ),
        migrations.AddField(
            model_name="strategyversion",
            name="answer",
            field=models.CharField(
                blank=True, default="", help_text="why sent back", max_length=300
            ),
        ),
        migrations.AddField(
            model_name="strategyversion",
            name="approved_by",
            field=models.CharField(blank=True, default="", max_length=60),
        ),
        migrations.AddField(
            model_name="strategyversion",
            name="released_by",
            field=models.CharField(blank=True, default="", max_length=60),
        ),
        migrations.AddField(
            model_name="strategyversion",
            name="approved_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="strategyversion",
            name="valid_from",
            field=models.DateField(help_text="first business date it decides", null=True),
        ),
        migrations.AddField(
            model_name="strategyversion",
            name="valid_to",
            field=models.DateField(help_text="first business date it decides no more", null=True),
        ),
        migrations.AlterField(
            model_name="strategyversion",
            name="state",
            field=models.CharField(
                choices=[
                    ("draft", "Draft"),
                    ("submitted", "Submitted"),
                    ("approved", "Approved"),
                    ("published", "Published"),
                    ("retired", "Retired"),
                ],
                default="draft",
                max_length=10,
            ),
        ),
        migrations.RunSQL(FILL, GIVE_UP),
        # constraints after data: PostgreSQL refuses ALTER TABLE while trigger events are pending
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE", migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name="strategyversion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("approved_by", models.F("author")), _negated=True
                )
                & models.Q(("released_by", models.F("author")), _negated=True),
                name="strategy_two_people",
            ),
        ),
        migrations.AddConstraint(
            model_name="strategyversion",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["approved", "published"]), _negated=True)
                | models.Q(("approved_by", ""), _negated=True),
                name="strategy_approved_by_somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="strategyversion",
            constraint=models.CheckConstraint(
                condition=models.Q(("state", "published"), _negated=True)
                | models.Q(
                    ("published_at__isnull", False),
                    ("valid_from__isnull", False),
                    models.Q(("released_by", ""), _negated=True),
                ),
                name="strategy_published_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="strategyversion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["draft", "submitted", "approved", "published", "retired"])
                ),
                name="strategy_state_known",
            ),
        ),
        migrations.RunSQL(GUARDS, UNGUARD),
    ]
