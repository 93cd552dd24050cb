"""Products as staff programs see them: versions, and every term with the layer it comes from."""

from datetime import date
from typing import Any

from rest_framework import serializers

from lending.api.serializers.fields import Answer
from products.selectors import NoVersion, current_version, resolved_terms


class DeskVersion(Answer):
    number = serializers.IntegerField()
    state = serializers.CharField()
    valid_from = serializers.DateField()
    valid_to = serializers.DateField(allow_null=True)
    author = serializers.CharField()
    checker = serializers.CharField()


class DeskProduct(Answer):
    code = serializers.CharField()
    kind = serializers.CharField()
    parent = serializers.CharField(allow_null=True)
    name_zh = serializers.CharField()
    name_en = serializers.CharField()
    versions = DeskVersion(many=True)


class TermProvenance(Answer):
    field = serializers.CharField()
    value = serializers.JSONField()
    layer = serializers.CharField()
    product_code = serializers.CharField()
    version = serializers.IntegerField()
    author = serializers.CharField()
    effective_from = serializers.DateField()


class DeskProductTerms(DeskProduct):
    version = serializers.IntegerField(allow_null=True, help_text="in force today")
    terms = TermProvenance(many=True)


def desk_product(product: Any) -> dict[str, Any]:
    return {
        "code": product.code,
        "kind": product.kind,
        "parent": product.parent.code if product.parent else None,
        "name_zh": product.name_zh,
        "name_en": product.name_en,
        "versions": [
            {
                "number": version.number,
                "state": version.state,
                "valid_from": version.valid_from.isoformat(),
                "valid_to": version.valid_to.isoformat() if version.valid_to else None,
                "author": version.author,
                "checker": version.checker,
            }
            for version in product.versions.all()
        ],
    }


def desk_product_terms(product: Any, on: date) -> dict[str, Any]:
    """The product with its terms in force on ``on``; none where it is not sold that day."""
    try:
        version = current_version(product.code, on)
    except NoVersion:
        return {**desk_product(product), "version": None, "terms": []}
    terms = [one.as_dict() for one in resolved_terms(version.pk).provenance]
    return {**desk_product(product), "version": version.number, "terms": terms}
