"""Reading products: versions in force and their resolved terms, dated parameters."""

from products.selectors.parameters import (
    MissingParameter,
    legal_bounds,
    operating_counties,
    parameter,
    parameters,
)
from products.selectors.versions import (
    NoVersion,
    current_version,
    layer_of,
    layers_of,
    product_names,
    published_products,
    resolved_terms,
    true_rates,
)

__all__ = [
    "MissingParameter",
    "NoVersion",
    "current_version",
    "layer_of",
    "layers_of",
    "legal_bounds",
    "operating_counties",
    "parameter",
    "parameters",
    "product_names",
    "published_products",
    "resolved_terms",
    "true_rates",
]
