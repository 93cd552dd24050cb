"""A layer stands on one version of its parent, within its days; what was published never changes.

The checks that look at two rows run at commit, so that a parent may end and its children follow
within one transaction.
"""

from django.db import migrations

COLUMNS = """
ALTER TABLE products_operatingarea ADD CONSTRAINT operating_area_no_overlap EXCLUDE USING gist (
    int8range(county::bigint, county::bigint, '[]') WITH &&,
    daterange(valid_from, valid_to) WITH &&
);
ALTER TABLE products_productversion ADD CONSTRAINT product_version_values_are_fields
    CHECK (jsonb_typeof("values") = 'object');
ALTER TABLE products_regulatoryparameter ADD CONSTRAINT regulatory_parameter_is_a_number
    CHECK (value >= 0 AND value <> 'NaN');
"""
COLUMNS_BACK = """
ALTER TABLE products_regulatoryparameter DROP CONSTRAINT regulatory_parameter_is_a_number;
ALTER TABLE products_productversion DROP CONSTRAINT product_version_values_are_fields;
ALTER TABLE products_operatingarea DROP CONSTRAINT operating_area_no_overlap;
"""

# Versions published before parents were pinned stand on what was in force on their first day.
PIN = """
UPDATE products_productversion AS version SET parent_version_id = above.id
  FROM products_product AS product, products_productversion AS above
 WHERE product.id = version.product_id AND above.product_id = product.parent_id
   AND version.state IN ('published', 'retired') AND above.state = 'published'
   AND daterange(above.valid_from, above.valid_to) @> version.valid_from;
"""

FINAL = """
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
FINAL_BACK = """
CREATE OR REPLACE FUNCTION products_published_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR NEW."values" <> OLD."values" OR NEW.valid_from <> OLD.valid_from
       OR NEW.product_id <> OLD.product_id OR NEW.number <> OLD.number
       OR NEW.author <> OLD.author OR NEW.checker <> OLD.checker
       OR NEW.state NOT IN ('published', 'retired') THEN
        RAISE EXCEPTION 'version % of product % is published and final', OLD.number, OLD.product_id
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
"""

WITHIN = """
CREATE FUNCTION products_version_within_parent() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    broken text;
BEGIN
    SELECT format('version %s of product %s', version.number, version.product_id) INTO broken
      FROM products_productversion AS version
      JOIN products_product AS product ON product.id = version.product_id
      LEFT JOIN products_productversion AS above ON above.id = version.parent_version_id
     WHERE version.state = 'published'
       AND (version.id = NEW.id OR version.parent_version_id = NEW.id)
       AND (above.product_id IS DISTINCT FROM product.parent_id
            OR above.state <> 'published'
            OR NOT daterange(above.valid_from, above.valid_to)
                   @> daterange(version.valid_from, version.valid_to))
     LIMIT 1;
    IF broken IS NOT NULL THEN
        RAISE EXCEPTION '% does not stand on a published version of its parent', broken
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER version_within_parent
    AFTER INSERT OR UPDATE ON products_productversion DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION products_version_within_parent();
"""
WITHIN_BACK = """
DROP TRIGGER version_within_parent ON products_productversion;
DROP FUNCTION products_version_within_parent();
"""

SETTLED = """
CREATE FUNCTION products_product_is_settled() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.parent_id IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM products_product AS parent WHERE parent.id = NEW.parent_id
           AND (NEW.kind, parent.kind) IN (('sub_product', 'base'), ('campaign', 'sub_product'))
    ) THEN
        RAISE EXCEPTION '% cannot be a % of that parent', NEW.code, NEW.kind
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'UPDATE' AND (
        ROW(NEW.id, NEW.code, NEW.kind, NEW.parent_id)
            IS DISTINCT FROM ROW(OLD.id, OLD.code, OLD.kind, OLD.parent_id)
        OR ROW(NEW.name_zh, NEW.name_en) IS DISTINCT FROM ROW(OLD.name_zh, OLD.name_en)
           AND EXISTS (SELECT 1 FROM products_productversion
                        WHERE product_id = OLD.id AND state IN ('published', 'retired'))
    ) THEN
        RAISE EXCEPTION 'product % is settled: publish a new version instead', OLD.code
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER product_is_settled BEFORE INSERT OR UPDATE ON products_product
    FOR EACH ROW EXECUTE FUNCTION products_product_is_settled();
"""
SETTLED_BACK = """
DROP TRIGGER product_is_settled ON products_product;
DROP FUNCTION products_product_is_settled();
"""

DATED = """
CREATE FUNCTION products_dated_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE'
       OR to_jsonb(NEW) - 'valid_to' IS DISTINCT FROM to_jsonb(OLD) - 'valid_to'
       OR (NEW.valid_to IS DISTINCT FROM OLD.valid_to
           AND (NEW.valid_to IS NULL OR NEW.valid_to > COALESCE(OLD.valid_to, 'infinity')))
    THEN
        RAISE EXCEPTION 'row % of % is final: end it and add a new one', OLD.id, TG_TABLE_NAME
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER dated_is_final BEFORE UPDATE OR DELETE ON products_regulatoryparameter
    FOR EACH ROW EXECUTE FUNCTION products_dated_is_final();
CREATE TRIGGER dated_is_final BEFORE UPDATE OR DELETE ON products_operatingarea
    FOR EACH ROW EXECUTE FUNCTION products_dated_is_final();
"""
DATED_BACK = """
DROP TRIGGER dated_is_final ON products_operatingarea;
DROP TRIGGER dated_is_final ON products_regulatoryparameter;
DROP FUNCTION products_dated_is_final();
"""


class Migration(migrations.Migration):
    dependencies = [("products", "0003_pinned_parents_and_area")]

    operations = [
        migrations.RunSQL(sql=COLUMNS, reverse_sql=COLUMNS_BACK),
        migrations.RunSQL(sql=PIN, reverse_sql=migrations.RunSQL.noop),
        migrations.RunSQL(sql=FINAL, reverse_sql=FINAL_BACK),
        migrations.RunSQL(sql=WITHIN, reverse_sql=WITHIN_BACK),
        migrations.RunSQL(sql=SETTLED, reverse_sql=SETTLED_BACK),
        migrations.RunSQL(sql=DATED, reverse_sql=DATED_BACK),
    ]
