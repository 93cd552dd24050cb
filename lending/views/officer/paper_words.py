"""Words for papers about a loan."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

PAPERS: Mapping[str, Any] = {
    "statement": _("Loan statement"),
    "payoff_letter": _("Payoff letter"),
    "settlement_letter": _("Settlement letter"),
    "interest_certificate": _("Certificate of interest paid"),
}
TABLES = {"paper": PAPERS}
