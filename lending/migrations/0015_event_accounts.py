"""Which accounts an event books to, as data; postings carry their accounting date, journals their product."""

from pathlib import Path

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

_SQL = Path(__file__).parent / "sql"

#: Journals and postings are append-only; this one time their new columns are filled from what stands beside.
_FILL = """
ALTER TABLE lending_posting DISABLE TRIGGER append_only;
ALTER TABLE lending_journal DISABLE TRIGGER append_only;
UPDATE lending_posting p SET accounting_date = j.accounting_date
    FROM lending_journal j WHERE j.id = p.journal_id;
UPDATE lending_journal j SET product_code = l.product_code
    FROM lending_posting p JOIN lending_loan l ON l.id = p.loan_id WHERE p.journal_id = j.id;
ALTER TABLE lending_posting ENABLE TRIGGER append_only;
ALTER TABLE lending_journal ENABLE TRIGGER append_only;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('lending', '0014_card_transfer_guards'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='AccountsChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('product_code', models.CharField(blank=True, max_length=40)),
                ('role', models.CharField(max_length=20)),
                ('event', models.CharField(blank=True, max_length=30)),
                ('state', models.CharField(choices=[('proposed', 'Proposed'), ('released', 'Released'), ('refused', 'Refused'), ('withdrawn', 'Withdrawn')], default='proposed', max_length=10)),
                ('reason', models.CharField(max_length=300)),
                ('made_at', models.DateTimeField()),
                ('decided_at', models.DateTimeField(null=True)),
                ('valid_from', models.DateField(help_text='business date of the release', null=True)),
            ],
        ),
        migrations.CreateModel(
            name='EventAccounts',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('product_code', models.CharField(blank=True, max_length=40)),
                ('event', models.CharField(max_length=30)),
                ('position', models.PositiveSmallIntegerField()),
                ('is_in_force', models.BooleanField(default=True)),
                ('valid_from', models.DateField()),
                ('valid_to', models.DateField(help_text='first day it no longer holds', null=True)),
            ],
        ),
        migrations.RemoveIndex(
            model_name='posting',
            name='lending_pos_account_ae2ff6_idx',
        ),
        migrations.AddField(
            model_name='journal',
            name='product_code',
            field=models.CharField(blank=True, db_default='', default='', max_length=40),
        ),
        migrations.AddField(
            model_name='posting',
            name='accounting_date',
            field=models.DateField(help_text="the journal's; the database compares them", null=True),
        ),
        migrations.AlterField(
            model_name='journal',
            name='source_id',
            field=models.CharField(max_length=120),
        ),
        migrations.AlterField(
            model_name='posting',
            name='account',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to='lending.account'),
        ),
        migrations.AlterField(
            model_name='posting',
            name='branch',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to='lending.branch'),
        ),
        migrations.RunSQL(sql=_FILL, reverse_sql=migrations.RunSQL.noop),
        migrations.AlterField(
            model_name='posting',
            name='accounting_date',
            field=models.DateField(help_text="the journal's; the database compares them"),
        ),
        migrations.AddIndex(
            model_name='posting',
            index=models.Index(fields=['account', 'accounting_date', 'id'], include=('branch', 'amount'), name='posting_of_account'),
        ),
        migrations.AddField(
            model_name='accountschange',
            name='account',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='lending.account'),
        ),
        migrations.AddField(
            model_name='accountschange',
            name='checker',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='accountschange',
            name='maker',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='eventaccounts',
            name='change',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='rows', to='lending.accountschange'),
        ),
        migrations.AddField(
            model_name='eventaccounts',
            name='credit',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='lending.account'),
        ),
        migrations.AddField(
            model_name='eventaccounts',
            name='debit',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='lending.account'),
        ),
        migrations.AddConstraint(
            model_name='accountschange',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'proposed')), fields=('product_code', 'role', 'event'), name='accounts_change_one_open'),
        ),
        migrations.AddConstraint(
            model_name='accountschange',
            constraint=models.CheckConstraint(condition=models.Q(('checker__isnull', True), models.Q(('checker', models.F('maker')), _negated=True), _connector='OR'), name='accounts_change_two_people'),
        ),
        migrations.AddConstraint(
            model_name='accountschange',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'released'), _negated=True), models.Q(('checker__isnull', False), ('valid_from__isnull', False)), _connector='OR'), name='accounts_change_released_by_somebody'),
        ),
        migrations.AddConstraint(
            model_name='eventaccounts',
            constraint=models.UniqueConstraint(condition=models.Q(('is_in_force', True)), fields=('product_code', 'event', 'position'), name='event_accounts_one_in_force'),
        ),
        migrations.AddConstraint(
            model_name='eventaccounts',
            constraint=models.CheckConstraint(condition=models.Q(('debit', models.F('credit')), _negated=True), name='event_accounts_two_accounts'),
        ),
        migrations.AddConstraint(
            model_name='eventaccounts',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('is_in_force', True), ('valid_to__isnull', True)), models.Q(('is_in_force', False), ('valid_to__isnull', False)), _connector='OR'), name='event_accounts_ended_has_a_day'),
        ),
        migrations.RunSQL(
            sql=(_SQL / "event_accounts.sql").read_text(),
            reverse_sql=(_SQL / "event_accounts_reverse.sql").read_text(),
        ),
    ]
