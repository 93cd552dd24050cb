"""Arrears: contacts through the gate, cases, promises to pay, demand letters."""

import uuid
from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models

import lending.domain.collection_rules
import products.encryption

_SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):

    dependencies = [
        ('lending', '0016_reconciliation'),
    ]

    operations = [
        migrations.AddField(
            model_name='smsmessage',
            name='asks_gate',
            field=models.BooleanField(default=False),
        ),
        migrations.AlterField(
            model_name='smsmessage',
            name='state',
            field=models.CharField(choices=[('queued', 'Queued'), ('sending', 'Sending'), ('sent', 'Sent'), ('failed', 'Failed'), ('dropped', 'Dropped')], default='queued', max_length=10),
        ),
        migrations.CreateModel(
            name='CollectionCase',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('bucket', models.CharField(max_length=3)),
                ('level', models.CharField(choices=[('officer', 'officer'), ('branch', 'branch'), ('head_office', 'head_office')], max_length=12)),
                ('state', models.CharField(choices=[('open', 'open'), ('promised', 'promised'), ('in_hardship', 'in_hardship'), ('with_head_office', 'with_head_office'), ('closed', 'closed')], max_length=16)),
                ('opened_on', models.DateField()),
                ('closed_on', models.DateField(null=True)),
                ('closed_reason', models.CharField(blank=True, max_length=20)),
                ('created_at', models.DateTimeField()),
                ('branch', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='lending.branch')),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='lending.customer')),
                ('legal_entity', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='lending.legalentity')),
                ('loan', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='cases', to='lending.loan')),
                ('owner', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='cases', to='lending.officer')),
            ],
        ),
        migrations.CreateModel(
            name='CaseEvent',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(max_length=20)),
                ('data', models.JSONField(default=dict)),
                ('note', products.encryption.EncryptedTextField(null=True)),
                ('day', models.DateField(help_text='business date')),
                ('at', models.DateTimeField()),
                ('officer', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, to='lending.officer')),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='events', to='lending.collectioncase')),
            ],
        ),
        migrations.CreateModel(
            name='ContactAttempt',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('instalment', models.PositiveSmallIntegerField(null=True)),
                ('channel', models.CharField(choices=[('sms', 'sms'), ('call', 'call'), ('visit', 'visit'), ('letter', 'letter'), ('wechat', 'wechat')], max_length=10)),
                ('purpose', models.CharField(choices=[('reminder', 'reminder'), ('collection', 'collection')], max_length=10)),
                ('template', models.CharField(blank=True, max_length=30)),
                ('event_key', models.CharField(blank=True, max_length=80)),
                ('state', models.CharField(choices=[('planned', 'Planned'), ('made', 'Made'), ('refused', 'Refused'), ('expired', 'Expired')], max_length=10)),
                ('effective', models.BooleanField(default=False)),
                ('result', models.CharField(blank=True, max_length=30)),
                ('note', products.encryption.EncryptedTextField(null=True)),
                ('day', models.DateField()),
                ('at', models.DateTimeField()),
                ('created_at', models.DateTimeField()),
                ('case', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='contacts', to='lending.collectioncase')),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='contacts', to='lending.customer')),
                ('loan', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='contacts', to='lending.loan')),
                ('officer', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, to='lending.officer')),
                ('sms', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='contact', to='lending.smsmessage')),
            ],
        ),
        migrations.CreateModel(
            name='ContactOptOut',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('channel', models.CharField(choices=[('sms', 'sms'), ('call', 'call'), ('visit', 'visit'), ('wechat', 'wechat')], max_length=10)),
                ('since', models.DateTimeField()),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='opt_outs', to='lending.customer')),
            ],
        ),
        migrations.CreateModel(
            name='ContactPause',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('hardship', 'hardship'), ('complaint', 'complaint'), ('talks', 'talks')], max_length=10)),
                ('reason', models.CharField(blank=True, max_length=20)),
                ('since', models.DateTimeField()),
                ('until', models.DateTimeField(null=True)),
                ('ended_at', models.DateTimeField(null=True)),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='pauses', to='lending.customer')),
                ('ended_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='lending.officer')),
                ('loan', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='pauses', to='lending.loan')),
                ('opened_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='lending.officer')),
            ],
        ),
        migrations.CreateModel(
            name='DemandLetter',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('letter_no', models.CharField(max_length=30, unique=True)),
                ('as_of', models.DateField(help_text='business date of the amounts')),
                ('facts', products.encryption.EncryptedJSONField()),
                ('created_at', models.DateTimeField()),
                ('content_sha256', models.CharField(blank=True, help_text='stands on every page', max_length=64)),
                ('pdf', products.encryption.EncryptedBytesField(null=True)),
                ('pdf_sha256', models.CharField(blank=True, max_length=64)),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='letters', to='lending.collectioncase')),
                ('contact', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='letter', to='lending.contactattempt')),
                ('officer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='lending.officer')),
            ],
        ),
        migrations.CreateModel(
            name='PromiseToPay',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('amount', models.DecimalField(decimal_places=2, max_digits=14)),
                ('promised_on', models.DateField(help_text='the day by which it is paid')),
                ('said_by', models.CharField(choices=[('borrower', 'borrower'), ('co_borrower', 'co_borrower'), ('agent_of_borrower', 'agent_of_borrower')], max_length=20)),
                ('state', models.CharField(choices=[('open', 'open'), ('kept', 'kept'), ('broken', 'broken')], default=lending.domain.collection_rules.PromiseState['OPEN'], max_length=8)),
                ('after_number', models.PositiveIntegerField()),
                ('made_on', models.DateField()),
                ('judged_on', models.DateField(null=True)),
                ('created_at', models.DateTimeField()),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='promises', to='lending.collectioncase')),
                ('loan', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='promises', to='lending.loan')),
                ('officer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='lending.officer')),
            ],
        ),
        migrations.AddIndex(
            model_name='collectioncase',
            index=models.Index(condition=models.Q(('state', 'closed'), _negated=True), fields=['owner'], name='case_open_by_owner'),
        ),
        migrations.AddIndex(
            model_name='collectioncase',
            index=models.Index(condition=models.Q(('state', 'closed'), _negated=True), fields=['branch'], name='case_open_by_branch'),
        ),
        migrations.AddConstraint(
            model_name='collectioncase',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'closed'), _negated=True), fields=('loan',), name='case_one_open_a_loan'),
        ),
        migrations.AddConstraint(
            model_name='collectioncase',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['open', 'promised', 'in_hardship', 'with_head_office', 'closed'])), name='case_state_known'),
        ),
        migrations.AddConstraint(
            model_name='collectioncase',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('closed_on__isnull', False), ('state', 'closed')), models.Q(models.Q(('state', 'closed'), _negated=True), ('closed_on__isnull', True)), _connector='OR'), name='case_closed_has_its_day'),
        ),
        migrations.AddIndex(
            model_name='caseevent',
            index=models.Index(fields=['case', '-at'], name='lending_cas_case_id_461bb4_idx'),
        ),
        migrations.AddIndex(
            model_name='contactattempt',
            index=models.Index(fields=['customer', 'day'], name='lending_con_custome_9908e8_idx'),
        ),
        migrations.AddIndex(
            model_name='contactattempt',
            index=models.Index(fields=['case', '-at'], name='lending_con_case_id_229430_idx'),
        ),
        migrations.AddIndex(
            model_name='contactattempt',
            index=models.Index(condition=models.Q(('state', 'planned')), fields=['day'], name='contact_planned'),
        ),
        migrations.AddConstraint(
            model_name='contactattempt',
            constraint=models.UniqueConstraint(condition=models.Q(('event_key', ''), _negated=True), fields=('template', 'event_key'), name='contact_once_per_event'),
        ),
        migrations.AddConstraint(
            model_name='contactattempt',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['planned', 'made', 'refused', 'expired'])), name='contact_state_known'),
        ),
        migrations.AddConstraint(
            model_name='contactattempt',
            constraint=models.CheckConstraint(condition=models.Q(('channel__in', ['sms', 'call', 'visit', 'letter', 'wechat'])), name='contact_channel_known'),
        ),
        migrations.AddConstraint(
            model_name='contactattempt',
            constraint=models.CheckConstraint(condition=models.Q(('effective', False), ('state', 'made'), _connector='OR'), name='contact_effective_was_made'),
        ),
        migrations.AddConstraint(
            model_name='contactoptout',
            constraint=models.UniqueConstraint(fields=('customer', 'channel'), name='opt_out_once_a_channel'),
        ),
        migrations.AddConstraint(
            model_name='contactoptout',
            constraint=models.CheckConstraint(condition=models.Q(('channel__in', ['sms', 'call', 'visit', 'wechat'])), name='opt_out_channel_optional'),
        ),
        migrations.AddIndex(
            model_name='contactpause',
            index=models.Index(condition=models.Q(('ended_at__isnull', True)), fields=['customer'], name='pause_running'),
        ),
        migrations.AddConstraint(
            model_name='contactpause',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['hardship', 'complaint', 'talks'])), name='pause_kind_known'),
        ),
        migrations.AddConstraint(
            model_name='contactpause',
            constraint=models.UniqueConstraint(condition=models.Q(('ended_at__isnull', True)), fields=('loan', 'kind'), name='pause_one_of_a_kind'),
        ),
        migrations.AddIndex(
            model_name='demandletter',
            index=models.Index(fields=['case', '-created_at'], name='lending_dem_case_id_3946db_idx'),
        ),
        migrations.AddConstraint(
            model_name='promisetopay',
            constraint=models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='promise_amount_positive'),
        ),
        migrations.AddConstraint(
            model_name='promisetopay',
            constraint=models.CheckConstraint(condition=models.Q(('promised_on__gte', models.F('made_on'))), name='promise_looks_ahead'),
        ),
        migrations.AddConstraint(
            model_name='promisetopay',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('judged_on__isnull', True), ('state', 'open')), models.Q(models.Q(('state', 'open'), _negated=True), ('judged_on__isnull', False)), _connector='OR'), name='promise_judged_has_its_day'),
        ),
        migrations.AddConstraint(
            model_name='promisetopay',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'open')), fields=('loan',), name='promise_one_open_a_loan'),
        ),
        migrations.RunSQL(
            sql=(_SQL / "arrears.sql").read_text(),
            reverse_sql=(_SQL / "arrears_reverse.sql").read_text(),
        ),
    ]
