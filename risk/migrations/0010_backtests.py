"""Decisions as rows of numbers, and runs that decide them again under another version."""

import uuid

import django.db.models.deletion
from django.db import migrations, models

import products.encryption

GUARDS = """
CREATE TRIGGER vector_append_only BEFORE UPDATE OR DELETE ON risk_decisionvector
    FOR EACH ROW EXECUTE FUNCTION risk_refuse_change();
CREATE TRIGGER vector_layout_append_only BEFORE UPDATE OR DELETE ON risk_vectorlayout
    FOR EACH ROW EXECUTE FUNCTION risk_refuse_change();
CREATE TRIGGER terms_snapshot_append_only BEFORE UPDATE OR DELETE ON risk_termssnapshot
    FOR EACH ROW EXECUTE FUNCTION risk_refuse_change();
"""
UNGUARD = """
DROP TRIGGER terms_snapshot_append_only ON risk_termssnapshot;
DROP TRIGGER vector_layout_append_only ON risk_vectorlayout;
DROP TRIGGER vector_append_only ON risk_decisionvector;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('risk', '0009_trials_and_monitoring'),
    ]

    operations = [
        migrations.CreateModel(
            name='TermsSnapshot',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sha256', models.CharField(max_length=64, unique=True)),
                ('terms', models.JSONField()),
            ],
        ),
        migrations.CreateModel(
            name='VectorLayout',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sha256', models.CharField(max_length=64, unique=True)),
                ('columns', models.JSONField(help_text="the head's names, then [feature, meaning] in order")),
            ],
        ),
        migrations.CreateModel(
            name='BacktestRun',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('version_after', models.PositiveBigIntegerField()),
                ('version_before', models.PositiveBigIntegerField()),
                ('definition_after', models.JSONField()),
                ('definition_before', models.JSONField()),
                ('sha256_after', models.CharField(max_length=64)),
                ('sha256_before', models.CharField(max_length=64)),
                ('product_code', models.CharField(blank=True, default='', help_text='empty: all', max_length=40)),
                ('date_from', models.DateField(help_text='first business date', null=True)),
                ('date_to', models.DateField(help_text='last business date', null=True)),
                ('wanted', models.PositiveIntegerField()),
                ('until', models.DateTimeField(help_text='later decisions are not looked at')),
                ('state', models.CharField(choices=[('queued', 'Queued'), ('running', 'Running'), ('done', 'Done'), ('failed', 'Failed'), ('cancelled', 'Cancelled')], default='queued', max_length=10)),
                ('last_as_of', models.DateTimeField(null=True)),
                ('last_id', models.UUIDField(null=True)),
                ('total', models.PositiveIntegerField(default=0)),
                ('done', models.PositiveIntegerField(default=0)),
                ('tally', models.JSONField(default=dict)),
                ('summary', models.JSONField(null=True)),
                ('problem', models.CharField(blank=True, default='', max_length=60)),
                ('author', models.CharField(max_length=60)),
                ('created_at', models.DateTimeField()),
                ('lease_until', models.DateTimeField(help_text="by the database's clock; the sweeper asks again after it")),
            ],
            options={
                'indexes': [models.Index(fields=['version_after', '-created_at'], name='backtest_newest')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state__in', ['queued', 'running'])), fields=('version_after',), name='backtest_one_at_a_time'), models.CheckConstraint(condition=models.Q(('state__in', ['queued', 'running', 'done', 'failed', 'cancelled'])), name='backtest_state_known'), models.CheckConstraint(condition=models.Q(('done__lte', models.F('total')), ('total__lte', models.F('wanted')), ('wanted__lte', 1000000)), name='backtest_done_within_total'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'done'), _negated=True), models.Q(('done', models.F('total')), ('summary__isnull', False)), _connector='OR'), name='backtest_done_is_whole'), models.CheckConstraint(condition=models.Q(('version_after', models.F('version_before')), _negated=True), name='backtest_two_versions')],
            },
        ),
        migrations.CreateModel(
            name='DecisionVector',
            fields=[
                ('decision', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='vector', serialize=False, to='risk.decisionrecord')),
                ('numbers', products.encryption.EncryptedBytesField()),
                ('terms', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to='risk.termssnapshot')),
                ('layout', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to='risk.vectorlayout')),
            ],
        ),
        migrations.RunSQL(GUARDS, UNGUARD),
    ]
