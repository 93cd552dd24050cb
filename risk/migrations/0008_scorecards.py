"""The register of trained models: append-only but for their state, and two people for each."""

from django.db import migrations, models

#: What a trained model is never changes; a retired one stays so, an approved one is never a candidate again.
FORWARD = """
CREATE TRIGGER scorecard_stands BEFORE UPDATE ON risk_scorecardmodel
    FOR EACH ROW WHEN (
        (NEW.id, NEW.code, NEW.number, NEW.kind, NEW.definition, NEW.artefact, NEW.sha256, NEW.trained_at,
         NEW.trained_by, NEW.data, NEW.metrics) IS DISTINCT FROM
        (OLD.id, OLD.code, OLD.number, OLD.kind, OLD.definition, OLD.artefact, OLD.sha256, OLD.trained_at,
         OLD.trained_by, OLD.data, OLD.metrics)
        OR (OLD.state <> 'candidate' AND (NEW.approved_by, NEW.approved_at) IS DISTINCT FROM
                                         (OLD.approved_by, OLD.approved_at))
        OR OLD.state = 'retired'
        OR (OLD.state = 'approved' AND NEW.state <> 'retired'))
    EXECUTE FUNCTION risk_refuse_change();
CREATE TRIGGER scorecard_kept BEFORE DELETE ON risk_scorecardmodel
    FOR EACH ROW EXECUTE FUNCTION risk_refuse_change();
"""
BACKWARD = """
DROP TRIGGER scorecard_kept ON risk_scorecardmodel;
DROP TRIGGER scorecard_stands ON risk_scorecardmodel;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('risk', '0007_sources'),
    ]

    operations = [
        migrations.CreateModel(
            name='ScorecardModel',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.SlugField(max_length=40)),
                ('number', models.PositiveIntegerField()),
                ('kind', models.CharField(choices=[('scorecard', 'Scorecard'), ('challenger', 'Challenger')], max_length=10)),
                ('definition', models.JSONField()),
                ('artefact', models.BinaryField(null=True)),
                ('sha256', models.CharField(help_text='of the canonical definition and artefact', max_length=64)),
                ('trained_at', models.DateTimeField()),
                ('trained_by', models.CharField(max_length=60)),
                ('data', models.JSONField()),
                ('metrics', models.JSONField()),
                ('state', models.CharField(choices=[('candidate', 'Candidate'), ('approved', 'Approved'), ('retired', 'Retired')], default='candidate', max_length=10)),
                ('approved_by', models.CharField(blank=True, default='', max_length=60)),
                ('approved_at', models.DateTimeField(null=True)),
                ('retired_by', models.CharField(blank=True, default='', max_length=60)),
                ('retired_at', models.DateTimeField(null=True)),
            ],
            options={
                'indexes': [models.Index(fields=['-trained_at', '-id'], name='scorecard_newest')],
                'constraints': [models.UniqueConstraint(fields=('code', 'kind', 'number'), name='scorecard_number'), models.UniqueConstraint(condition=models.Q(('state', 'approved')), fields=('code', 'kind'), name='scorecard_one_approved'), models.CheckConstraint(condition=models.Q(('kind__in', ['scorecard', 'challenger']), ('state__in', ['candidate', 'approved', 'retired'])), name='scorecard_words_known'), models.CheckConstraint(condition=models.Q(models.Q(('artefact__isnull', True), ('kind', 'scorecard')), models.Q(('artefact__isnull', False), ('kind', 'challenger')), _connector='OR'), name='scorecard_artefact_by_kind'), models.CheckConstraint(condition=models.Q(models.Q(('trained_by', ''), _negated=True), models.Q(('approved_by', models.F('trained_by')), _negated=True)), name='scorecard_two_people'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'approved'), _negated=True), models.Q(models.Q(('approved_by', ''), _negated=True), ('approved_at__isnull', False)), _connector='OR'), name='scorecard_approved_by_someone'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'retired'), _negated=True), ('retired_at__isnull', False), _connector='OR'), name='scorecard_retired_when')],
            },
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
