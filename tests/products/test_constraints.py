"""What PostgreSQL itself refuses, whatever program writes."""

import datetime as dt
from typing import Any

import pytest
from django.db import DataError, IntegrityError, connection, transaction

from products.models import Product, ProductVersion
from products.services import versions
from tests.products.conftest import FIRST_DAY

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("seeded")]
REFUSED = (IntegrityError, DataError)


def sql(statement: str, *values: Any) -> None:
    """One statement, and the checks that wait for the end of the transaction."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def version_of(code: str) -> ProductVersion:
    return ProductVersion.objects.get(product__code=code, number=1)


def insert_version(**changes: Any) -> None:
    base = version_of("shandai")
    row = {
        "product_id": base.product_id, "number": 2, "state": "draft", "values": "{}",
        "valid_from": dt.date(2027, 1, 1), "valid_to": None, "author": "a", "checker": "",
        "created_at": "2026-11-24T10:00:00+08", "parent_version_id": None,
        "in_flight": "keep", "note": "", "answer": "", **changes,
    }
    names = ", ".join(f'"{name}"' for name in row)
    sql(
        f"INSERT INTO products_productversion ({names}) "
        f"VALUES ({', '.join(['%s'] * len(row))})",
        *row.values(),
    )


def test_a_plain_draft_is_accepted() -> None:
    insert_version()


@pytest.mark.parametrize(
    "wrong",
    [
        {"state": "live"},
        {"author": "a", "checker": "a"},
        {"author": ""},
        {"state": "published"},  # nobody checked it
        {"state": "retired"},
        {"number": 1},
        {"number": -1},
        {"valid_to": dt.date(2027, 1, 1)},
        {"valid_to": dt.date(2026, 1, 1)},
        {"values": "[]"},
        {"values": "{"},
        {"state": "published", "checker": "b"},  # overlaps version 1, which is open-ended
        {"state": "published", "checker": "b", "valid_from": dt.date(2024, 1, 1)},
        {"product_id": 0},
    ],
)
def test_no_wrong_version(wrong: dict[str, Any]) -> None:
    with pytest.raises(REFUSED):
        insert_version(**wrong)


def test_versions_may_touch_but_not_overlap() -> None:
    year = {"state": "published", "checker": "b", "valid_from": dt.date(2024, 1, 1)}
    insert_version(**year, valid_to=FIRST_DAY)
    with pytest.raises(REFUSED):
        insert_version(**year, number=3, valid_to=dt.date(2024, 6, 1))


def test_a_child_stands_on_its_own_parent_within_its_days() -> None:
    child = version_of("youkedai")
    new = {
        "product_id": child.product_id, "state": "published", "checker": "b",
        "valid_from": dt.date(2024, 1, 1), "valid_to": dt.date(2024, 6, 1),
    }
    for parent in (None, version_of("lishangdai").pk, version_of("hospital-staff").pk):
        with pytest.raises(REFUSED):
            insert_version(**new, parent_version_id=parent)
    with pytest.raises(REFUSED):  # the base was not sold in 2024
        insert_version(**new, parent_version_id=version_of("shandai").pk)


def test_a_parent_does_not_end_before_its_children() -> None:
    with pytest.raises(REFUSED):
        sql(
            "UPDATE products_productversion SET valid_to = '2027-01-01' WHERE id = %s",
            version_of("shandai").pk,
        )


@pytest.mark.parametrize(
    "change",
    [
        '"values" = \'{"rate_cap": "0.24"}\'', "valid_from = '2024-12-01'", "number = 9",
        "author = 'x'", "checker = 'x'", "state = 'draft'", "state = 'in_review'",
        "product_id = product_id + 1", "parent_version_id = NULL", "created_at = now()",
    ],
)
def test_a_published_version_never_changes(change: str) -> None:
    with pytest.raises(REFUSED):
        sql(
            f"UPDATE products_productversion SET {change} WHERE id = %s",
            version_of("hospital-staff").pk,
        )


def test_a_published_version_is_never_deleted() -> None:
    with pytest.raises(REFUSED):
        sql(
            "DELETE FROM products_productversion WHERE id = %s", version_of("hospital-staff").pk
        )


def test_an_end_may_come_nearer_and_never_goes_away() -> None:
    pk = version_of("hospital-staff").pk
    update = "UPDATE products_productversion SET valid_to = %s WHERE id = %s"
    sql(update, dt.date(2027, 6, 1), pk)
    sql(update, dt.date(2027, 3, 1), pk)
    for later in (dt.date(2027, 3, 2), None):
        with pytest.raises(REFUSED):
            sql(update, later, pk)


def test_retired_stays_retired() -> None:
    pk = version_of("hospital-staff").pk
    sql("UPDATE products_productversion SET state = 'retired' WHERE id = %s", pk)
    with pytest.raises(REFUSED):
        sql("UPDATE products_productversion SET state = 'published' WHERE id = %s", pk)


@pytest.mark.parametrize(
    "change",
    [
        "code = 'other'", "kind = 'campaign'", "parent_id = NULL", "name_zh = '新名'",
        "name_en = 'New'",
        "parent_id = (SELECT id FROM products_product WHERE code = 'lishangdai')",
    ],
)
def test_a_published_product_is_settled(change: str) -> None:
    with pytest.raises(REFUSED):
        sql(f"UPDATE products_product SET {change} WHERE code = 'youkedai'")


@pytest.mark.parametrize(
    ("kind", "parent"),
    [
        ("base", "shandai"), ("sub_product", None), ("campaign", None), ("campaign", "shandai"),
        ("sub_product", "youkedai"), ("campaign", "hospital-staff"), ("bundle", "shandai"),
    ],
)
def test_layers_are_base_sub_product_campaign(kind: str, parent: str | None) -> None:
    with pytest.raises(REFUSED), transaction.atomic():
        Product.objects.create(
            code="x", kind=kind, parent=Product.objects.filter(code=parent).first(),
            name_zh="x", name_en="x", tagline_zh="x", tagline_en="x",
        )


def test_a_tagline_may_change_any_time() -> None:
    sql("UPDATE products_product SET tagline_zh = '新' WHERE code = 'youkedai'")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE products_regulatoryparameter SET value = 0.01 WHERE code = 'LPR_1Y'",
        "UPDATE products_regulatoryparameter SET basis = '' WHERE code = 'LPR_1Y'",
        "UPDATE products_regulatoryparameter SET valid_to = NULL WHERE code = 'LPR_1Y'",
        "DELETE FROM products_regulatoryparameter WHERE code = 'LPR_1Y'",
        "INSERT INTO products_regulatoryparameter (code, value, valid_from, basis) "
        "VALUES ('LPR_1Y', 0.02, '2026-01-01', 'x')",
        "INSERT INTO products_regulatoryparameter (code, value, valid_from, basis) "
        "VALUES ('NEW', 'NaN', '2026-01-01', 'x')",
        "INSERT INTO products_regulatoryparameter (code, value, valid_from, basis) "
        "VALUES ('NEW', -1, '2026-01-01', 'x')",
        "INSERT INTO products_regulatoryparameter (code, value, valid_from, valid_to, basis) "
        "VALUES ('NEW', 1, '2026-01-02', '2026-01-01', 'x')",
        "DELETE FROM products_operatingarea WHERE county = '510812'",
        "UPDATE products_operatingarea SET county = '510813' WHERE county = '510812'",
        "INSERT INTO products_operatingarea (county, name_zh, name_en, valid_from, basis) "
        "VALUES ('510812', 'x', 'x', '2026-01-01', 'x')",
        "INSERT INTO products_operatingarea (county, name_zh, name_en, valid_from, basis) "
        "VALUES ('51081', 'x', 'x', '2026-01-01', 'x')",
    ],
)
def test_dated_numbers_and_counties_are_final_and_never_overlap(statement: str) -> None:
    with pytest.raises(REFUSED):
        sql(statement)


def test_a_draft_may_change_and_go() -> None:
    product = Product.objects.get(code="hospital-staff")
    draft = versions.draft_version(
        product=product, values={}, valid_from=dt.date(2027, 1, 1), author="wang"
    )
    versions.revise(version=draft, values={"grace_days": 1})
    draft.delete()
