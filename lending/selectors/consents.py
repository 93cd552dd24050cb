"""Consent texts in force and what a person has answered."""

from datetime import date
from typing import Any

from lending.models import Consent, ConsentText, LoanApplication
from lending.selectors import business_day
from products import selectors as product_selectors


def current_texts(on: date) -> dict[str, ConsentText]:
    """kind → the newest text valid on ``on``."""
    rows = (
        ConsentText.objects.filter(valid_from__lte=on).order_by("kind", "-version").distinct("kind")
    )
    return {row.kind: row for row in rows}


def answers(application: LoanApplication) -> dict[str, Consent]:
    """kind → the person's latest answer for this application."""
    rows = application.consents.order_by("kind", "-at").distinct("kind")
    return {row.kind: row for row in rows}


def accepted_ids(application: LoanApplication) -> dict[str, str]:
    """kind → consent id for every kind whose latest answer is yes."""
    return {kind: str(row.pk) for kind, row in answers(application).items() if row.accepted}


def needed_kinds(application: LoanApplication) -> tuple[str, ...]:
    """The kinds without which this product cannot be decided."""
    return product_selectors.resolved_terms(application.product_version_id).terms.consent_kinds


def missing_kinds(application: LoanApplication) -> list[str]:
    accepted = accepted_ids(application)
    return [kind for kind in needed_kinds(application) if kind not in accepted]


def required_texts(application: LoanApplication, language: str) -> list[dict[str, Any]]:
    """Texts to show, needed ones first: kind, version, title, body, required, accepted (or None)."""
    texts = current_texts(business_day.current(application.legal_entity))
    needed, answered = needed_kinds(application), answers(application)
    order = [*needed, *(kind for kind in texts if kind not in needed)]
    english = language.startswith("en")
    return [
        {
            "kind": kind,
            "version": texts[kind].version,
            "title": texts[kind].title_en if english else texts[kind].title_zh,
            "body": texts[kind].body_en if english else texts[kind].body_zh,
            "required": kind in needed,
            "accepted": answered[kind].accepted if kind in answered else None,
        }
        for kind in order
        if kind in texts
    ]
