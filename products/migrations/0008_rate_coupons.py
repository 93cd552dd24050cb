"""Rate coupons and subsidies; what was published is final but for an end that comes nearer."""

import uuid

from django.db import migrations, models

LISTS = ("product_codes", "purposes", "tiers", "lists", "segments")
COLUMNS = "".join(
    f"""
ALTER TABLE products_ratecoupon ADD CONSTRAINT rate_coupon_{name}_is_a_list
    CHECK (jsonb_typeof("{name}") = 'array');"""
    for name in LISTS
)
COLUMNS_BACK = "".join(
    f"""
ALTER TABLE products_ratecoupon DROP CONSTRAINT rate_coupon_{name}_is_a_list;"""
    for name in LISTS
)
FINAL = """
CREATE FUNCTION products_coupon_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE'
       OR to_jsonb(NEW) - ARRAY['valid_to', 'state']
          IS DISTINCT FROM to_jsonb(OLD) - ARRAY['valid_to', 'state']
       OR NEW.state NOT IN (OLD.state, 'retired')
       OR NEW.valid_to > OLD.valid_to
    THEN
        RAISE EXCEPTION 'coupon % is published and final', OLD.code
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER coupon_is_final BEFORE UPDATE OR DELETE ON products_ratecoupon
    FOR EACH ROW WHEN (OLD.state IN ('published', 'retired'))
    EXECUTE FUNCTION products_coupon_is_final();
"""
FINAL_BACK = """
DROP TRIGGER coupon_is_final ON products_ratecoupon;
DROP FUNCTION products_coupon_is_final();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('products', '0007_income_calendars'),
    ]

    operations = [
        migrations.CreateModel(
            name='RateCoupon',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('code', models.SlugField(max_length=40, unique=True)),
                ('name_zh', models.CharField(max_length=40)),
                ('name_en', models.CharField(max_length=60)),
                ('kind', models.CharField(choices=[('coupon', 'Coupon'), ('subsidy', 'Subsidy')], default='coupon', max_length=8)),
                ('effect', models.CharField(choices=[('bp_off', 'Bp Off'), ('fixed_rate', 'Fixed Rate')], default='bp_off', max_length=10)),
                ('bp_off', models.PositiveSmallIntegerField(default=0)),
                ('fixed_rate', models.DecimalField(decimal_places=6, max_digits=8, null=True)),
                ('product_codes', models.JSONField(default=list, help_text='products or what they derive from')),
                ('purposes', models.JSONField(default=list)),
                ('tiers', models.JSONField(default=list)),
                ('lists', models.JSONField(default=list)),
                ('segments', models.JSONField(default=list)),
                ('stack_group', models.SlugField(default='default', max_length=40)),
                ('valid_from', models.DateField()),
                ('valid_to', models.DateField(help_text='first day it no longer holds')),
                ('share_max', models.DecimalField(decimal_places=4, max_digits=5, null=True)),
                ('funder', models.CharField(blank=True, max_length=60)),
                ('legal_basis', models.CharField(blank=True, max_length=200)),
                ('budget_amount', models.DecimalField(decimal_places=2, max_digits=14, null=True)),
                ('budget_count', models.PositiveIntegerField(null=True)),
                ('per_customer', models.PositiveSmallIntegerField(null=True)),
                ('state', models.CharField(choices=[('draft', 'Draft'), ('in_review', 'In Review'), ('published', 'Published'), ('retired', 'Retired')], default='draft', max_length=10)),
                ('author', models.CharField(max_length=60)),
                ('checker', models.CharField(blank=True, max_length=60)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'ordering': ['-created_at'],
                'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['draft', 'in_review', 'published', 'retired'])), name='rate_coupon_state_known'), models.CheckConstraint(condition=models.Q(('kind__in', ['coupon', 'subsidy'])), name='rate_coupon_kind_known'), models.CheckConstraint(condition=models.Q(models.Q(('bp_off__range', (1, 1000)), ('effect', 'bp_off'), ('fixed_rate__isnull', True)), models.Q(('bp_off', 0), ('effect', 'fixed_rate'), ('fixed_rate__gt', 0), ('fixed_rate__isnull', False), ('fixed_rate__lt', 1)), _connector='OR'), name='rate_coupon_effect_whole'), models.CheckConstraint(condition=models.Q(models.Q(('kind', 'coupon'), ('share_max__isnull', True)), models.Q(('effect', 'bp_off'), ('kind', 'subsidy'), ('share_max__gt', 0), ('share_max__isnull', False), ('share_max__lt', 1)), _connector='OR'), name='rate_coupon_share_of_subsidies'), models.CheckConstraint(condition=models.Q(('kind', 'coupon'), models.Q(models.Q(('funder', ''), _negated=True), models.Q(('legal_basis', ''), _negated=True)), _connector='OR'), name='rate_coupon_subsidy_has_basis'), models.CheckConstraint(condition=models.Q(('valid_to__gt', models.F('valid_from'))), name='rate_coupon_valid_order'), models.CheckConstraint(condition=models.Q(models.Q(('budget_amount__isnull', True), ('budget_amount__gt', 0), _connector='OR'), models.Q(('budget_count__isnull', True), ('budget_count__gt', 0), _connector='OR'), models.Q(('per_customer__isnull', True), ('per_customer__gt', 0), _connector='OR')), name='rate_coupon_budgets_positive'), models.CheckConstraint(condition=models.Q(models.Q(('author', models.F('checker')), _negated=True), models.Q(('author', ''), _negated=True)), name='rate_coupon_two_people'), models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['published', 'retired']), _negated=True), models.Q(('checker', ''), _negated=True), _connector='OR'), name='rate_coupon_checked_before_publish')],
            },
        ),
        migrations.RunSQL(sql=COLUMNS, reverse_sql=COLUMNS_BACK),
        migrations.RunSQL(sql=FINAL, reverse_sql=FINAL_BACK),
    ]
