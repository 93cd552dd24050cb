"""Uses of coupons: settled once, as used or released, and final from then on."""

import uuid
from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models

_SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):

    dependencies = [
        ('lending', '0007_offers_with_coupons'),
    ]

    operations = [
        migrations.CreateModel(
            name='CouponUse',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('coupon_code', models.CharField(max_length=40)),
                ('kind', models.CharField(max_length=8)),
                ('funder', models.CharField(blank=True, max_length=60)),
                ('round', models.PositiveSmallIntegerField()),
                ('state', models.CharField(choices=[('reserved', 'Reserved'), ('used', 'Used'), ('released', 'Released')], default='reserved', max_length=8)),
                ('rate_before', models.DecimalField(decimal_places=6, max_digits=8)),
                ('rate_after', models.DecimalField(decimal_places=6, max_digits=8)),
                ('benefit_max', models.DecimalField(decimal_places=2, max_digits=14)),
                ('benefit', models.DecimalField(decimal_places=2, max_digits=14, null=True)),
                ('created_at', models.DateTimeField()),
                ('used_at', models.DateTimeField(null=True)),
                ('released_at', models.DateTimeField(null=True)),
                ('application', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='coupon_uses', to='lending.loanapplication')),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='coupon_uses', to='lending.customer')),
            ],
            options={
                'ordering': ['-created_at'],
                'indexes': [models.Index(condition=models.Q(('state', 'released'), _negated=True), fields=['coupon_code'], include=('state', 'customer', 'kind', 'benefit', 'benefit_max'), name='coupon_use_budget'), models.Index(condition=models.Q(('state', 'reserved')), fields=['created_at'], name='coupon_use_reserved')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'released'), _negated=True), fields=('application', 'coupon_code'), name='coupon_use_one_live'), models.CheckConstraint(condition=models.Q(models.Q(('benefit__isnull', True), ('released_at__isnull', True), ('state', 'reserved'), ('used_at__isnull', True)), models.Q(('benefit__isnull', False), ('released_at__isnull', True), ('state', 'used'), ('used_at__isnull', False)), models.Q(('benefit__isnull', True), ('released_at__isnull', False), ('state', 'released'), ('used_at__isnull', True)), _connector='OR'), name='coupon_use_state_whole'), models.CheckConstraint(condition=models.Q(('kind__in', ['coupon', 'subsidy'])), name='coupon_use_kind_known'), models.CheckConstraint(condition=models.Q(('rate_after__gte', 0), ('rate_after__lt', models.F('rate_before'))), name='coupon_use_lowers_the_rate'), models.CheckConstraint(condition=models.Q(('benefit_max__gte', 0), models.Q(('benefit__isnull', True), ('benefit__gte', 0), _connector='OR')), name='coupon_use_benefit_not_negative')],
            },
        ),
        migrations.RunSQL(
            sql=(_SQL / "coupon_uses.sql").read_text(),
            reverse_sql=(_SQL / "coupon_uses_reverse.sql").read_text(),
        ),
    ]
