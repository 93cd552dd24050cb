"""Changes of a loan that need two people; what is decided is final. Indexes for finding a transaction."""

import uuid
from pathlib import Path

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import products.encryption

_SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):

    dependencies = [
        ('lending', '0018_credit_lines'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='LoanChange',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('repayment', 'repayment'), ('partial_early', 'partial_early'), ('payoff', 'payoff'), ('recovery', 'recovery'), ('reversal', 'reversal'), ('waiver', 'waiver'), ('refund', 'refund'), ('extension', 'extension'), ('restructuring', 'restructuring'), ('write_off', 'write_off')], max_length=16)),
                ('state', models.CharField(choices=[('proposed', 'proposed'), ('approved', 'approved'), ('sent_back', 'sent_back'), ('withdrawn', 'withdrawn'), ('failed', 'failed')], default='proposed', max_length=10)),
                ('amount', models.DecimalField(decimal_places=2, default=0, max_digits=14)),
                ('value_date', models.DateField()),
                ('options', models.JSONField(default=dict)),
                ('voucher_no', models.CharField(blank=True, max_length=40)),
                ('voucher', products.encryption.EncryptedBytesField(null=True)),
                ('voucher_type', models.CharField(blank=True, max_length=20)),
                ('reason', models.CharField(max_length=300)),
                ('proposed_at', models.DateTimeField()),
                ('checked_at', models.DateTimeField(null=True)),
                ('checker_note', models.CharField(blank=True, max_length=300)),
                ('error', models.CharField(blank=True, max_length=300)),
                ('checker', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('loan', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='changes', to='lending.loan')),
                ('maker', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('result', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='change', to='lending.loantransaction')),
                ('target', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='changes', to='lending.loantransaction')),
            ],
            options={
                'indexes': [models.Index(fields=['loan', '-proposed_at'], name='lending_loa_loan_id_3ecd4e_idx'), models.Index(fields=['maker', '-proposed_at'], name='lending_loa_maker_i_7da1e3_idx'), models.Index(condition=models.Q(('state', 'proposed')), fields=['-proposed_at'], name='loan_change_open'), models.Index(condition=models.Q(('voucher_no', ''), _negated=True), fields=['voucher_no'], name='loan_change_voucher')],
                'constraints': [models.CheckConstraint(condition=models.Q(('checker__isnull', True), models.Q(('checker', models.F('maker')), _negated=True), _connector='OR'), name='loan_change_two_people'), models.CheckConstraint(condition=models.Q(models.Q(('checked_at__isnull', True), ('checker__isnull', True), ('state', 'proposed')), models.Q(('checked_at__isnull', False), ('checker__isnull', True), ('state', 'withdrawn')), models.Q(('checked_at__isnull', False), ('checker__isnull', False), ('state__in', ['approved', 'sent_back', 'failed'])), _connector='OR'), name='loan_change_state_whole'), models.CheckConstraint(condition=models.Q(('kind__in', ['repayment', 'partial_early', 'payoff', 'recovery', 'reversal', 'waiver', 'refund', 'extension', 'restructuring', 'write_off'])), name='loan_change_kind_known'), models.CheckConstraint(condition=models.Q(models.Q(('kind', 'reversal'), ('target__isnull', False)), models.Q(models.Q(('kind', 'reversal'), _negated=True), ('target__isnull', True)), _connector='OR'), name='loan_change_reversal_names_one'), models.CheckConstraint(condition=models.Q(models.Q(('result__isnull', False), ('state', 'approved')), models.Q(('kind', 'refund'), ('state', 'approved')), models.Q(models.Q(('state', 'approved'), _negated=True), ('result__isnull', True)), _connector='OR'), name='loan_change_result_when_approved'), models.CheckConstraint(condition=models.Q(('amount__gte', 0)), name='loan_change_amount_not_negative'), models.UniqueConstraint(condition=models.Q(('state', 'proposed')), fields=('target',), name='loan_change_one_open_reversal'), models.UniqueConstraint(condition=models.Q(('state', 'proposed'), models.Q(('voucher_no', ''), _negated=True)), fields=('voucher_no',), name='loan_change_one_open_voucher')],
            },
        ),
        migrations.RunSQL(
            sql=(_SQL / "loan_changes.sql").read_text(),
            reverse_sql=(_SQL / "loan_changes_reverse.sql").read_text(),
        ),
    ]
