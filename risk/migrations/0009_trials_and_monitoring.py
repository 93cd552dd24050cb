"""Trials of challengers, what monitoring counts, and its alerts.

A trial keeps how it was started; an arm's answer stands once given; neither is deleted.
"""

import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

GUARDS = """
CREATE TRIGGER trial_start_stands BEFORE UPDATE ON risk_strategytrial
    FOR EACH ROW WHEN (OLD.ended_at IS NOT NULL OR (NEW.strategy_id, NEW.challenger_id,
        NEW.challenger_author, NEW.mode, NEW.share_percent, NEW.salt, NEW.note, NEW.started_by,
        NEW.started_at) IS DISTINCT FROM (OLD.strategy_id, OLD.challenger_id,
        OLD.challenger_author, OLD.mode, OLD.share_percent, OLD.salt, OLD.note, OLD.started_by,
        OLD.started_at))
    EXECUTE FUNCTION risk_refuse_change();
CREATE TRIGGER trial_kept BEFORE DELETE ON risk_strategytrial
    FOR EACH ROW EXECUTE FUNCTION risk_refuse_change();
CREATE TRIGGER trial_answer_stands BEFORE UPDATE ON risk_trialdecision
    FOR EACH ROW WHEN (OLD.filled_at IS NOT NULL OR (NEW.decision_id, NEW.trial_id,
        NEW.arm, NEW.champion_outcome, NEW.champion_limit) IS DISTINCT FROM (OLD.decision_id,
        OLD.trial_id, OLD.arm, OLD.champion_outcome, OLD.champion_limit))
    EXECUTE FUNCTION risk_refuse_change();
CREATE TRIGGER trial_answer_kept BEFORE DELETE ON risk_trialdecision
    FOR EACH ROW EXECUTE FUNCTION risk_refuse_change();
"""
UNGUARD = """
DROP TRIGGER trial_answer_kept ON risk_trialdecision;
DROP TRIGGER trial_answer_stands ON risk_trialdecision;
DROP TRIGGER trial_kept ON risk_strategytrial;
DROP TRIGGER trial_start_stands ON risk_strategytrial;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("risk", "0008_scorecards"),
    ]

    operations = [
        migrations.CreateModel(
            name="DecisionDay",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(max_length=10)),
                ("day", models.DateField()),
                ("product_code", models.CharField(max_length=40)),
                ("key", models.CharField(max_length=60)),
                ("n", models.BigIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name="DecisionFigures",
            fields=[
                (
                    "decision",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="figures",
                        serialize=False,
                        to="risk.decisionrecord",
                    ),
                ),
                (
                    "bins",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.IntegerField(), default=list, size=None
                    ),
                ),
                ("annual_rate", models.DecimalField(decimal_places=6, max_digits=8, null=True)),
                (
                    "took_us",
                    models.PositiveIntegerField(default=0, help_text="the evaluation alone"),
                ),
                (
                    "made_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
            ],
        ),
        migrations.CreateModel(
            name="MonitoringAlert",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=30)),
                ("value", models.FloatField(help_text="when last broken")),
                ("threshold", models.FloatField()),
                ("cases", models.PositiveIntegerField()),
                ("opened_at", models.DateTimeField()),
                ("closed_at", models.DateTimeField(null=True)),
                ("acknowledged_by", models.CharField(blank=True, default="", max_length=60)),
                ("acknowledged_at", models.DateTimeField(null=True)),
                ("note", models.CharField(blank=True, default="", max_length=300)),
            ],
        ),
        migrations.CreateModel(
            name="MonitoringMark",
            fields=[
                ("name", models.CharField(max_length=20, primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="ScoreBin",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("feature", models.CharField(max_length=60)),
                ("label", models.CharField(max_length=60)),
            ],
        ),
        migrations.CreateModel(
            name="StrategyTrial",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "challenger_author",
                    models.CharField(help_text="who may not start it", max_length=60),
                ),
                (
                    "mode",
                    models.CharField(
                        choices=[("shadow", "Shadow"), ("split", "Split")], max_length=6
                    ),
                ),
                ("share_percent", models.PositiveSmallIntegerField(null=True)),
                ("salt", models.CharField(max_length=32)),
                ("note", models.CharField(blank=True, default="", max_length=300)),
                ("started_by", models.CharField(max_length=60)),
                ("started_at", models.DateTimeField()),
                ("ended_by", models.CharField(blank=True, default="", max_length=60)),
                ("ended_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="TrialDecision",
            fields=[
                (
                    "decision",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="trial_row",
                        serialize=False,
                        to="risk.decisionrecord",
                    ),
                ),
                (
                    "arm",
                    models.CharField(
                        choices=[
                            ("champion", "Champion"),
                            ("challenger", "Challenger"),
                            ("shadow", "Shadow"),
                        ],
                        max_length=10,
                    ),
                ),
                ("outcome", models.CharField(blank=True, default="", max_length=10)),
                ("score", models.IntegerField(null=True)),
                ("grade", models.CharField(blank=True, default="", max_length=4)),
                ("limit_amount", models.DecimalField(decimal_places=2, max_digits=14, null=True)),
                ("annual_rate", models.DecimalField(decimal_places=6, max_digits=8, null=True)),
                ("reason_codes", models.JSONField(default=list)),
                (
                    "took_us",
                    models.PositiveIntegerField(help_text="the evaluation alone", null=True),
                ),
                ("champion_outcome", models.CharField(blank=True, default="", max_length=10)),
                ("champion_score", models.IntegerField(null=True)),
                ("champion_limit", models.DecimalField(decimal_places=2, max_digits=14, null=True)),
                ("champion_rate", models.DecimalField(decimal_places=6, max_digits=8, null=True)),
                ("champion_codes", models.JSONField(default=list)),
                ("champion_us", models.PositiveIntegerField(null=True)),
                ("problem", models.CharField(blank=True, default="", max_length=60)),
                ("filled_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.AddIndex(
            model_name="decisionrecord",
            index=models.Index(fields=["business_date"], name="decision_by_day"),
        ),
        migrations.AddConstraint(
            model_name="decisionday",
            constraint=models.UniqueConstraint(
                fields=("kind", "day", "product_code", "key"),
                include=("n",),
                name="decision_day_once",
            ),
        ),
        migrations.AddIndex(
            model_name="monitoringalert",
            index=models.Index(fields=["-opened_at"], name="alert_newest"),
        ),
        migrations.AddConstraint(
            model_name="monitoringalert",
            constraint=models.UniqueConstraint(
                condition=models.Q(("closed_at__isnull", True)),
                fields=("code",),
                name="alert_open_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="monitoringalert",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("acknowledged_at__isnull", True), ("acknowledged_by", "")),
                    models.Q(
                        ("acknowledged_at__isnull", False),
                        models.Q(("acknowledged_by", ""), _negated=True),
                        models.Q(("note", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="alert_acknowledged_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="scorebin",
            constraint=models.UniqueConstraint(fields=("feature", "label"), name="score_bin_once"),
        ),
        migrations.AddField(
            model_name="strategytrial",
            name="challenger",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="trials",
                to="risk.strategyversion",
            ),
        ),
        migrations.AddField(
            model_name="strategytrial",
            name="strategy",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="trials",
                to="risk.strategy",
            ),
        ),
        migrations.AddField(
            model_name="trialdecision",
            name="trial",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="rows",
                to="risk.strategytrial",
            ),
        ),
        migrations.AddConstraint(
            model_name="strategytrial",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at__isnull", True)),
                fields=("strategy",),
                name="trial_one_at_a_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="strategytrial",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("started_by", models.F("challenger_author")), _negated=True),
                    models.Q(("started_by", ""), _negated=True),
                ),
                name="trial_two_people",
            ),
        ),
        migrations.AddConstraint(
            model_name="strategytrial",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("mode", "shadow"), ("share_percent__isnull", True)),
                    models.Q(
                        ("mode", "split"), ("share_percent__gte", 1), ("share_percent__lte", 50)
                    ),
                    _connector="OR",
                ),
                name="trial_share_of_split",
            ),
        ),
        migrations.AddConstraint(
            model_name="strategytrial",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("ended_at__isnull", True), ("ended_by", "")),
                    models.Q(
                        ("ended_at__isnull", False), models.Q(("ended_by", ""), _negated=True)
                    ),
                    _connector="OR",
                ),
                name="trial_end_whole",
            ),
        ),
        migrations.AddIndex(
            model_name="trialdecision",
            index=models.Index(fields=["trial", "arm", "outcome"], name="trial_by_arm"),
        ),
        migrations.AddIndex(
            model_name="trialdecision",
            index=models.Index(
                condition=models.Q(("filled_at__isnull", True)),
                fields=["decision"],
                name="trial_waiting",
            ),
        ),
        migrations.AddConstraint(
            model_name="trialdecision",
            constraint=models.CheckConstraint(
                condition=models.Q(("arm__in", ["champion", "challenger", "shadow"])),
                name="trial_arm_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="trialdecision",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("arm", "shadow"), ("filled_at__isnull", True), ("outcome", "")),
                    models.Q(
                        ("filled_at__isnull", False),
                        ("outcome__in", ["approve", "refer", "decline"]),
                    ),
                    models.Q(
                        ("filled_at__isnull", False),
                        ("outcome", ""),
                        models.Q(("problem", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="trial_answer_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="trialdecision",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("arm", "shadow"), ("champion_outcome__in", ["approve", "refer", "decline"])
                    ),
                    models.Q(models.Q(("arm", "shadow"), _negated=True), ("champion_outcome", "")),
                    _connector="OR",
                ),
                name="trial_shadow_beside_champion",
            ),
        ),
        migrations.RunSQL(GUARDS, UNGUARD),
    ]
