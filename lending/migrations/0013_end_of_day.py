"""End of day: runs and their chunks; a day's journal is named by date, branch and product."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('lending', '0012_card_transfers'),
    ]

    operations = [
        migrations.AlterField(
            model_name='journal',
            name='source_id',
            field=models.CharField(max_length=80),
        ),
        migrations.CreateModel(
            name='EndOfDayRun',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('business_date', models.DateField()),
                ('state', models.CharField(choices=[('running', 'Running'), ('blocked', 'Blocked'), ('done', 'Done')], default='running', max_length=8)),
                ('step', models.CharField(max_length=40)),
                ('problem', models.CharField(blank=True, max_length=300)),
                ('started_at', models.DateTimeField()),
                ('finished_at', models.DateTimeField(null=True)),
                ('figures', models.JSONField(default=dict)),
                ('legal_entity', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='lending.legalentity')),
            ],
            options={
                'ordering': ['-business_date'],
            },
        ),
        migrations.CreateModel(
            name='EndOfDayChunk',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('first_id', models.BigIntegerField()),
                ('last_id', models.BigIntegerField()),
                ('state', models.CharField(choices=[('waiting', 'Waiting'), ('leased', 'Leased'), ('done', 'Done')], default='waiting', max_length=8)),
                ('lease_token', models.UUIDField(null=True)),
                ('lease_until', models.DateTimeField(null=True)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('behind', models.PositiveIntegerField(default=0)),
                ('loans', models.PositiveIntegerField(default=0)),
                ('parked', models.PositiveIntegerField(default=0)),
                ('ms', models.PositiveIntegerField(default=0)),
                ('sums', models.JSONField(default=list)),
                ('run', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='chunks', to='lending.endofdayrun')),
            ],
            options={
                'ordering': ['run_id', 'number'],
            },
        ),
        migrations.AddConstraint(
            model_name='endofdayrun',
            constraint=models.UniqueConstraint(fields=('legal_entity', 'business_date'), name='end_of_day_once_a_date'),
        ),
        migrations.AddConstraint(
            model_name='endofdayrun',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'done'), _negated=True), fields=('legal_entity',), name='end_of_day_one_open'),
        ),
        migrations.AddConstraint(
            model_name='endofdayrun',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['running', 'blocked', 'done'])), name='end_of_day_state_known'),
        ),
        migrations.AddConstraint(
            model_name='endofdaychunk',
            constraint=models.UniqueConstraint(fields=('run', 'number'), name='end_of_day_chunk_number_unique'),
        ),
        migrations.AddConstraint(
            model_name='endofdaychunk',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['waiting', 'leased', 'done'])), name='end_of_day_chunk_state_known'),
        ),
    ]
