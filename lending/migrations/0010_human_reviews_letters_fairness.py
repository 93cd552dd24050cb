"""A clock for human reviews, the wish for a person, letters of refusal (final once printed), counts by group."""

import uuid
from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models

import products.encryption

_SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):

    dependencies = [
        ('lending', '0009_traits'),
        ('products', '0008_rate_coupons'),
    ]

    operations = [
        migrations.CreateModel(
            name='DecisionLetter',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('letter_no', models.CharField(max_length=30, unique=True)),
                ('application_version', models.PositiveIntegerField()),
                ('decision_id', models.UUIDField(null=True)),
                ('refused_at', models.DateTimeField()),
                ('created_at', models.DateTimeField()),
                ('content_sha256', models.CharField(blank=True, help_text='stands on every page', max_length=64)),
                ('pdf', products.encryption.EncryptedBytesField(null=True)),
                ('pdf_sha256', models.CharField(blank=True, max_length=64)),
            ],
        ),
        migrations.CreateModel(
            name='FairnessCell',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField()),
                ('product_code', models.CharField(max_length=40)),
                ('dimension', models.CharField(max_length=12)),
                ('group', models.CharField(max_length=60)),
                ('outcome', models.CharField(max_length=10)),
                ('n', models.PositiveIntegerField()),
                ('n_good', models.PositiveIntegerField(help_text='graded A to C: who would likely repay')),
                ('n_priced', models.PositiveIntegerField(help_text='approvals that carry a limit and a rate')),
                ('sum_limit', models.DecimalField(decimal_places=2, max_digits=18)),
                ('sum_rate', models.DecimalField(decimal_places=6, max_digits=14)),
            ],
        ),
        migrations.CreateModel(
            name='FairnessDay',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField(unique=True)),
                ('decisions', models.PositiveIntegerField()),
                ('counted_at', models.DateTimeField()),
            ],
        ),
        migrations.AddField(
            model_name='loanapplication',
            name='wants_person',
            field=models.BooleanField(db_default=False, default=False, help_text='asked that a person decides (PIPL art. 24)'),
        ),
        migrations.AddField(
            model_name='loanapplication',
            name='wants_person_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='reviewrequest',
            name='answered_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='reviewrequest',
            name='due_at',
            field=models.DateTimeField(help_text='empty: asked before there was a clock', null=True),
        ),
        migrations.AddField(
            model_name='reviewrequest',
            name='escalated_at',
            field=models.DateTimeField(help_text='when the manager was told', null=True),
        ),
        migrations.AddIndex(
            model_name='reviewrequest',
            index=models.Index(condition=models.Q(('answered_at__isnull', True)), fields=['due_at'], name='review_request_open'),
        ),
        migrations.AddConstraint(
            model_name='loanapplication',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('wants_person', True), ('wants_person_at__isnull', False)), models.Q(('wants_person', False), ('wants_person_at__isnull', True)), _connector='OR'), name='application_wants_person_since'),
        ),
        migrations.AddConstraint(
            model_name='reviewrequest',
            constraint=models.CheckConstraint(condition=models.Q(('due_at__isnull', True), ('due_at__gt', models.F('at')), _connector='OR'), name='review_request_due_later'),
        ),
        migrations.AddField(
            model_name='decisionletter',
            name='application',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='letters', to='lending.loanapplication'),
        ),
        migrations.AddConstraint(
            model_name='fairnesscell',
            constraint=models.UniqueConstraint(fields=('day', 'product_code', 'dimension', 'group', 'outcome'), name='fairness_cell_once'),
        ),
        migrations.AddConstraint(
            model_name='fairnesscell',
            constraint=models.CheckConstraint(condition=models.Q(('n_good__lte', models.F('n')), ('n_priced__lte', models.F('n'))), name='fairness_cell_parts_within'),
        ),
        migrations.AddConstraint(
            model_name='fairnesscell',
            constraint=models.CheckConstraint(condition=models.Q(('dimension__in', ['sex', 'age', 'county', 'place'])), name='fairness_cell_dimension_known'),
        ),
        migrations.AddConstraint(
            model_name='decisionletter',
            constraint=models.UniqueConstraint(fields=('application', 'application_version'), name='letter_once_a_refusal'),
        ),
        migrations.RunSQL(
            sql=(_SQL / "final_letters.sql").read_text(),
            reverse_sql=(_SQL / "final_letters_reverse.sql").read_text(),
        ),
    ]
