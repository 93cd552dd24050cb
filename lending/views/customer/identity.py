"""The ID card: by camera, read in a worker and confirmed by the person; or typed by hand."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from lending.errors import DomainError
from lending.forms.customer import IdentityForm
from lending.forms.customer_base import CustomerForm
from lending.models import IdCardReading, LoanApplication
from lending.services import identity as identity_service
from lending.views.customer import access
from products.encryption import mask_id_number, mask_name

_GET_POST = require_http_methods(["GET", "HEAD", "POST"])
#: Larger files are not even read; the phone shrinks pictures before sending when it can.
UPLOAD_MAX = 10_000_000

#: What the reader noticed → what the person can do about it.
PROBLEMS = {
    "blurred": _("The photo is blurred. Hold still, in good light, and take it again."),
    "not_a_card": _("We see no ID card in this photo. Please take a photo of your ID card."),
    "wrong_side": _("The two sides are mixed up. First the side with your portrait, please."),
    "number_unsure": _("We are not sure of the ID number. Please compare it with your card."),
    "incomplete": _("Part of the card could not be read. Please fill in what is missing."),
}
_UNREAD = _("We could not read the card. Please take the photo again, or type your details.")


def problem_words(code: str) -> str:
    return str(PROBLEMS.get(code, _UNREAD)) if code else ""


def _latest(application: LoanApplication) -> IdCardReading | None:
    return application.readings.order_by("-created_at").first()


@require_GET
@access.application_page(*access.EDITABLE)
def choose(request: HttpRequest, application: LoanApplication) -> HttpResponse:
    """Camera or by hand; when it is done already: what we have, masked, and the way on."""
    known = None
    if application.id_number:
        known = {
            "name": mask_name(application.name or ""),
            "id_number": mask_id_number(application.id_number),
        }
    return access.page(
        request,
        "identity",
        {"known": known, "onwards": access.resume_url(application)},
        application=application,
        step=3,
    )


class _PhotoForm(CustomerForm):
    """Files are read by hand: two inputs a side, camera or album. Only the errors live here."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for side in ("front", "back"):
            self.fields[side] = forms.FileField(required=False)


def _upload(request: HttpRequest, side: str) -> tuple[bytes | None, bool]:
    """The picture of one side from camera or album, and whether it is too large to look at."""
    for source in ("camera", "album"):
        file = request.FILES.get(f"{side}_{source}")
        if file:
            if (file.size or 0) > UPLOAD_MAX:
                return None, True
            return file.read(), False
    return None, False


@_GET_POST
@access.application_page(*access.EDITABLE)
def photo(request: HttpRequest, application: LoanApplication) -> HttpResponse:
    """One bare file input a side. On success the reading waits on the next page."""
    form = _PhotoForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        pictures, too_large = {}, identity_service.PICTURE_PROBLEMS["too_large"]
        for side in ("front", "back"):
            pictures[side], large = _upload(request, side)
            if large:
                form.add_error(side, str(too_large))
        if not form.errors:
            try:
                identity_service.store_pictures(
                    application_id=application.pk,
                    customer=application.customer,
                    front=pictures["front"],
                    back=pictures["back"],
                    now=timezone.now(),
                )
            except DomainError as error:
                form.take(error)
            else:
                return redirect(access.place_url("reading", application))
    latest = _latest(application)
    problem = ""
    if (
        request.method != "POST"
        and latest is not None
        and latest.state == IdCardReading.State.UNREADABLE
    ):
        problem = problem_words(latest.problem) or str(_UNREAD)
    return access.page(
        request,
        "photo",
        {"form": form, "problem": problem},
        application=application,
        step=3,
        back=access.place_url("identity", application),
    )


@require_GET
@access.application_page(*access.EDITABLE)
def reading(request: HttpRequest, application: LoanApplication) -> HttpResponse:
    """Waiting while the card is read: about two seconds."""
    target = _after_reading(application)
    if target:
        return redirect(target)
    return access.page(request, "reading", application=application, step=3)


@require_GET
@access.application_page(*access.EDITABLE)
def reading_state(request: HttpRequest, application: LoanApplication) -> HttpResponse:
    """For the waiting page's script: has the card been read?"""
    target = _after_reading(application)
    return JsonResponse({"changed": bool(target), "go": target, "again": 700})


def _after_reading(application: LoanApplication) -> str:
    latest = _latest(application)
    if latest is None or latest.state == IdCardReading.State.UNREADABLE:
        return access.place_url("photo", application)
    if latest.state == IdCardReading.State.READ:
        return access.place_url("confirm", application)
    return ""


@_GET_POST
@access.application_page(*access.EDITABLE)
def confirm(request: HttpRequest, application: LoanApplication) -> HttpResponse:
    """The fields as read, to compare and correct. Shown once: later pages mask them."""
    latest = _latest(application)
    unread = latest is None or latest.state != IdCardReading.State.READ
    if request.method != "POST" and (application.id_number or unread):
        return redirect(access.place_url("identity", application))
    fields = (latest.fields or {}) if latest else {}
    read = {k: v for k, v in fields.items() if v}
    problem = problem_words(latest.problem) if latest else ""
    return _details(request, application, read, template="confirm", notice=problem)


@_GET_POST
@access.application_page(*access.EDITABLE)
def by_hand(request: HttpRequest, application: LoanApplication) -> HttpResponse:
    return _details(request, application, {}, template="by_hand", notice="")


def _details(
    request: HttpRequest,
    application: LoanApplication,
    initial: dict[str, Any],
    *,
    template: str,
    notice: str,
) -> HttpResponse:
    form = IdentityForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            identity_service.confirm(
                application_id=application.pk,
                customer=application.customer,
                now=timezone.now(),
                **form.cleaned_data,
            )
        except DomainError as error:
            form.take(error)
        else:
            return access.onwards(application)
    return access.page(
        request,
        template,
        {"form": form, "notice": notice},
        application=application,
        step=3,
        back=access.place_url("identity", application),
    )
