"""Consents, the few questions, the bank card, and the look at everything before handing in."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from lending.domain.application_flow import State
from lending.errors import DomainError, IllegalState, NotFound
from lending.forms.customer import (
    AmountForm,
    CardForm,
    ChoiceForm,
    ConsentForm,
    CustomerForm,
    TextForm,
)
from lending.models import LoanApplication
from lending.selectors import applications as application_selectors
from lending.selectors import consents as consent_selectors
from lending.services import cards as card_service
from lending.services import consents as consent_service
from lending.services import disbursements as disbursement_service
from lending.services import human_reviews
from lending.services import profiles as profile_service
from lending.services import submissions as submission_service
from lending.views.customer import access, devices
from products import selectors as product_selectors
from products.encryption import mask_id_number, mask_mobile, mask_name

_GET_POST = require_http_methods(["GET", "HEAD", "POST"])


@_GET_POST
@access.application_page(*access.EDITABLE)
def consents(request: HttpRequest, application: LoanApplication) -> HttpResponse:
    """Each text on its own line with its own box, none ticked. Marketing may be left open."""
    if application.state == State.DRAFT:
        return redirect(access.resume_url(application))
    texts = consent_selectors.required_texts(application, get_language() or "zh-hans")
    posted = request.method == "POST"
    form = ConsentForm(request.POST if posted else None, texts=texts)
    wants_person = "wants_person" in request.POST if posted else application.wants_person
    if posted:
        accepted, refused = form.answers()
        try:
            whose = {"application_id": application.pk, "customer": application.customer}
            human_reviews.ask_for_person(**whose, wants=wants_person, now=timezone.now())
            consent_service.record(
                **whose,
                accept=accepted,
                refuse=refused,
                channel="page",
                client_ip=access.client_ip(request),
                now=timezone.now(),
            )
        except IllegalState:
            return access.onwards(application)
        except DomainError as error:
            form.take(error)
        if form.is_valid():
            return access.onwards(application)
    given = application.state == State.CONSENTED
    return access.page(
        request,
        "consents",
        {
            "form": form,
            "given": given,
            "onwards": access.resume_url(application),
            "wants_person": wants_person,
            "review_days": settings.REVIEW_WORKING_DAYS,
        },
        application=application,
        step=4,
        back=access.place_url("identity", application),
    )


def _question_form(question: str, data: Any, saved: Any) -> CustomerForm:
    """The form of one question, showing the saved answer again."""
    initial = {"answer": str(saved)} if saved is not None else None
    if question == "monthly_income":
        return AmountForm(
            data,
            initial=initial,
            question=question,
            label=_("Yuan a month"),
            hint=_(
                "About how much, for your whole home. If money comes once a year, divide by 12."
            ),
        )
    if question in ("employer",):
        return TextForm(data, initial=initial, question=question, label=_("Name of the employer"))
    if question == "years_in_trade":
        return AmountForm(data, initial=initial, question=question, label=_("Years"))
    return ChoiceForm(data, initial=initial, question=question)


def _headings() -> dict[str, str]:
    return {
        "occupation": _("What do you do?"),
        "monthly_income": _("How much do you earn a month?"),
        "household_size": _("How many people live in your home?"),
        "industry": _("Where does your income come from?"),
        "employer": _("Where do you work?"),
        "years_in_trade": _("For how many years?"),
        "marital_status": _("Are you married?"),
    }


@_GET_POST
@access.application_page(*access.EDITABLE)
def question(request: HttpRequest, application: LoanApplication, name: str) -> HttpResponse:
    """One question of the product. Going back shows the answer given."""
    asked = list(product_selectors.resolved_terms(application.product_version_id).terms.questions)
    if name not in asked:
        raise NotFound
    form = _question_form(
        name, request.POST if request.method == "POST" else None, application.profile.get(name)
    )
    if request.method == "POST" and form.is_valid():
        try:
            profile_service.save(
                application_id=application.pk,
                customer=application.customer,
                answers={name: form.cleaned_data["answer"]},
                now=timezone.now(),
            )
        except IllegalState:
            return access.onwards(application)
        except DomainError as error:
            form.take(error)
        else:
            return _next_question(application, asked, name)
    position = asked.index(name)
    back = (
        access.place_url("question", application, asked[position - 1])
        if position
        else access.place_url("consents", application)
    )
    context = {
        "form": form,
        "heading": _headings().get(name, name),
        "number": position + 1,
        "compact": name in ("industry", "household_size"),
        "count": len(asked),
    }
    return access.page(request, "question", context, application=application, step=5, back=back)


def _next_question(application: LoanApplication, asked: list[str], name: str) -> HttpResponse:
    """The next question in order, also after going back; after the last, whatever is missing."""
    position = asked.index(name) + 1
    if position < len(asked):
        return redirect(access.place_url("question", application, asked[position]))
    return access.onwards(application)


@_GET_POST
@access.application_page(*access.EDITABLE)
def bank_card(request: HttpRequest, application: LoanApplication) -> HttpResponse:
    return _card(request, application, template="bank_card")


@_GET_POST
@access.application_page(State.SIGNED)
def card_again(request: HttpRequest, application: LoanApplication) -> HttpResponse:
    """The bank sent the money back: another card, and the payout goes on."""
    return _card(request, application, template="card_again")


def _card(request: HttpRequest, application: LoanApplication, *, template: str) -> HttpResponse:
    again = template == "card_again"
    form = CardForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            card_service.bind(
                application_id=application.pk,
                customer=application.customer,
                card_number=form.cleaned_data["card_number"],
                mobile=form.cleaned_data["mobile"] or application.customer.mobile,
                now=timezone.now(),
            )
            if again:
                disbursement_service.retry_payout(
                    application_id=application.pk, customer=application.customer, now=timezone.now()
                )
        except DomainError as error:
            form.take(error)
        else:
            return access.onwards(application)
    context = {
        "form": form,
        "card": application.bank_card,
        "onwards": access.resume_url(application),
        "mobile_masked": mask_mobile(application.customer.mobile),
    }
    asked = product_selectors.resolved_terms(application.product_version_id).terms.questions
    back = (
        ""
        if again
        else (
            access.place_url("question", application, asked[-1])
            if asked
            else access.place_url("consents", application)
        )
    )
    return access.page(
        request, template, context, application=application, step=8 if again else 6, back=back
    )


@_GET_POST
@access.application_page(*access.EDITABLE)
def check(request: HttpRequest, application: LoanApplication) -> HttpResponse:
    """Everything on one page, masked, each with a way to change it; then hand in."""
    if application_selectors.next_steps(application) != ["submit"]:
        return redirect(access.resume_url(application))
    problem = ""
    if request.method == "POST":
        try:
            submission_service.submit(
                application_id=application.pk,
                customer=application.customer,
                now=timezone.now(),
                device=devices.device_of(request),
            )
        except IllegalState:
            return access.onwards(application)
        except DomainError as error:
            problem = str(error.message)
        else:
            return devices.remembered(request, access.onwards(application))
    context = {"rows": _summary(application), "problem": problem}
    return access.page(
        request,
        "check",
        context,
        application=application,
        step=6,
        back=access.place_url("bank-card", application),
    )


def _summary(application: LoanApplication) -> list[dict[str, str]]:
    """Rows of the check page: label, value (masked where personal) and where to change it."""
    from lending.forms.customer_choices import label
    from lending.templatetags.customer_pages import yuan

    short = {
        "occupation": _("Work"),
        "monthly_income": _("Income a month"),
        "household_size": _("People at home"),
        "industry": _("Income from"),
        "employer": _("Employer"),
        "years_in_trade": _("Years"),
    }
    identity = access.place_url("identity", application)
    rows = [
        {"label": _("For"), "value": label("purpose", application.purpose), "url": ""},
        {
            "label": _("Amount wished"),
            "url": "",
            "value": yuan(application.requested_amount) or _("As much as possible"),
        },
        {"label": _("Name"), "value": mask_name(application.name or ""), "url": identity},
        {
            "label": _("ID number"),
            "value": mask_id_number(application.id_number or ""),
            "url": identity,
        },
    ]
    for name in product_selectors.resolved_terms(application.product_version_id).terms.questions:
        saved = application.profile.get(name, "")
        rows.append(
            {
                "label": short.get(name, name),
                "value": yuan(saved) if name == "monthly_income" else label(name, str(saved)),
                "url": access.place_url("question", application, name),
            }
        )
    card = application.bank_card
    rows.append(
        {
            "label": _("Bank card"),
            "value": f"**** {card.last_four}" if card else "",
            "url": access.place_url("bank-card", application),
        }
    )
    return rows
