"""Versions of a product at the desk: the editor with its guard, the second person, side by side."""

import hashlib
import json
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lending.domain.staff_duties import Duty, may
from lending.errors import DomainError, IllegalState, InvalidInput, NotFound, NotPermitted
from lending.forms.officer_products import TermsForm
from lending.models import Officer
from lending.selectors import products as product_people
from lending.services import product_checks, products
from lending.services.product_refusals import in_words
from lending.staff_access import require_duty, staff_required
from lending.staff_pages import page, today
from lending.views.officer import product_rows
from lending.views.officer.products import posted_day, product_shown
from lending.views.officer.what_if import run_context, samples_context
from products.domain.differences import differences
from products.domain.terms import ResolvedTerms, resolve
from products.selectors import NoVersion
from products.selectors.versions import current_version, layers_above, resolved_terms, version_by_id


@require_http_methods(["GET", "HEAD", "POST"])
@staff_required
def edit(request: HttpRequest, version_id: int) -> HttpResponse:
    """The author's draft: every term with the value above it, checked before it is kept."""
    officer = require_duty(request, Duty.MAKE_PRODUCTS)
    version = _version(version_id)
    if version.author != officer.staff_no:
        raise NotPermitted(_("Only its author changes a draft. Make a draft of your own instead."))
    if version.state != "draft":
        raise IllegalState(_("The version has moved on meanwhile. Please load the page again."))
    if request.method != "POST":
        guard = product_checks.rehearse(version_id=version.pk, today=today())
        return _editor(request, version, TermsForm(version=version), guard)
    if request.POST.get("do") == "discard":
        products.discard(officer=officer, version_id=version.pk, now=timezone.now())
        return redirect("desk:products")
    return _written(request, officer, version)


def _written(request: HttpRequest, officer: Officer, version: Any) -> HttpResponse:
    form = TermsForm(request.POST, version=version)
    if not form.is_valid():
        return _editor(request, version, form, None, status=422)
    data = form.cleaned_data
    guard = product_checks.check(
        version_id=version.pk, values=form.values, valid_from=data["valid_from"],
        valid_to=data["valid_to"], today=today(),
    )
    for row in product_rows.refusals(guard):
        form.take("", {row.field: row.sentences})
    do = request.POST.get("do")
    if do not in ("save", "submit") or guard.refused:
        return _editor(request, version, form, guard, status=422 if form.errors else 200)
    try:
        _keep(officer, version, form, submit=do == "submit")
    except DomainError as error:
        form.take_error(error)
        return _editor(request, version, form, guard, status=error.status)
    if do == "submit":
        return redirect("desk:product", version.product.code)
    return redirect("desk:product-edit", version.pk)


def _keep(officer: Officer, version: Any, form: TermsForm, *, submit: bool) -> None:
    now, data = timezone.now(), form.cleaned_data
    with transaction.atomic():
        products.revise(
            officer=officer, version_id=version.pk, values=form.values,
            valid_from=data["valid_from"], valid_to=data["valid_to"], note=data["note"],
            in_flight=data["in_flight"], now=now,
        )
        if submit:
            products.submit(officer=officer, version_id=version.pk, now=now)


def _editor(
    request: HttpRequest, version: Any, form: TermsForm, guard: product_checks.Guard | None,
    *, status: int = 200,
) -> HttpResponse:
    form.mark_wrong()
    terms = guard.terms if guard else None
    before = _before(version)[1] if terms else None
    return page(request, "desk/products/edit", {
        "section": "products",
        "version": version,
        "product": version.product,
        "form": form,
        "groups": product_rows.edit_groups(form, version),
        "guard": guard,
        "refused": product_rows.refusals(guard) if guard else [],
        "broken": product_rows.broken(guard) if guard else [],
        "checked": request.method == "POST",
        **(_samples(before, terms) if terms else {}),
    }, status=status)


def _samples(before: ResolvedTerms | None, after: ResolvedTerms) -> dict[str, Any]:
    """What ten sample customers would be offered, before and after."""
    return samples_context(before.terms if before else None, after.terms, today())


@require_http_methods(["GET", "HEAD", "POST"])
@staff_required
def review(request: HttpRequest, version_id: int) -> HttpResponse:
    """What would change, for the second person, who publishes it or sends it back."""
    officer = require_duty(request, Duty.SEE_PRODUCTS)
    version = _version(version_id)
    error = None
    if request.method == "POST":
        require_duty(request, Duty.RELEASE_PRODUCTS)
        try:
            _decide(request, officer, version)
            return redirect("desk:product", version.product.code)
        except DomainError as refusal:
            error, version = refusal, _version(version_id)
    if version.state != "in_review" and error is None:
        return redirect("desk:product", version.product.code)
    return _reviewed(request, officer, version, error)


def _decide(request: HttpRequest, officer: Officer, version: Any) -> None:
    """Only what stood on the page is released: a version can be sent back and changed meanwhile."""
    now, answer = timezone.now(), request.POST.get("answer", "").strip()
    if request.POST.get("seen") != _seen(version):
        raise IllegalState(_("The version has moved on meanwhile. Please load the page again."))
    if request.POST.get("do") == "publish":
        products.publish(officer=officer, version_id=version.pk, now=now)
        return
    if not answer or len(answer) > 300 or "\x00" in answer:
        raise InvalidInput.field("answer", _("Please say what should change, in up to 300 characters."))
    products.send_back(officer=officer, version_id=version.pk, answer=answer, now=now)


def _reviewed(
    request: HttpRequest, officer: Officer, version: Any, error: DomainError | None
) -> HttpResponse:
    guard = None
    if version.state == "in_review":
        guard = product_checks.rehearse(version_id=version.pk, today=today())
    before, before_terms = _before(version)
    after, _problem = product_rows.terms_of(version)
    found = differences(before_terms, after) if before_terms and after else ()
    may_release = may(officer.role, Duty.RELEASE_PRODUCTS)
    return page(request, "desk/products/review", {
        "section": "products",
        "version": version,
        "product": version.product,
        "author": product_people.staff_names([version.author]).get(version.author, version.author),
        "before": before,
        "changes": product_rows.changes(found),
        "refused": product_rows.refusals(guard) if guard else [],
        "broken": product_rows.broken(guard) if guard else [],
        "guard": guard,
        "error": error,
        "answer": request.POST.get("answer", ""),
        "seen": _seen(version),
        "is_author": version.author == officer.staff_no,
        **(_samples(before_terms, after) if after else {}),
        **run_context(request, version.pk),
        "may_decide": may_release and version.state == "in_review"
        and version.author != officer.staff_no,
    }, status=error.status if error else 200)


@require_safe
@staff_required
def diff(request: HttpRequest, a: int, b: int) -> HttpResponse:
    """Two versions side by side, only what differs."""
    require_duty(request, Duty.SEE_PRODUCTS)
    left, right = _version(a), _version(b)
    before, problem = product_rows.terms_of(left)
    after, other_problem = product_rows.terms_of(right)
    found = differences(before, after) if before and after else ()
    return page(request, "desk/products/diff", {
        "section": "products",
        "left": left,
        "right": right,
        "product": right.product,
        "changes": product_rows.changes(found),
        "problem": problem or other_problem,
    })


@require_POST
@staff_required
def clone(request: HttpRequest, version_id: int) -> HttpResponse:
    """An old version's words as a new draft: publishing it rolls back."""
    officer, old = require_duty(request, Duty.MAKE_PRODUCTS), _version(version_id)
    try:
        version = products.clone(
            officer=officer, version_id=old.pk, valid_from=posted_day(request), now=timezone.now()
        )
    except DomainError as error:
        return product_shown(request, old.product.code, error=error)
    return redirect("desk:product-edit", version.pk)


@require_POST
@staff_required
def retire(request: HttpRequest, version_id: int) -> HttpResponse:
    """A published version ends on a day."""
    officer, version = require_duty(request, Duty.RELEASE_PRODUCTS), _version(version_id)
    try:
        products.retire(
            officer=officer, version_id=version.pk, on=posted_day(request), now=timezone.now()
        )
    except DomainError as error:
        return product_shown(request, version.product.code, error=error)
    return redirect("desk:product", version.product.code)


def _version(version_id: int) -> Any:
    try:
        return version_by_id(version_id)
    except NoVersion:
        raise NotFound from None


def _before(version: Any) -> tuple[Any, ResolvedTerms | None]:
    """The version in force on the draft's first day, or else the terms of the product above."""
    try:
        before = current_version(version.product.code, version.valid_from)
        return before, resolved_terms(before.pk)
    except NoVersion:
        pass
    try:
        with in_words():
            above = layers_above(version)
            return None, resolve(above) if above else None
    except DomainError:
        return None, None


def _seen(version: Any) -> str:
    """A mark of what the version says: it changes with any of it."""
    said = (version.values, str(version.valid_from), str(version.valid_to), version.in_flight)
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:20]
