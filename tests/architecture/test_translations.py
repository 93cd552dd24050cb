"""Every text of ours is there in Chinese: whole, in plain words, with its figures in place.

When one of these fails: ``manage.py makemessages -l zh_Hans --no-location --no-wrap``, write what is
missing into ``locale/zh_Hans/LC_MESSAGES/django.po``, then ``manage.py compilemessages -l zh_Hans``.
"""

import re

from tests.architecture.catalogue import (
    Message,
    compiled,
    entries,
    messages_of,
    placeholders,
    python_messages,
    template_messages,
)
from tests.architecture.sources import APPS, PROJECT

FOLDERS = ("config", *APPS)
TEMPLATES = ("templates", *APPS)
#: What a person of 60 takes in at one look (Chinese characters; 4.2, rule 12).
QUESTION, HINT = 15, 40
_HAN = "[\u4e00-\u9fff]"
_HALF_WIDTH = re.compile(rf"{_HAN}[,;:?!()]|[,;:?!(]{_HAN}")
_HEADING = re.compile(r"{% block heading %}(.*?){% endblock %}", re.S)


def _given() -> dict[Message, str]:
    return {e.message: e.translation for e in entries() if e.translation and not e.fuzzy}


def _by_lookup() -> dict[tuple[str, str], str]:
    return {(m.context, m.text): text for m, text in _given().items()}


def test_the_code_speaks_chinese() -> None:
    given = _given()
    missing = [
        f"{path}:{line} {message.text}"
        for path, line, message in python_messages(*FOLDERS)
        if message and message not in given
    ]
    assert missing == []


def test_the_templates_speak_chinese() -> None:
    given = _given()
    asked = list(template_messages(*TEMPLATES))
    assert len(asked) > 100
    assert [f"{path} {message.text}" for path, message in asked if message not in given] == []


def test_nothing_is_put_together_before_it_is_translated() -> None:
    """``_(f"…")`` is never found in a catalogue."""
    made = [f"{path}:{line}" for path, line, message in python_messages(*FOLDERS) if not message]
    assert made == []


def test_templates_are_read_as_gettext_reads_them() -> None:
    source = (
        "{% load i18n %}{% translate 'a' context \"b\" %}{{ _('c') }}"
        "{% blocktranslate trimmed count n=2 with x=y %}\n 1 {{ x }}\n{% plural %}\n"
        " {{ n }} of 5%\n{% endblocktranslate %}"
    )
    assert sorted(messages_of(source)) == [
        Message("1 %(x)s", plural="%(n)s of 5%%"),
        Message("a", context="b"),
        Message("c"),
    ]


def test_figures_and_names_keep_their_place() -> None:
    wrong = [
        e.message.text for e in entries() if placeholders(e.translation) != e.message.placeholders
    ]
    assert wrong == []


def test_no_guesses_are_left() -> None:
    assert [e.message.text for e in entries() if e.fuzzy or not e.translation] == []


def test_one_word_is_translated_once() -> None:
    seen = [(e.message.context, e.message.text) for e in entries()]
    assert len(seen) == len(set(seen))


def test_punctuation_is_chinese() -> None:
    assert [e.translation for e in entries() if _HALF_WIDTH.search(e.translation)] == []


def test_the_compiled_catalogue_is_up_to_date() -> None:
    written = {
        f"{m.context}\x04{m.text}" if m.context else m.text: text for m, text in _given().items()
    }
    assert compiled() == written


def test_questions_on_the_phone_are_short() -> None:
    """The heading of a page is its question (marketing and screens, 4.2, rule 12)."""
    given = _by_lookup()
    pages = (PROJECT / "templates/lending/customer").glob("*.html")
    long = {
        page.name: text
        for page in pages
        for heading in _HEADING.findall(page.read_text(encoding="utf-8"))
        for message in messages_of("{% load i18n %}" + heading)
        if len(text := given[message.context, message.text]) > QUESTION
    }
    assert long == {}


def test_sentences_on_the_phone_are_short() -> None:
    given = _given()
    asked = {m for path, m in template_messages("templates/lending/customer")}
    asked |= {m for path, _, m in python_messages("lending") if m and "customer" in str(path)}
    assert [given[m] for m in asked if len(re.findall(_HAN, given[m])) > HINT] == []
