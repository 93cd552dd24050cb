"""The admin's table of contents: what belongs together, in words of the bank."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

#: group → (app label, model name, words)
GROUPS: Sequence[tuple[Any, Sequence[tuple[str, str, Any]]]] = (
    (
        _("People and places"),
        (
            ("auth", "user", _("Staff accounts")),
            ("auth", "group", _("Groups of rights")),
            ("otp_totp", "totpdevice", _("Authenticators")),
            ("lending", "officer", _("Officers")),
            ("lending", "branch", _("Branches")),
            ("lending", "village", _("Villages")),
            ("lending", "referralcode", _("QR codes")),
            ("lending", "legalentity", _("Legal entities")),
        ),
    ),
    (
        _("Customers and applications"),
        (
            ("lending", "customer", _("Customers")),
            ("lending", "loanapplication", _("Applications")),
            ("lending", "applicationmove", _("Moves of applications")),
            ("lending", "offer", _("Offers")),
            ("lending", "couponuse", _("Uses of coupons")),
            ("lending", "manualreview", _("Verdicts of people")),
            ("lending", "reviewrequest", _("Requests for a person")),
            ("lending", "decisionletter", _("Letters of refusal")),
            ("lending", "consent", _("Consents")),
            ("lending", "consenttext", _("Consent texts")),
            ("lending", "bankcard", _("Bank cards")),
        ),
    ),
    (
        _("Contracts and money"),
        (
            ("lending", "loancontract", _("Contracts")),
            ("lending", "loan", _("Loans")),
            ("lending", "creditline", _("Credit lines")),
            ("lending", "linemovement", _("Movements of lines")),
            ("lending", "drawdown", _("Drawings")),
            ("lending", "instalment", _("Instalments")),
            ("lending", "disbursement", _("Payouts")),
            ("lending", "externalcall", _("Calls to the core bank")),
            ("lending", "inboundevent", _("Calls from the core bank")),
            ("lending", "reconciliationbreak", _("Differences with the core bank")),
            ("lending", "account", _("Accounts")),
            ("lending", "journal", _("Journals")),
            ("lending", "posting", _("Postings")),
            ("lending", "businessday", _("Business day")),
        ),
    ),
    (
        _("Risk"),
        (
            ("risk", "decisionrecord", _("Decisions")),
            ("risk", "sourcereport", _("Answers of sources")),
            ("risk", "strategy", _("Strategies")),
            ("risk", "strategyversion", _("Versions of strategies")),
            ("risk", "customerlist", _("Customer lists")),
            ("risk", "listimport", _("Imports of lists")),
        ),
    ),
    (
        _("Products"),
        (
            ("products", "product", _("Products")),
            ("products", "productversion", _("Versions of products")),
            ("products", "regulatoryparameter", _("Numbers of the law")),
            ("products", "operatingarea", _("Operating area")),
            ("products", "incomecalendar", _("Income calendars")),
            ("products", "ratecoupon", _("Rate coupons and subsidies")),
        ),
    ),
    (
        _("Marketing"),
        (
            ("marketing", "journeyattempt", _("Journey attempts")),
            ("marketing", "eventcursor", _("Reading positions")),
        ),
    ),
    (
        _("Trail and machinery"),
        (
            ("lending", "auditentry", _("Audit trail")),
            ("lending", "fairnessday", _("Days counted for fairness")),
            ("lending", "fairnesscell", _("Decisions by group")),
            ("lending", "lendingevent", _("Events")),
            ("lending", "outboxmessage", _("Outbox")),
            ("lending", "smsmessage", _("Text messages")),
            ("lending", "deadletter", _("Tasks that failed for good")),
            ("axes", "accessattempt", _("Failed logins")),
            ("axes", "accesslog", _("Logins")),
        ),
    ),
)


def grouped(apps: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Django's list of apps and models, regrouped; what no group names keeps its own place at the end."""
    models = {
        (app["app_label"], model["object_name"].lower()): model
        for app in apps
        for model in app["models"]
    }
    groups = []
    for title, rows in GROUPS:
        found = [
            {**model, "name": words}
            for label, name, words in rows
            if (model := models.pop((label, name), None))
        ]
        if found:
            groups.append(_group(title, found))
    if models:
        groups.append(_group(_("Everything else"), list(models.values())))
    return groups


def _group(title: Any, models: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "name": title,
        "app_label": "",
        "app_url": models[0]["admin_url"],
        "has_module_perms": True,
        "models": models,
    }
