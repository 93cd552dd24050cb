"""The logged-in person."""

from typing import Any

from rest_framework import serializers

from lending.api.serializers.applications import ApplicationRow, application_row
from lending.api.serializers.fields import Answer, Body, TrueOrFalse
from lending.models import Customer
from lending.selectors import applications, contact_wishes
from products.encryption import mask_id_number, mask_mobile, mask_name


class ContactWishes(Body):
    """Channels about debts; one left out stays as it is. Letters the law asks for always come."""

    sms = TrueOrFalse(required=False)
    call = TrueOrFalse(required=False)
    visit = TrueOrFalse(required=False)
    wechat = TrueOrFalse(required=False)


class PreferencesRequest(Body):
    marketing = TrueOrFalse()
    contact = ContactWishes(required=False)


class ContactAnswer(Answer):
    sms = serializers.BooleanField()
    call = serializers.BooleanField()
    visit = serializers.BooleanField()
    wechat = serializers.BooleanField()


class PreferencesAnswer(Answer):
    marketing = serializers.BooleanField()
    contact = ContactAnswer()


class OfficerContact(Answer):
    name = serializers.CharField()
    mobile = serializers.CharField()


class MeAnswer(Answer):
    customer_id = serializers.UUIDField()
    customer_no = serializers.CharField()
    mobile_masked = serializers.CharField()
    name_masked = serializers.CharField(allow_null=True)
    id_number_masked = serializers.CharField(allow_null=True)
    preferences = PreferencesAnswer()
    officer = OfficerContact(allow_null=True)
    open_application = ApplicationRow(allow_null=True)


def me_answer(customer: Customer) -> dict[str, Any]:
    open_application = applications.latest_open(customer)
    officer = customer.officer
    return {
        "customer_id": str(customer.pk),
        "customer_no": customer.customer_no,
        "mobile_masked": mask_mobile(customer.mobile),
        "name_masked": mask_name(customer.name) if customer.name else None,
        "id_number_masked": mask_id_number(customer.id_number) if customer.id_number else None,
        "preferences": preferences_answer(customer),
        "officer": {"name": officer.display_name, "mobile": officer.work_mobile}
        if officer
        else None,
        "open_application": application_row(open_application) if open_application else None,
    }


def preferences_answer(customer: Customer) -> dict[str, Any]:
    return {
        "marketing": customer.accepts_marketing,
        "contact": contact_wishes.of_customer(customer),
    }
