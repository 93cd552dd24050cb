"""Papers about a loan: printed once, then final."""

import uuid
from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models

import products.encryption

_SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):

    dependencies = [
        ('lending', '0019_loan_changes'),
    ]

    operations = [
        migrations.CreateModel(
            name='LoanPaper',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('paper_no', models.CharField(max_length=30, unique=True)),
                ('verification_code', models.CharField(max_length=16, unique=True)),
                ('kind', models.CharField(choices=[('statement', 'Statement'), ('payoff_letter', 'Payoff Letter'), ('settlement_letter', 'Settlement Letter'), ('interest_certificate', 'Interest Certificate')], max_length=24)),
                ('period_from', models.DateField(null=True)),
                ('period_to', models.DateField(null=True)),
                ('business_date', models.DateField()),
                ('facts', products.encryption.EncryptedJSONField()),
                ('facts_sha256', models.CharField(help_text='stands on every page of the paper', max_length=64)),
                ('pdf', products.encryption.EncryptedBytesField(null=True)),
                ('pdf_sha256', models.CharField(blank=True, max_length=64)),
                ('asked_by', models.CharField(help_text='customer or staff', max_length=10)),
                ('created_at', models.DateTimeField()),
                ('loan', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='papers', to='lending.loan')),
            ],
            options={
                'indexes': [models.Index(fields=['loan', '-created_at'], name='lending_loa_loan_id_5476e4_idx')],
                'constraints': [models.UniqueConstraint(fields=('loan', 'kind', 'facts_sha256'), name='loan_paper_same_facts_once'), models.CheckConstraint(condition=models.Q(('kind__in', ['statement', 'payoff_letter', 'settlement_letter', 'interest_certificate'])), name='loan_paper_kind_known')],
            },
        ),
        migrations.RunSQL(
            sql=(_SQL / "final_papers.sql").read_text(),
            reverse_sql=(_SQL / "final_papers_reverse.sql").read_text(),
        ),
    ]
