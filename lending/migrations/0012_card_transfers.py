"""Money between a customer's card and the bank after the payout."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('lending', '0011_servicing'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='CardTransfer',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('direction', models.CharField(choices=[('in', 'In'), ('out', 'Out')], max_length=3)),
                ('kind', models.CharField(max_length=16)),
                ('channel', models.CharField(max_length=16)),
                ('options', models.JSONField(default=dict)),
                ('core_key', models.CharField(max_length=40, unique=True)),
                ('amount', models.DecimalField(decimal_places=2, max_digits=14)),
                ('business_date', models.DateField(help_text='of the request; the day the repayment counts')),
                ('state', models.CharField(choices=[('created', 'created'), ('sending', 'sending'), ('succeeded', 'succeeded'), ('rejected', 'rejected'), ('unknown', 'unknown'), ('manual', 'manual')], default='created', max_length=10)),
                ('core_txn_id', models.CharField(max_length=60, null=True, unique=True)),
                ('rejection_code', models.CharField(blank=True, max_length=20)),
                ('lease_token', models.UUIDField(null=True)),
                ('lease_until', models.DateTimeField(null=True)),
                ('attempt', models.PositiveSmallIntegerField(default=0)),
                ('queries_made', models.PositiveSmallIntegerField(default=0)),
                ('not_found_count', models.PositiveSmallIntegerField(default=0)),
                ('next_check_at', models.DateTimeField(null=True)),
                ('problem', models.CharField(blank=True, max_length=60)),
                ('booking_error', models.CharField(blank=True, max_length=200)),
                ('created_at', models.DateTimeField()),
                ('first_sent_at', models.DateTimeField(null=True)),
                ('last_sent_at', models.DateTimeField(null=True)),
                ('settled_at', models.DateTimeField(null=True)),
                ('manual_verdict', models.CharField(blank=True, max_length=10)),
                ('manual_reference', models.CharField(blank=True, max_length=60)),
                ('manual_note', models.CharField(blank=True, max_length=500)),
                ('bank_card', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='lending.bankcard')),
                ('loan', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='card_transfers', to='lending.loan')),
                ('manual_checker', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('manual_maker', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('transaction', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='card_transfer', to='lending.loantransaction')),
            ],
            options={
                'indexes': [models.Index(fields=['state', 'next_check_at'], name='lending_car_state_31f299_idx'), models.Index(fields=['business_date'], name='lending_car_busines_10d1c4_idx'), models.Index(condition=models.Q(('state', 'succeeded'), ('transaction__isnull', True)), fields=['settled_at'], name='card_transfer_unbooked')],
                'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['created', 'sending', 'succeeded', 'rejected', 'unknown', 'manual'])), name='card_transfer_state_known'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'succeeded'), ('core_txn_id__isnull', False)), models.Q(models.Q(('state', 'succeeded'), _negated=True), ('core_txn_id__isnull', True)), _connector='OR'), name='card_transfer_txn_iff_succeeded'), models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='card_transfer_amount_positive'), models.CheckConstraint(condition=models.Q(('direction__in', ['in', 'out'])), name='card_transfer_direction_known'), models.UniqueConstraint(condition=models.Q(('channel', 'auto_debit'), models.Q(('state', 'rejected'), _negated=True)), fields=('loan', 'business_date'), name='card_transfer_one_auto_debit_a_day'), models.UniqueConstraint(condition=models.Q(('state__in', ['created', 'sending', 'unknown', 'manual'])), fields=('loan',), name='card_transfer_one_on_its_way'), models.CheckConstraint(condition=models.Q(('manual_maker__isnull', True), ('manual_checker__isnull', True), models.Q(('manual_maker', models.F('manual_checker')), _negated=True), _connector='OR'), name='card_transfer_two_people')],
            },
        ),
    ]
