"""What is asked of whom: one question per source about exactly this subject."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from products.encryption import blind_index
from risk.contracts import Subject
from risk.domain.canonical import canonical
from risk.gateways.sources import Source


@dataclass(frozen=True)
class Question:
    """One source asked about one subject; ``index`` tells exactly which question was put."""

    source: Source
    index: str
    consent_id: str


#: A claim this caller won: the question, the report's id, the number of the attempt.
Claim = tuple[Question, UUID, int]


def questions_for(
    subject: Subject, consents: Mapping[str, str], sources: Sequence[Source]
) -> list[Question]:
    """What may and can be asked now: consented to, and the subject has what the question needs."""
    questions = []
    for source in sources:
        consent_id, body = consents.get(source.consent_kind), source.body(subject)
        if consent_id and body is not None:
            index = blind_index(canonical(body).decode(), purpose=f"source:{source.code}")
            questions.append(Question(source, index, str(consent_id)))
    return questions
