"""Staff: what the bank sells, by layers and versions."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from lending.api.endpoints import StaffEndpoint
from lending.api.paging import Pages
from lending.api.serializers.products import (
    DeskProduct,
    DeskProductTerms,
    desk_product,
    desk_product_terms,
)
from lending.errors import NotFound
from lending.selectors import business_day
from products.selectors.versions import all_products


class DeskProductsView(StaffEndpoint):
    pagination_class = Pages

    @extend_schema(operation_id="desk_products", responses=DeskProduct(many=True))
    def get(self, request: Request) -> Response:
        return self.paged(all_products(), desk_product)


class DeskProductView(StaffEndpoint):
    @extend_schema(operation_id="desk_product", responses=DeskProductTerms)
    def get(self, request: Request, code: str) -> Response:
        product = all_products().filter(code=code).first()
        if product is None:
            raise NotFound
        return Response(desk_product_terms(product, business_day.of_bank()))
