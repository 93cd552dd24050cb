"""Credit lines, what moved them, and their drawings; a contract may have several loans."""

import uuid
from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models

_SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):

    dependencies = [
        ('lending', '0017_arrears'),
    ]

    operations = [
        migrations.CreateModel(
            name='CreditLine',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('line_no', models.CharField(max_length=30, unique=True)),
                ('product_code', models.CharField(max_length=40)),
                ('limit_amount', models.DecimalField(decimal_places=2, max_digits=14)),
                ('used_amount', models.DecimalField(decimal_places=2, default=0, max_digits=14)),
                ('state', models.CharField(choices=[('active', 'active'), ('frozen', 'frozen'), ('expired', 'expired'), ('closed', 'closed')], default='active', max_length=8)),
                ('freeze_reason', models.CharField(blank=True, choices=[('overdue', 'overdue'), ('written_off', 'written_off'), ('staff', 'staff')], max_length=12)),
                ('valid_until', models.DateField()),
                ('reviewed_on', models.DateField(help_text='when a person last set the limit', null=True)),
                ('created_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Drawdown',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('amount', models.DecimalField(decimal_places=2, max_digits=14)),
                ('term_months', models.PositiveSmallIntegerField()),
                ('annual_rate', models.DecimalField(decimal_places=6, max_digits=8)),
                ('state', models.CharField(choices=[('requested', 'requested'), ('paying', 'paying'), ('booked', 'booked'), ('rejected', 'rejected')], default='requested', max_length=9)),
                ('request_key', models.CharField(max_length=64, null=True)),
                ('created_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='LineMovement',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('granted', 'granted'), ('drawn', 'drawn'), ('restored', 'restored'), ('frozen', 'frozen'), ('released', 'released'), ('raised', 'raised'), ('cut', 'cut'), ('expired', 'expired'), ('renewed', 'renewed')], max_length=10)),
                ('amount', models.DecimalField(decimal_places=2, default=0, max_digits=14)),
                ('limit_after', models.DecimalField(decimal_places=2, max_digits=14)),
                ('used_after', models.DecimalField(decimal_places=2, max_digits=14)),
                ('business_date', models.DateField()),
                ('at', models.DateTimeField()),
                ('actor', models.CharField(help_text="customer id, staff number or the job's name", max_length=60)),
                ('reason', models.CharField(blank=True, max_length=300)),
            ],
        ),
        migrations.RemoveConstraint(
            model_name='disbursement',
            name='disbursement_one_live_per_application',
        ),
        migrations.AlterField(
            model_name='loan',
            name='application',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='loans', related_query_name='loan', to='lending.loanapplication'),
        ),
        migrations.AlterField(
            model_name='loan',
            name='contract',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='loans', related_query_name='loan', to='lending.loancontract'),
        ),
        migrations.AddIndex(
            model_name='loanaccount',
            index=models.Index(condition=models.Q(('is_open', True), ('reprice_on__isnull', False)), fields=['reprice_on'], name='loan_account_to_reprice'),
        ),
        migrations.AddField(
            model_name='creditline',
            name='branch',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='lending.branch'),
        ),
        migrations.AddField(
            model_name='creditline',
            name='contract',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='credit_line', to='lending.loancontract'),
        ),
        migrations.AddField(
            model_name='creditline',
            name='customer',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='lending.customer'),
        ),
        migrations.AddField(
            model_name='creditline',
            name='legal_entity',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='lending.legalentity'),
        ),
        migrations.AddField(
            model_name='creditline',
            name='officer',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, to='lending.officer'),
        ),
        migrations.AddField(
            model_name='drawdown',
            name='line',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='drawdowns', to='lending.creditline'),
        ),
        migrations.AddField(
            model_name='disbursement',
            name='drawdown',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='disbursement', to='lending.drawdown'),
        ),
        migrations.AddField(
            model_name='loan',
            name='drawdown',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='loan', to='lending.drawdown'),
        ),
        migrations.AddConstraint(
            model_name='disbursement',
            constraint=models.UniqueConstraint(condition=models.Q(models.Q(('state', 'rejected'), _negated=True), ('drawdown__isnull', True)), fields=('application',), name='disbursement_one_live_per_application'),
        ),
        migrations.AddConstraint(
            model_name='loan',
            constraint=models.UniqueConstraint(condition=models.Q(('drawdown__isnull', True)), fields=('application',), name='loan_one_first_per_application'),
        ),
        migrations.AddConstraint(
            model_name='loan',
            constraint=models.UniqueConstraint(condition=models.Q(('drawdown__isnull', True)), fields=('contract',), name='loan_one_first_per_contract'),
        ),
        migrations.AddField(
            model_name='linemovement',
            name='line',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='movements', to='lending.creditline'),
        ),
        migrations.AddField(
            model_name='linemovement',
            name='loan',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='lending.loan'),
        ),
        migrations.AddField(
            model_name='linemovement',
            name='transaction',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='line_movements', to='lending.loantransaction'),
        ),
        migrations.AddIndex(
            model_name='creditline',
            index=models.Index(fields=['customer', '-created_at'], name='lending_cre_custome_48f450_idx'),
        ),
        migrations.AddIndex(
            model_name='creditline',
            index=models.Index(fields=['branch', '-created_at'], name='lending_cre_branch__50f7ef_idx'),
        ),
        migrations.AddIndex(
            model_name='creditline',
            index=models.Index(fields=['officer', '-created_at'], name='lending_cre_officer_ad1775_idx'),
        ),
        migrations.AddIndex(
            model_name='creditline',
            index=models.Index(condition=models.Q(('state__in', ['active', 'frozen'])), fields=['legal_entity', 'valid_until'], name='credit_line_live'),
        ),
        migrations.AddConstraint(
            model_name='creditline',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['active', 'frozen', 'expired', 'closed'])), name='credit_line_state_known'),
        ),
        migrations.AddConstraint(
            model_name='creditline',
            constraint=models.CheckConstraint(condition=models.Q(('limit_amount__gte', 0), ('used_amount__gte', 0)), name='credit_line_not_negative'),
        ),
        migrations.AddConstraint(
            model_name='creditline',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('freeze_reason__in', ['overdue', 'written_off', 'staff']), ('state', 'frozen')), models.Q(models.Q(('state', 'frozen'), _negated=True), ('freeze_reason', '')), _connector='OR'), name='credit_line_frozen_for_a_reason'),
        ),
        migrations.AddIndex(
            model_name='drawdown',
            index=models.Index(fields=['line', '-created_at'], name='lending_dra_line_id_fdf4db_idx'),
        ),
        migrations.AddConstraint(
            model_name='drawdown',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['requested', 'paying', 'booked', 'rejected'])), name='drawdown_state_known'),
        ),
        migrations.AddConstraint(
            model_name='drawdown',
            constraint=models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='drawdown_amount_positive'),
        ),
        migrations.AddConstraint(
            model_name='drawdown',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ['requested', 'paying'])), fields=('line',), name='drawdown_one_on_its_way'),
        ),
        migrations.AddConstraint(
            model_name='drawdown',
            constraint=models.UniqueConstraint(fields=('line', 'request_key'), name='drawdown_once_per_request'),
        ),
        migrations.AddIndex(
            model_name='linemovement',
            index=models.Index(fields=['line', '-at'], name='lending_lin_line_id_0ae6b1_idx'),
        ),
        migrations.AddConstraint(
            model_name='linemovement',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['granted', 'drawn', 'restored', 'frozen', 'released', 'raised', 'cut', 'expired', 'renewed'])), name='line_movement_kind_known'),
        ),
        migrations.AddConstraint(
            model_name='linemovement',
            constraint=models.CheckConstraint(condition=models.Q(('amount__gte', 0)), name='line_movement_amount_not_negative'),
        ),
        migrations.RunSQL(
            sql=(_SQL / "credit_lines.sql").read_text(),
            reverse_sql=(_SQL / "credit_lines_reverse.sql").read_text(),
        ),
    ]
