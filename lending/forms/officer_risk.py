"""What staff choose on the pages about decisions: days to look at, and how a challenger is tried."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lending.forms.customer_base import CustomerForm
from risk.selectors.monitoring import DAYS_MAX, Span

PERIODS = [
    ("week", _("This week")),
    ("30", _("30 days")),
    ("90", _("90 days")),
    ("days", _("From … to …")),
]


def chosen_span(asked: Any, today: date) -> tuple[Span, dict[str, str]]:
    """The span a query string asks for, made safe, and the same for filling the form again."""
    product = str(asked.get("product", ""))[:40].replace("\x00", "")
    period = asked.get("period", "30")
    until = min(_day(asked.get("until", ""), today), today)
    if period == "days":
        since = min(_day(asked.get("since", ""), until - timedelta(days=29)), until)
    else:
        until = today
        back = {"week": today.weekday(), "90": 89}.get(period, 29)
        period = period if period in ("week", "90") else "30"
        since = today - timedelta(days=back)
    since = max(since, until - timedelta(days=DAYS_MAX - 1))
    shown = {
        "period": period,
        "since": since.isoformat(),
        "until": until.isoformat(),
        "product": product,
    }
    return Span(since, until, product), shown


def _day(text: str, default: date) -> date:
    try:
        return max(date.fromisoformat(text), date(2000, 1, 1))
    except ValueError:
        return default


class TrialForm(CustomerForm):
    """Shadow or split, the share of a split, and why."""

    mode = forms.ChoiceField(
        label=_("How"),
        choices=[
            ("shadow", _("In the shadow: it decides nothing, its answers are kept")),
            ("split", _("A share: it decides some applications")),
        ],
        initial="shadow",
    )
    share_percent = forms.IntegerField(
        label=_("Share of applications in percent"),
        help_text=_("Only for a share: 1 to 50."),
        required=False,
        min_value=1,
        max_value=50,
        initial=10,
        widget=forms.NumberInput(attrs={"min": 1, "max": 50, "inputmode": "numeric"}),
    )
    note = forms.CharField(label=_("What you want to learn"), max_length=300, required=False)
