"""Income calendars: shares that add up to a year, no overlap per crop and county, final once written."""

from django.db import migrations, models

GUARDS = r"""
CREATE FUNCTION products_shares_add_up(shares jsonb) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN jsonb_typeof(shares) IS DISTINCT FROM 'object' THEN false ELSE (
        SELECT COALESCE(bool_and(key ~ '^([1-9]|1[0-2])$' AND value::text ~ '^([1-9][0-9]?|100)$'), false)
               AND SUM(CASE WHEN value::text ~ '^[0-9]{1,3}$' THEN value::text::int ELSE 0 END) = 100
          FROM jsonb_each(shares)
    ) END
$$;
ALTER TABLE products_incomecalendar ADD CONSTRAINT income_calendar_shares_add_up
    CHECK (products_shares_add_up(shares));
ALTER TABLE products_incomecalendar ADD CONSTRAINT income_calendar_no_overlap EXCLUDE USING gist (
    int8range(hashtextextended(crop || '/' || county, 0),
              hashtextextended(crop || '/' || county, 0), '[]') WITH &&,
    daterange(valid_from, valid_to) WITH &&
);
CREATE TRIGGER dated_is_final BEFORE UPDATE OR DELETE ON products_incomecalendar
    FOR EACH ROW EXECUTE FUNCTION products_dated_is_final();
"""
GUARDS_BACK = """
DROP TRIGGER dated_is_final ON products_incomecalendar;
ALTER TABLE products_incomecalendar DROP CONSTRAINT income_calendar_no_overlap;
ALTER TABLE products_incomecalendar DROP CONSTRAINT income_calendar_shares_add_up;
DROP FUNCTION products_shares_add_up(jsonb);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("products", "0006_product_version_notes"),
    ]

    operations = [
        migrations.CreateModel(
            name="IncomeCalendar",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("crop", models.CharField(max_length=30)),
                (
                    "county",
                    models.CharField(
                        blank=True, help_text="six digits; blank: every county", max_length=6
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("kind", models.CharField(max_length=4)),
                ("name_zh", models.CharField(max_length=40)),
                ("name_en", models.CharField(max_length=60)),
                ("shares", models.JSONField(help_text='month → percent, as in {"1": 60, "7": 40}')),
                ("valid_from", models.DateField()),
                (
                    "valid_to",
                    models.DateField(
                        blank=True, help_text="first day it no longer holds", null=True
                    ),
                ),
                ("author", models.CharField(max_length=60)),
                ("checker", models.CharField(blank=True, max_length=60)),
                ("source", models.CharField(max_length=300)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "ordering": ["crop", "county", "-number"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("crop", "county", "number"), name="income_calendar_number_unique"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("crop__regex", "^[a-z][a-z0-9_]*$")),
                        name="income_calendar_crop_code",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("county__regex", "^([1-9][0-9]{5})?$")),
                        name="income_calendar_county_code",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["crop", "herd"])),
                        name="income_calendar_kind_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("author", ""), _negated=True),
                            models.Q(("source", ""), _negated=True),
                            models.Q(("name_zh", ""), _negated=True),
                            models.Q(("name_en", ""), _negated=True),
                        ),
                        name="income_calendar_words_given",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("author", models.F("checker")), _negated=True),
                        name="income_calendar_two_people",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_to__isnull", True),
                            ("valid_to__gt", models.F("valid_from")),
                            _connector="OR",
                        ),
                        name="income_calendar_valid_order",
                    ),
                ],
            },
        ),
        migrations.RunSQL(sql=GUARDS, reverse_sql=GUARDS_BACK),
    ]
