"""The loan contract as a document: HTML for the phone (and for the signature), PDF to keep.

Both are deterministic: same facts, same bytes. The HTML carries everything it needs; its only style
element is constant, so a page served under a strict policy admits it by ``STYLE_SOURCE``.
"""

import base64
import hashlib
import re

from django.template.loader import render_to_string

from lending.documents.contract_content import ContractFacts, Evidence, compose

__all__ = ["ContractFacts", "Evidence", "article", "render_html", "render_pdf", "style_source"]

_TEMPLATE = "lending/documents/contract.html"
_STYLE = re.compile(r"<style>(.*?)</style>", re.DOTALL)
_ARTICLE = re.compile(r"<article\b.*</article>", re.DOTALL)


def render_html(facts: ContractFacts) -> str:
    """A whole HTML page; its UTF-8 bytes are what is hashed, stored and signed."""
    content = compose(facts)
    return render_to_string(_TEMPLATE, {"paper": content, "words": vars(content.words)})


def article(html: str) -> str:
    """The contract itself out of a stored page, to stand inside another page word for word."""
    found = _ARTICLE.search(html)
    return found.group() if found else ""


def style_source(html: str) -> str:
    """The ``style-src`` source that lets a stored page's own style element through a strict CSP."""
    found = _STYLE.search(html)
    digest = hashlib.sha256((found.group(1) if found else "").encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


def render_pdf(facts: ContractFacts, *, html_sha256: str = "") -> bytes:
    """The same paper as A4 PDF with embedded fonts; ``html_sha256`` stands on every page."""
    from lending.documents import contract_pdf  # reportlab is only needed where papers are printed

    return contract_pdf.render(compose(facts), html_sha256 or _hash(facts))


def _hash(facts: ContractFacts) -> str:
    return hashlib.sha256(render_html(facts).encode()).hexdigest()
