"""Traits of applications, assisted mode of devices, where branches stand and where requests came from."""

import datetime
import uuid

import django.db.models.deletion
import django.db.models.expressions
from django.db import migrations, models

import products.encryption


class Migration(migrations.Migration):

    dependencies = [
        ('lending', '0008_coupon_uses'),
    ]

    operations = [
        migrations.AddField(
            model_name='branch',
            name='latitude',
            field=models.DecimalField(blank=True, decimal_places=2, max_digits=6, null=True),
        ),
        migrations.AddField(
            model_name='branch',
            name='longitude',
            field=models.DecimalField(blank=True, decimal_places=2, max_digits=6, null=True),
        ),
        migrations.AddField(
            model_name='loanapplication',
            name='location',
            field=products.encryption.EncryptedJSONField(help_text="where the request came from to 0.01°, and km to the code's branch", null=True),
        ),
        migrations.AddField(
            model_name='village',
            name='latitude',
            field=models.DecimalField(blank=True, decimal_places=2, max_digits=6, null=True),
        ),
        migrations.AddField(
            model_name='village',
            name='longitude',
            field=models.DecimalField(blank=True, decimal_places=2, max_digits=6, null=True),
        ),
        migrations.CreateModel(
            name='AssistedMode',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('hours', models.PositiveSmallIntegerField()),
                ('code_index', models.CharField(max_length=64, unique=True)),
                ('created_at', models.DateTimeField()),
                ('code_until', models.DateTimeField()),
                ('device_index', models.CharField(blank=True, default='', max_length=64)),
                ('opened_at', models.DateTimeField(null=True)),
                ('until', models.DateTimeField(null=True)),
                ('ended_at', models.DateTimeField(null=True)),
                ('officer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='lending.officer')),
            ],
        ),
        migrations.CreateModel(
            name='ApplicationTrait',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('device', 'device'), ('assisted', 'assisted'), ('address', 'address'), ('mobile', 'mobile'), ('card', 'card'), ('text', 'text'), ('identity', 'identity')], max_length=8)),
                ('value_index', models.CharField(max_length=64)),
                ('at', models.DateTimeField()),
                ('application', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='traits', to='lending.loanapplication')),
                ('customer', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, to='lending.customer')),
                ('assistance', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='traits', to='lending.assistedmode')),
            ],
        ),
        migrations.AddIndex(
            model_name='assistedmode',
            index=models.Index(fields=['officer', '-created_at'], name='assisted_of_officer'),
        ),
        migrations.AddConstraint(
            model_name='assistedmode',
            constraint=models.CheckConstraint(condition=models.Q(('hours__gte', 1), ('hours__lte', 12)), name='assisted_hours_bounded'),
        ),
        migrations.AddConstraint(
            model_name='assistedmode',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('device_index', ''), ('opened_at__isnull', True), ('until__isnull', True)), models.Q(models.Q(('device_index', ''), _negated=True), ('opened_at__isnull', False), ('until__isnull', False), ('until__lte', django.db.models.expressions.CombinedExpression(models.F('opened_at'), '+', models.Value(datetime.timedelta(seconds=43200))))), _connector='OR'), name='assisted_opening_whole'),
        ),
        migrations.AddConstraint(
            model_name='assistedmode',
            constraint=models.UniqueConstraint(condition=models.Q(('ended_at__isnull', True), models.Q(('device_index', ''), _negated=True)), fields=('device_index',), name='assisted_one_per_device'),
        ),
        migrations.AddIndex(
            model_name='applicationtrait',
            index=models.Index(fields=['kind', 'value_index', 'at'], name='trait_by_time'),
        ),
        migrations.AddIndex(
            model_name='applicationtrait',
            index=models.Index(fields=['kind', 'value_index', 'customer', 'at'], name='trait_by_people'),
        ),
        migrations.AddIndex(
            model_name='applicationtrait',
            index=models.Index(fields=['customer', 'kind', 'value_index', 'at'], name='trait_of_customer'),
        ),
        migrations.AddIndex(
            model_name='applicationtrait',
            index=models.Index(condition=models.Q(('assistance__isnull', False)), fields=['assistance'], name='trait_under_assistance'),
        ),
        migrations.AddConstraint(
            model_name='applicationtrait',
            constraint=models.UniqueConstraint(fields=('application', 'kind', 'value_index'), name='trait_once_per_application'),
        ),
        migrations.AddConstraint(
            model_name='applicationtrait',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['device', 'assisted', 'address', 'mobile', 'card', 'text', 'identity'])), name='trait_kind_known'),
        ),
        migrations.AddConstraint(
            model_name='applicationtrait',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('assistance__isnull', False), ('kind', 'assisted')), models.Q(models.Q(('kind', 'assisted'), _negated=True), ('assistance__isnull', True)), _connector='OR'), name='trait_assisted_names_its_officer'),
        ),
    ]
