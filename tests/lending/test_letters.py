"""The letter of a refusal: reasons, sources, rights, no score; printed once and then final."""

import hashlib
import re
from dataclasses import replace
from datetime import date

import pytest
from django.db import DatabaseError, transaction

from lending import tasks
from lending.documents.adverse_action import LetterFacts, compose
from lending.documents.adverse_action_pdf import render
from lending.errors import NotFound
from lending.models import DecisionLetter, OutboxMessage
from lending.services import letters, reviews
from tests.lending.conftest import Cast

CODE = "s101-shandai"
FACTS = LetterFacts(
    letter_no="JG2026112400000001",
    application_no="0a6e",
    lender=("广元示范村镇银行", "Guangyuan Demo Rural Bank"),
    applicant="陈桂英",
    product=("闪贷", "Shandai"),
    applied_on=date(2026, 11, 24),
    refused_on=date(2026, 11, 24),
    reasons=(("您目前有逾期未还的贷款。", "You have a loan that is overdue now."),),
    helps=(("还清当前逾期，可能可以获得贷款。", "If you pay what is overdue, a loan may become possible."),),
    sources=(("bureau", "征信报告", "credit bureau"),),
)


def text_of(facts: LetterFacts = FACTS) -> str:
    letter = compose(facts)
    parts = [letter.opening, letter.closing]
    parts += [pair for section in letter.sections for pair in (section.title, *section.paragraphs)]
    return "\n".join("\n".join(pair) for pair in parts)


def test_a_letter_gives_reasons_sources_help_and_rights_in_both_languages() -> None:
    text = text_of()
    for words in (
        "您目前有逾期未还的贷款。", "You have a loan that is overdue now.", "征信报告",
        "每年可免费查询两次", "free twice a year", "pbccrc.org.cn", "可能可以获得贷款", "不构成承诺",
        "5个工作日", "within 5 working days", "12378", "申请编号 0a6e", "2026年11月24日",
    ):
        assert words in text, words


def test_a_letter_holds_no_score_and_no_figure_of_the_machine() -> None:
    text = text_of()
    assert not re.search(r"评分\d|score \d|[A-E]级|grade [A-E]|\d+分", text)


def test_after_a_persons_verdict_the_letter_does_not_offer_another() -> None:
    text = text_of(replace(FACTS, by_person=True, helps=(), sources=()))
    assert "已由客户经理人工审核" in text
    assert "请人工看一看" not in text
    assert "我们参考了哪些信息" not in text


def test_the_same_letter_is_the_same_bytes_and_another_has_another_hash() -> None:
    first = render(compose(FACTS))
    assert first == render(compose(FACTS))
    assert first.startswith(b"%PDF")
    assert compose(FACTS).sha256 != compose(replace(FACTS, applicant="王小明")).sha256


def test_a_letter_survives_hostile_and_endless_words() -> None:
    nasty = replace(
        FACTS, applicant="<b>\u202eevil</b>" * 40,
        reasons=tuple(("原因" * 400 + "\x00<script>", "why " * 400) for _ in range(12)),
    )
    assert render(compose(nasty)).startswith(b"%PDF")


@pytest.mark.django_db
def test_a_refusal_writes_its_letter_which_a_worker_prints_once(cast: Cast) -> None:
    applicant = cast.applicant("court_debtor", code=CODE)
    applicant.complete()
    assert applicant.decide() == "declined"
    letter = DecisionLetter.objects.get(application=applicant.application)
    asked = OutboxMessage.objects.get(task="lending.render_decision_letter")
    assert asked.arguments == {"letter_id": str(letter.pk)}
    tasks.render_decision_letter(letter_id=str(letter.pk))
    tasks.render_decision_letter(letter_id=str(letter.pk))
    letter.refresh_from_db()
    assert hashlib.sha256(letter.pdf).hexdigest() == letter.pdf_sha256
    assert letter.content_sha256 == compose(letters.facts_of(letter)).sha256
    facts = letters.facts_of(letter)
    assert ("courts" in [code for code, _, _ in facts.sources]) is True
    assert facts.helps == ()  # the law refuses: nothing is suggested
    for change in ({"letter_no": "JG1"}, {"pdf_sha256": "0" * 64}):
        with pytest.raises(DatabaseError), transaction.atomic():
            DecisionLetter.objects.filter(pk=letter.pk).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        letter.delete()


@pytest.mark.django_db
def test_nobody_gets_a_letter_without_a_refusal(cast: Cast) -> None:
    applicant = cast.applicant("rice_farmer", code=CODE).to_offer()
    with pytest.raises(NotFound):
        letters.of_application(application=applicant.application, now=applicant.now)
    assert not DecisionLetter.objects.exists()


@pytest.mark.django_db
def test_a_letter_tells_the_machines_refusal_even_when_a_person_was_asked_since(cast: Cast) -> None:
    applicant = cast.applicant("court_debtor", code=CODE)
    applicant.complete()
    applicant.decide()
    reviews.request_review(**applicant.key(), reason="settled")
    letter = DecisionLetter.objects.get()
    facts = letters.facts_of(letter)
    assert not facts.by_person
    assert facts.reasons
    assert any("法院" in zh for zh, _ in facts.reasons)
