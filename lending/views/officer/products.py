"""The products at the desk: the tree, one product with where each term comes from, deriving another."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lending.domain.staff_duties import Duty, may
from lending.errors import DomainError, InvalidInput, NotFound
from lending.forms.officer_products import DeriveForm, day
from lending.selectors import products as product_people
from lending.services import products
from lending.staff_access import require_duty, staff_required
from lending.staff_pages import page, today
from lending.views.officer import product_rows
from lending.views.officer.product_words import KINDS, STATES
from lending.views.officer.what_if import samples_context
from products.selectors import NoVersion
from products.selectors import versions as version_selectors

VERSIONS_SHOWN = 30


@require_safe
@staff_required
def tree(request: HttpRequest) -> HttpResponse:
    """Every product below its parent: what is in force, what is being written, what waits."""
    officer, on = require_duty(request, Duty.SEE_PRODUCTS), today()
    rows = [_node(product, on) for product in version_selectors.tree()]
    return page(request, "desk/products/tree", {
        "section": "products",
        "rows": rows,
        "waiting": sum(len(row["waiting"]) for row in rows),
        "unsold": sum(row["in_force"] is None for row in rows),
        "may_make": may(officer.role, Duty.MAKE_PRODUCTS),
    })


@require_http_methods(["GET", "HEAD", "POST"])
@staff_required
def derive(request: HttpRequest) -> HttpResponse:
    """A new product below another; its first draft opens in the editor."""
    officer = require_duty(request, Duty.MAKE_PRODUCTS)
    called = product_rows.names()
    parents = [
        (one.code, called[one.code]) for one in version_selectors.tree() if one.kind != "campaign"
    ]
    start = {"parent": request.GET.get("parent", ""), "valid_from": today() + timedelta(days=1)}
    form = DeriveForm(request.POST or None, parents=parents, initial=start)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                version = products.derive(
                    officer=officer, parent_code=form.cleaned_data["parent"],
                    code=form.cleaned_data["code"], words=form.words,
                    valid_from=form.cleaned_data["valid_from"],
                    valid_to=form.cleaned_data["valid_to"], now=timezone.now(),
                )
                return redirect("desk:product-edit", version.pk)
            except DomainError as error:
                form.take_error(error)
        form.mark_wrong()
    context = {"section": "products", "form": form}
    return page(request, "desk/products/derive", context, status=status)


@require_safe
@staff_required
def product_page(request: HttpRequest, code: str) -> HttpResponse:
    """One product: its terms and whose they are, its versions, children and printed codes."""
    require_duty(request, Duty.SEE_PRODUCTS)
    return product_shown(request, code)


@require_POST
@staff_required
def new_draft(request: HttpRequest, code: str) -> HttpResponse:
    """A draft that starts with the newest version's words."""
    officer, product = require_duty(request, Duty.MAKE_PRODUCTS), _product(code)
    try:
        version = products.draft(
            officer=officer, product_code=product.code, valid_from=posted_day(request), now=timezone.now()
        )
    except DomainError as error:
        return product_shown(request, code, error=error)
    return redirect("desk:product-edit", version.pk)


def product_shown(
    request: HttpRequest, code: str, *, error: DomainError | None = None
) -> HttpResponse:
    """The product's page, with a refused step's reason on top."""
    officer = require_duty(request, Duty.SEE_PRODUCTS)
    product, on = _product(code), today()
    rows, more = _versions(request, product)
    shown = _shown(request, product, on)
    terms, problem = product_rows.terms_of(shown) if shown else (None, None)
    children = [
        _node(one, on) for one in version_selectors.tree() if one.parent_id == product.pk
    ]
    context = {
        **(samples_context(None, terms.terms, on) if terms else {}),
        "section": "products",
        "product": product,
        "kind": KINDS[product.kind],
        "shown": shown,
        "shown_state": _state(shown, on) if shown else "",
        "groups": product_rows.groups(terms, shown) if terms else [],
        "problem": problem,
        "error": error,
        "versions": rows,
        "more": more,
        "children": children,
        "codes": product_people.codes_of(officer, product.code),
        "staff": product_people.staff_names(
            name for row in rows for name in (row["version"].author, row["version"].checker)
        ),
        "tomorrow": on + timedelta(days=1),
        "may_make": may(officer.role, Duty.MAKE_PRODUCTS),
        "may_release": may(officer.role, Duty.RELEASE_PRODUCTS),
    }
    return page(request, "desk/products/product", context, status=error.status if error else 200)


def posted_day(request: HttpRequest) -> date:
    """The day in ``valid_from``; raises ``InvalidInput``."""
    try:
        return day("").clean(request.POST.get("valid_from", ""))  # type: ignore[no-any-return]
    except forms.ValidationError as error:
        raise InvalidInput.field("valid_from", " ".join(error.messages)) from error


def _product(code: str) -> Any:
    try:
        return version_selectors.product_by_code(code)
    except NoVersion:
        raise NotFound from None


def _node(product: Any, on: date) -> dict[str, Any]:
    versions = list(product.versions.all())
    return {
        "product": product,
        "kind": KINDS[product.kind],
        "depth": {"base": 0, "sub_product": 1}.get(product.kind, 2),
        "in_force": next((one for one in versions if _state(one, on) == "in_force"), None),
        "coming": next((one for one in reversed(versions) if _state(one, on) == "coming"), None),
        "drafts": [one for one in versions if one.state == "draft"],
        "waiting": [one for one in versions if one.state == "in_review"],
        "may_derive": product.kind != "campaign",
    }


def _state(version: Any, on: date) -> str:
    """in_force | coming | ended for a published version, else its state."""
    if version.state != "published":
        return str(version.state)
    if version.valid_from > on:
        return "coming"
    return "ended" if version.valid_to is not None and version.valid_to <= on else "in_force"


def _versions(request: HttpRequest, product: Any) -> tuple[list[dict[str, Any]], int | None]:
    """A page of versions, newest first, and the number to go on from."""
    asked = request.GET.get("before", "")
    rows = product.versions.select_related("cloned_from")
    if asked.isascii() and asked.isdigit() and len(asked) < 9:
        rows = rows.filter(number__lt=int(asked))
    found = list(rows[: VERSIONS_SHOWN + 1])
    more = found[VERSIONS_SHOWN - 1].number if len(found) > VERSIONS_SHOWN else None
    found = found[:VERSIONS_SHOWN]
    on = today()
    return [
        {
            "version": one,
            "state": _state(one, on),
            "word": STATES[one.state],
            "before": found[at + 1] if at + 1 < len(found) else None,
        }
        for at, one in enumerate(found)
    ], more


def _shown(request: HttpRequest, product: Any, on: date) -> Any:
    """The version asked for, else the one in force, else the newest."""
    asked = request.GET.get("version", "")
    versions = product.versions.select_related("product")
    if asked.isascii() and asked.isdigit() and len(asked) < 9:
        return versions.filter(number=int(asked)).first()
    try:
        return version_selectors.current_version(product.code, on)
    except NoVersion:
        return versions.first()
