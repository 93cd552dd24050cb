"""Reconciliation: runs, differences with their life and its steps, payments found by the day they settled."""

import uuid
from pathlib import Path

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

_SQL = Path(__file__).parent / "sql"
#: A difference that was closed before two people had to: it counts as gone by itself.
_OLD_BREAKS = (
    "UPDATE lending_reconciliationbreak SET state = 'resolved', healed_at = resolved_at"
    " WHERE resolved_at IS NOT NULL"
)


class Migration(migrations.Migration):

    dependencies = [
        ('lending', '0015_event_accounts'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='BreakStep',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('what', models.CharField(choices=[('found', 'Found'), ('changed', 'Changed'), ('found_again', 'Found Again'), ('healed', 'Healed'), ('taken', 'Taken'), ('proposed', 'Proposed'), ('sent_back', 'Sent Back'), ('confirmed', 'Confirmed')], max_length=12)),
                ('resolution', models.CharField(blank=True, max_length=24)),
                ('text', models.CharField(blank=True, max_length=300)),
            ],
        ),
        migrations.CreateModel(
            name='ReconciliationRun',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('business_date', models.DateField(help_text="the core bank's booking day")),
                ('kind', models.CharField(choices=[('hourly', 'Hourly'), ('close', 'Close'), ('manual', 'Manual')], max_length=8)),
                ('state', models.CharField(choices=[('asked', 'Asked'), ('clean', 'Clean'), ('breaks', 'Breaks'), ('unavailable', 'Unavailable')], default='asked', max_length=12)),
                ('started_at', models.DateTimeField()),
                ('finished_at', models.DateTimeField(null=True)),
                ('problem', models.CharField(blank=True, max_length=200)),
                ('ours_out_count', models.PositiveIntegerField(default=0)),
                ('ours_out_sum', models.DecimalField(decimal_places=2, default=0, max_digits=18)),
                ('ours_in_count', models.PositiveIntegerField(default=0)),
                ('ours_in_sum', models.DecimalField(decimal_places=2, default=0, max_digits=18)),
                ('books_out_count', models.PositiveIntegerField(default=0)),
                ('books_out_sum', models.DecimalField(decimal_places=2, default=0, max_digits=18)),
                ('books_in_count', models.PositiveIntegerField(default=0)),
                ('books_in_sum', models.DecimalField(decimal_places=2, default=0, max_digits=18)),
                ('theirs_out_count', models.PositiveIntegerField(default=0)),
                ('theirs_out_sum', models.DecimalField(decimal_places=2, default=0, max_digits=18)),
                ('theirs_in_count', models.PositiveIntegerField(default=0)),
                ('theirs_in_sum', models.DecimalField(decimal_places=2, default=0, max_digits=18)),
                ('on_its_way', models.PositiveIntegerField(default=0)),
                ('breaks_found', models.PositiveIntegerField(default=0)),
                ('breaks_open', models.PositiveIntegerField(default=0, help_text='of the day, when it ended')),
            ],
        ),
        migrations.RemoveConstraint(
            model_name='reconciliationbreak',
            name='break_once_a_day',
        ),
        migrations.AddField(
            model_name='reconciliationbreak',
            name='books',
            field=models.DecimalField(decimal_places=2, max_digits=18, null=True),
        ),
        migrations.AddField(
            model_name='reconciliationbreak',
            name='checker',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='reconciliationbreak',
            name='direction',
            field=models.CharField(choices=[('out', 'out'), ('in', 'in')], default='out', max_length=3),
        ),
        migrations.AddField(
            model_name='reconciliationbreak',
            name='healed_at',
            field=models.DateTimeField(help_text='when a run no longer found it', null=True),
        ),
        migrations.AddField(
            model_name='reconciliationbreak',
            name='maker',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='reconciliationbreak',
            name='owner',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='lending.officer'),
        ),
        migrations.AddField(
            model_name='reconciliationbreak',
            name='proposed_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='reconciliationbreak',
            name='resolution',
            field=models.CharField(blank=True, choices=[('booked_late', 'booked_late'), ('other_day', 'other_day'), ('bank_error_corrected', 'bank_error_corrected'), ('our_error_corrected', 'our_error_corrected'), ('duplicate_returned', 'duplicate_returned'), ('accepted_difference', 'accepted_difference')], max_length=24),
        ),
        migrations.AddField(
            model_name='reconciliationbreak',
            name='state',
            field=models.CharField(choices=[('open', 'open'), ('proposed', 'proposed'), ('resolved', 'resolved')], default='open', max_length=8),
        ),
        migrations.RunSQL(sql=_OLD_BREAKS, reverse_sql=migrations.RunSQL.noop),
        migrations.AlterField(
            model_name='reconciliationbreak',
            name='business_date',
            field=models.DateField(help_text="the core bank's booking day"),
        ),
        migrations.AlterField(
            model_name='reconciliationbreak',
            name='core_key',
            field=models.CharField(max_length=64),
        ),
        migrations.AlterField(
            model_name='reconciliationbreak',
            name='kind',
            field=models.CharField(choices=[('missing_here', 'missing_here'), ('missing_there', 'missing_there'), ('amount', 'amount'), ('payee', 'payee'), ('duplicate', 'duplicate'), ('no_journal', 'no_journal'), ('journal_amount', 'journal_amount'), ('unbooked', 'unbooked')], max_length=20),
        ),
        migrations.AlterField(
            model_name='reconciliationbreak',
            name='ours',
            field=models.DecimalField(decimal_places=2, max_digits=18, null=True),
        ),
        migrations.AlterField(
            model_name='reconciliationbreak',
            name='theirs',
            field=models.DecimalField(decimal_places=2, max_digits=18, null=True),
        ),
        migrations.AddIndex(
            model_name='cardtransfer',
            index=models.Index(fields=['settled_at'], name='lending_car_settled_2d2e91_idx'),
        ),
        migrations.AddIndex(
            model_name='reconciliationbreak',
            index=models.Index(condition=models.Q(('state', 'resolved'), _negated=True), fields=['found_at', 'id'], name='break_open'),
        ),
        migrations.AddIndex(
            model_name='reconciliationbreak',
            index=models.Index(condition=models.Q(('state', 'resolved')), fields=['-resolved_at', '-id'], name='break_resolved'),
        ),
        migrations.AddConstraint(
            model_name='reconciliationbreak',
            constraint=models.UniqueConstraint(fields=('business_date', 'kind', 'core_key', 'direction'), name='break_once_a_day'),
        ),
        migrations.AddConstraint(
            model_name='reconciliationbreak',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['missing_here', 'missing_there', 'amount', 'payee', 'duplicate', 'no_journal', 'journal_amount', 'unbooked']), ('direction__in', ('out', 'in')), ('state__in', ['open', 'proposed', 'resolved']), ('resolution__in', ['', 'booked_late', 'other_day', 'bank_error_corrected', 'our_error_corrected', 'duplicate_returned', 'accepted_difference'])), name='break_codes_known'),
        ),
        migrations.AddConstraint(
            model_name='reconciliationbreak',
            constraint=models.CheckConstraint(condition=models.Q(('maker__isnull', True), ('checker__isnull', True), models.Q(('maker', models.F('checker')), _negated=True), _connector='OR'), name='break_two_people'),
        ),
        migrations.AddConstraint(
            model_name='reconciliationbreak',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('maker__isnull', True), ('proposed_at__isnull', True), ('resolution', '')), models.Q(('explanation__regex', '.{5}'), ('maker__isnull', False), ('proposed_at__isnull', False), models.Q(('resolution', ''), _negated=True)), _connector='OR'), name='break_proposal_whole'),
        ),
        migrations.AddConstraint(
            model_name='reconciliationbreak',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('maker__isnull', True), ('resolved_at__isnull', True), ('state', 'open')), models.Q(('checker__isnull', True), ('maker__isnull', False), ('resolved_at__isnull', True), ('state', 'proposed')), models.Q(('healed_at__isnull', False), ('resolved_at__isnull', False), ('state', 'resolved')), models.Q(('checker__isnull', False), ('maker__isnull', False), ('resolved_at__isnull', False), ('state', 'resolved')), _connector='OR'), name='break_resolved_by_two_or_healed'),
        ),
        migrations.AddField(
            model_name='breakstep',
            name='by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='breakstep',
            name='difference',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='steps', to='lending.reconciliationbreak'),
        ),
        migrations.AddField(
            model_name='reconciliationrun',
            name='asked_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='reconciliationrun',
            name='legal_entity',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='lending.legalentity'),
        ),
        migrations.AddField(
            model_name='breakstep',
            name='run',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, to='lending.reconciliationrun'),
        ),
        migrations.AddIndex(
            model_name='reconciliationrun',
            index=models.Index(fields=['-started_at', '-id'], name='lending_rec_started_36cee4_idx'),
        ),
        migrations.AddIndex(
            model_name='reconciliationrun',
            index=models.Index(fields=['business_date', '-started_at'], name='lending_rec_busines_19ed98_idx'),
        ),
        migrations.AddConstraint(
            model_name='reconciliationrun',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('finished_at__isnull', True), ('state', 'asked')), models.Q(('finished_at__isnull', False), ('state__in', ['clean', 'breaks', 'unavailable'])), _connector='OR'), name='reconciliation_run_state_known'),
        ),
        migrations.AddConstraint(
            model_name='reconciliationrun',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'clean'), _negated=True), ('breaks_open', 0), _connector='OR'), name='reconciliation_run_clean_is_clean'),
        ),
        migrations.RunSQL(
            sql=(_SQL / "reconciliation.sql").read_text(),
            reverse_sql=(_SQL / "reconciliation_reverse.sql").read_text(),
        ),
    ]
