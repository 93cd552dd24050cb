"""No overlap of versions or parameters; a published version never changes (D1: no contrib extension)."""

from django.db import migrations

FORWARD = """
ALTER TABLE products_productversion ADD CONSTRAINT product_version_no_overlap EXCLUDE USING gist (
    int8range(product_id, product_id, '[]') WITH &&,
    daterange(valid_from, valid_to) WITH &&
) WHERE (state = 'published');
ALTER TABLE products_regulatoryparameter ADD CONSTRAINT regulatory_parameter_no_overlap EXCLUDE USING gist (
    int8range(hashtextextended(code, 0), hashtextextended(code, 0), '[]') WITH &&,
    daterange(valid_from, valid_to) WITH &&
);
CREATE FUNCTION products_published_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR NEW.values <> OLD.values OR NEW.valid_from <> OLD.valid_from
       OR NEW.product_id <> OLD.product_id OR NEW.number <> OLD.number
       OR NEW.author <> OLD.author OR NEW.checker <> OLD.checker
       OR NEW.state NOT IN ('published', 'retired') THEN
        RAISE EXCEPTION 'version % of product % is published and final', OLD.number, OLD.product_id
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER published_is_final BEFORE UPDATE OR DELETE ON products_productversion
    FOR EACH ROW WHEN (OLD.state IN ('published', 'retired'))
    EXECUTE FUNCTION products_published_is_final();
"""
REVERSE = """
DROP TRIGGER published_is_final ON products_productversion;
DROP FUNCTION products_published_is_final();
ALTER TABLE products_regulatoryparameter DROP CONSTRAINT regulatory_parameter_no_overlap;
ALTER TABLE products_productversion DROP CONSTRAINT product_version_no_overlap;
"""


class Migration(migrations.Migration):
    dependencies = [("products", "0001_initial")]

    operations = [migrations.RunSQL(sql=FORWARD, reverse_sql=REVERSE)]
