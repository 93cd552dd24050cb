"""Servicing: loan accounts, one row a loan and day, transactions with their bookings, plan versions."""

import uuid
from pathlib import Path

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

_SQL = Path(__file__).parent / "sql"
#: Loans booked before servicing: payable on their due date; the account that is opened for them knows better.
_OLD_INSTALMENTS = "UPDATE lending_instalment SET payable_on = due_date, late_on = due_date"


class Migration(migrations.Migration):

    dependencies = [
        ('lending', '0010_human_reviews_letters_fairness'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='LoanDay',
            fields=[
                ('pk', models.CompositePrimaryKey('account_id', 'day', blank=True, editable=False, primary_key=True, serialize=False)),
                ('day', models.DateField()),
                ('principal_balance', models.DecimalField(decimal_places=2, max_digits=14)),
                ('interest', models.DecimalField(decimal_places=2, max_digits=14)),
                ('penalty', models.DecimalField(decimal_places=2, max_digits=14)),
                ('compound', models.DecimalField(decimal_places=2, max_digits=14)),
                ('moved_interest', models.DecimalField(decimal_places=2, max_digits=14)),
                ('moved_charges', models.DecimalField(decimal_places=2, max_digits=14)),
                ('days_past_due', models.PositiveIntegerField()),
                ('tier', models.CharField(max_length=16)),
                ('is_accruing', models.BooleanField()),
                ('in_day_journal', models.BooleanField(default=True)),
            ],
            options={
                'db_table': 'lending_loanday',
                'managed': False,
            },
        ),
        migrations.CreateModel(
            name='LoanAccount',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('product_code', models.CharField(max_length=40)),
                ('start_date', models.DateField()),
                ('day_count', models.CharField(max_length=8)),
                ('rounding', models.CharField(max_length=10)),
                ('month_end', models.CharField(max_length=8)),
                ('penalty_uplift', models.DecimalField(decimal_places=4, max_digits=6)),
                ('grace_days', models.PositiveSmallIntegerField(default=0)),
                ('due_day_rule', models.CharField(default='as_is', max_length=20)),
                ('allocation', models.CharField(default='compound,penalty,interest,principal', help_text='order of components', max_length=60)),
                ('principal_first_after', models.PositiveSmallIntegerField(default=0, help_text='days past due beyond which principal is paid first; 0 = never')),
                ('closed_through', models.DateField()),
                ('is_open', models.BooleanField(default=True)),
                ('annual_rate', models.DecimalField(decimal_places=6, max_digits=8)),
                ('penalty_rate', models.DecimalField(decimal_places=10, max_digits=12)),
                ('period_start', models.DateField()),
                ('next_due', models.DateField(null=True)),
                ('next_late', models.DateField(help_text='close at which an instalment next turns late', null=True)),
                ('oldest_late', models.DateField(help_text='days past due count from here', null=True)),
                ('night_weight', models.PositiveIntegerField()),
                ('year_days', models.PositiveIntegerField()),
                ('penalty_weight', models.PositiveIntegerField()),
                ('penalty_year_days', models.PositiveIntegerField()),
                ('principal_balance', models.DecimalField(decimal_places=2, max_digits=14)),
                ('undue_principal', models.DecimalField(decimal_places=2, max_digits=14)),
                ('late_principal', models.DecimalField(decimal_places=2, default=0, max_digits=14)),
                ('late_interest', models.DecimalField(decimal_places=2, default=0, max_digits=14)),
                ('interest_base', models.DecimalField(decimal_places=12, default=0, max_digits=32)),
                ('penalty_base', models.DecimalField(decimal_places=12, default=0, max_digits=32)),
                ('compound_base', models.DecimalField(decimal_places=12, default=0, max_digits=32)),
                ('interest_accrued', models.DecimalField(decimal_places=2, default=0, max_digits=14)),
                ('penalty_accrued', models.DecimalField(decimal_places=2, default=0, max_digits=14)),
                ('compound_accrued', models.DecimalField(decimal_places=2, default=0, max_digits=14)),
                ('interest_cleared', models.DecimalField(decimal_places=2, default=0, max_digits=14)),
                ('penalty_cleared', models.DecimalField(decimal_places=2, default=0, max_digits=14)),
                ('compound_cleared', models.DecimalField(decimal_places=2, default=0, max_digits=14)),
                ('credit', models.DecimalField(decimal_places=2, default=0, max_digits=14)),
                ('claim', models.DecimalField(decimal_places=2, default=0, max_digits=14)),
                ('days_past_due', models.PositiveIntegerField(default=0)),
                ('worst_days_past_due', models.PositiveIntegerField(default=0)),
                ('tier', models.CharField(choices=[('normal', 'normal'), ('special_mention', 'special_mention'), ('substandard', 'substandard'), ('doubtful', 'doubtful'), ('loss', 'loss')], default='normal', max_length=16)),
                ('clean_since', models.DateField(null=True)),
                ('observed_to', models.DateField(null=True)),
                ('is_accruing', models.BooleanField(default=True)),
                ('provision', models.DecimalField(decimal_places=2, default=0, max_digits=14)),
                ('reprice_on', models.DateField(null=True)),
                ('parked_at', models.DateTimeField(null=True)),
                ('parked_error', models.CharField(blank=True, max_length=300)),
                ('version', models.PositiveIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name='LoanTransaction',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('number', models.PositiveIntegerField()),
                ('kind', models.CharField(choices=[('repayment', 'repayment'), ('partial_early', 'partial_early'), ('payoff', 'payoff'), ('credit_use', 'credit_use'), ('refund', 'refund'), ('waiver', 'waiver'), ('rate_change', 'rate_change'), ('extension', 'extension'), ('restructuring', 'restructuring'), ('write_off', 'write_off'), ('recovery', 'recovery'), ('reversal', 'reversal')], max_length=16)),
                ('value_date', models.DateField()),
                ('booked_on', models.DateField()),
                ('amount', models.DecimalField(decimal_places=2, default=0, max_digits=14)),
                ('options', models.JSONField(default=dict)),
                ('channel', models.CharField(help_text='auto_debit, applicant, officer, bank, system', max_length=16)),
                ('channel_ref', models.CharField(max_length=80)),
                ('reason', models.CharField(blank=True, max_length=300)),
                ('created_at', models.DateTimeField()),
            ],
            options={
                'ordering': ['loan_id', 'number'],
            },
        ),
        migrations.CreateModel(
            name='PlanVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField()),
                ('rows', models.JSONField()),
                ('created_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='TransactionBooking',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField()),
                ('splits', models.JSONField(default=list)),
                ('booked_on', models.DateField()),
                ('created_at', models.DateTimeField()),
            ],
        ),
        migrations.AlterModelOptions(
            name='instalment',
            options={'ordering': ['loan_id', 'due_date', 'number']},
        ),
        migrations.AddField(
            model_name='instalment',
            name='cleared_on',
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name='instalment',
            name='interest_cleared',
            field=models.DecimalField(decimal_places=2, default=0, max_digits=14),
        ),
        migrations.AddField(
            model_name='instalment',
            name='is_billed',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='instalment',
            name='is_late',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='instalment',
            name='late_on',
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name='instalment',
            name='months',
            field=models.PositiveSmallIntegerField(default=1),
        ),
        migrations.AddField(
            model_name='instalment',
            name='payable_on',
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name='instalment',
            name='principal_cleared',
            field=models.DecimalField(decimal_places=2, default=0, max_digits=14),
        ),
        migrations.AlterField(
            model_name='account',
            name='kind',
            field=models.CharField(choices=[('asset', 'Asset'), ('liability', 'Liability'), ('income', 'Income'), ('expense', 'Expense'), ('equity', 'Equity'), ('memo', 'Memo')], max_length=10),
        ),
        migrations.AlterField(
            model_name='officer',
            name='role',
            field=models.CharField(choices=[('officer', 'Officer'), ('manager', 'Manager'), ('head_office', 'Head Office'), ('risk', 'Risk'), ('product', 'Product'), ('finance', 'Finance')], default='officer', max_length=20),
        ),
        migrations.AddConstraint(
            model_name='instalment',
            constraint=models.CheckConstraint(condition=models.Q(('principal_cleared__gte', 0), ('interest_cleared__gte', 0), ('principal_cleared__lte', models.F('principal')), ('interest_cleared__lte', models.F('interest'))), name='instalment_cleared_within_owed'),
        ),
        migrations.AddField(
            model_name='loanaccount',
            name='branch',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='lending.branch'),
        ),
        migrations.AddField(
            model_name='loanaccount',
            name='legal_entity',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='lending.legalentity'),
        ),
        migrations.AddField(
            model_name='loanaccount',
            name='loan',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='account', to='lending.loan'),
        ),
        migrations.AddField(
            model_name='loantransaction',
            name='checker',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='loantransaction',
            name='loan',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='transactions', to='lending.loan'),
        ),
        migrations.AddField(
            model_name='loantransaction',
            name='maker',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='loantransaction',
            name='reverses',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='reversal', to='lending.loantransaction'),
        ),
        migrations.AddField(
            model_name='planversion',
            name='caused_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, to='lending.loantransaction'),
        ),
        migrations.AddField(
            model_name='planversion',
            name='loan',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='plans', to='lending.loan'),
        ),
        migrations.AddField(
            model_name='transactionbooking',
            name='caused_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='caused_bookings', to='lending.loantransaction'),
        ),
        migrations.AddField(
            model_name='transactionbooking',
            name='journal',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='booking', to='lending.journal'),
        ),
        migrations.AddField(
            model_name='transactionbooking',
            name='transaction',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='bookings', to='lending.loantransaction'),
        ),
        migrations.AddIndex(
            model_name='loanaccount',
            index=models.Index(condition=models.Q(('parked_at__isnull', False)), fields=['parked_at'], name='loan_account_parked'),
        ),
        migrations.AddConstraint(
            model_name='loanaccount',
            constraint=models.CheckConstraint(condition=models.Q(('principal_balance__gte', 0), ('undue_principal__gte', 0), ('late_principal__gte', 0), ('late_interest__gte', 0), ('credit__gte', 0), ('claim__gte', 0)), name='loan_account_not_negative'),
        ),
        migrations.AddConstraint(
            model_name='loanaccount',
            constraint=models.CheckConstraint(condition=models.Q(('interest_cleared__lte', models.F('interest_accrued')), ('penalty_cleared__lte', models.F('penalty_accrued')), ('compound_cleared__lte', models.F('compound_accrued'))), name='loan_account_cleared_within_accrued'),
        ),
        migrations.AddConstraint(
            model_name='loanaccount',
            constraint=models.CheckConstraint(condition=models.Q(('tier__in', ['normal', 'special_mention', 'substandard', 'doubtful', 'loss'])), name='loan_account_tier_known'),
        ),
        migrations.AddIndex(
            model_name='loantransaction',
            index=models.Index(fields=['booked_on'], name='lending_loa_booked__25e430_idx'),
        ),
        migrations.AddConstraint(
            model_name='loantransaction',
            constraint=models.UniqueConstraint(fields=('loan', 'number'), name='loan_transaction_number_unique'),
        ),
        migrations.AddConstraint(
            model_name='loantransaction',
            constraint=models.UniqueConstraint(fields=('channel', 'channel_ref'), name='loan_transaction_once_a_channel'),
        ),
        migrations.AddConstraint(
            model_name='loantransaction',
            constraint=models.CheckConstraint(condition=models.Q(('amount__gte', 0)), name='loan_transaction_amount_not_negative'),
        ),
        migrations.AddConstraint(
            model_name='loantransaction',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'reversal'), ('reverses__isnull', False)), models.Q(models.Q(('kind', 'reversal'), _negated=True), ('reverses__isnull', True)), _connector='OR'), name='loan_transaction_reversal_names_one'),
        ),
        migrations.AddConstraint(
            model_name='loantransaction',
            constraint=models.CheckConstraint(condition=models.Q(('maker__isnull', True), ('checker__isnull', True), models.Q(('maker', models.F('checker')), _negated=True), _connector='OR'), name='loan_transaction_two_people'),
        ),
        migrations.AddConstraint(
            model_name='planversion',
            constraint=models.UniqueConstraint(fields=('loan', 'version'), name='plan_version_unique'),
        ),
        migrations.AddConstraint(
            model_name='transactionbooking',
            constraint=models.UniqueConstraint(fields=('transaction', 'version'), name='transaction_booking_version_unique'),
        ),
        migrations.RunSQL(sql=_OLD_INSTALMENTS, reverse_sql=migrations.RunSQL.noop),
        migrations.AlterField(
            model_name='instalment', name='payable_on', field=models.DateField(),
        ),
        migrations.AlterField(
            model_name='instalment', name='late_on', field=models.DateField(),
        ),
        migrations.RunSQL(
            sql=(_SQL / "servicing.sql").read_text(),
            reverse_sql=(_SQL / "servicing_reverse.sql").read_text(),
        ),
    ]
