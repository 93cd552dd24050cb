"""Why a version was made, what the second person answered, and what becomes of open applications.

The guard of published versions now covers every column, also those to come.
"""

import django.db.models.deletion
from django.db import migrations, models

FINAL = """
CREATE OR REPLACE FUNCTION products_published_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE'
       OR to_jsonb(NEW) - 'state' - 'valid_to' - 'cloned_from_id'
          IS DISTINCT FROM to_jsonb(OLD) - 'state' - 'valid_to' - 'cloned_from_id'
       OR (NEW.cloned_from_id IS DISTINCT FROM OLD.cloned_from_id AND NEW.cloned_from_id IS NOT NULL)
       OR NEW.state NOT IN (OLD.state, 'retired')
       OR (NEW.valid_to IS DISTINCT FROM OLD.valid_to
           AND (NEW.valid_to IS NULL OR NEW.valid_to > COALESCE(OLD.valid_to, 'infinity')))
    THEN
        RAISE EXCEPTION 'version % of product % is published and final', OLD.number, OLD.product_id
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
"""
FINAL_BACK = """
CREATE OR REPLACE FUNCTION products_published_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE'
       OR ROW(NEW.id, NEW.product_id, NEW.number, NEW."values", NEW.valid_from, NEW.author,
              NEW.checker, NEW.created_at, NEW.parent_version_id)
          IS DISTINCT FROM
          ROW(OLD.id, OLD.product_id, OLD.number, OLD."values", OLD.valid_from, OLD.author,
              OLD.checker, OLD.created_at, OLD.parent_version_id)
       OR NEW.state NOT IN (OLD.state, 'retired')
       OR (NEW.valid_to IS DISTINCT FROM OLD.valid_to
           AND (NEW.valid_to IS NULL OR NEW.valid_to > COALESCE(OLD.valid_to, 'infinity')))
    THEN
        RAISE EXCEPTION 'version % of product % is published and final', OLD.number, OLD.product_id
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('products', '0005_parameter_authors'),
    ]

    operations = [
        migrations.AddField(
            model_name='productversion',
            name='answer',
            field=models.CharField(blank=True, help_text="the second person's, if sent back", max_length=300),
        ),
        migrations.AddField(
            model_name='productversion',
            name='cloned_from',
            field=models.ForeignKey(blank=True, help_text='the version whose values were taken over, e.g. to roll back', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='clones', to='products.productversion'),
        ),
        migrations.AddField(
            model_name='productversion',
            name='in_flight',
            field=models.CharField(choices=[('keep', 'Keep'), ('move', 'Move')], default='keep', max_length=4),
        ),
        migrations.AddField(
            model_name='productversion',
            name='note',
            field=models.CharField(blank=True, help_text='why: for the second person', max_length=300),
        ),
        migrations.AddConstraint(
            model_name='productversion',
            constraint=models.CheckConstraint(condition=models.Q(('in_flight__in', ['keep', 'move'])), name='product_version_in_flight_known'),
        ),
        migrations.RunSQL(sql=FINAL, reverse_sql=FINAL_BACK),
    ]
