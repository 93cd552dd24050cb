"""Money, states, decisions, messages: every other table, to look at. One line each."""

from django.contrib import admin
from django.db.models import Model

from lending import models as rows
from products.read_only_admin import ReadOnlyAdmin


def look(
    model: type[Model],
    *columns: str,
    order: str = "-pk",
    hide: tuple[str, ...] = (),
    find: str = "",
) -> None:
    """Register ``model`` for looking at, with these columns."""
    related = tuple(
        name
        for name in columns
        if name != "__str__" and model._meta.get_field(name).is_relation  # type: ignore[union-attr]
    )
    attributes = {
        "list_display": columns,
        "ordering": (order,),
        "exclude": hide,
        "__module__": __name__,
        "list_select_related": related or False,
        "search_fields": (find,) if find else (),
    }
    admin.site.register(model, type(f"{model.__name__}Admin", (ReadOnlyAdmin,), attributes))


look(rows.LegalEntity, "code", "name", "name_en")
look(rows.BusinessDay, "legal_entity", "current_date", "opened_at")
look(
    rows.ApplicationMove,
    "at",
    "application",
    "from_state",
    "to_state",
    "role",
    "actor",
    order="-at",
)
look(rows.ConsentText, "kind", "version", "title_zh", "valid_from")
look(
    rows.Consent,
    "at",
    "customer",
    "kind",
    "accepted",
    "text",
    "channel",
    order="-at",
    hide=("client_ip_index",),
)
look(
    rows.BankCard,
    "id",
    "customer",
    "last_four",
    "created_at",
    order="-created_at",
    hide=("card_index",),
)
look(
    rows.Offer,
    "created_at",
    "application",
    "label_zh",
    "amount_max",
    "annual_rate",
    "apr",
    "state",
    order="-created_at",
)
look(
    rows.ManualReview,
    "at",
    "application",
    "reviewer",
    "verdict",
    "machine_limit",
    "approved_limit",
    order="-at",
)
look(rows.ReviewRequest, "at", "application", order="-at")
look(
    rows.LoanContract,
    "contract_no",
    "amount",
    "apr",
    "term_months",
    "method",
    "created_at",
    "signed_at",
    order="-created_at",
    find="=contract_no",
)
look(
    rows.Loan,
    "note_no",
    "customer",
    "product_code",
    "principal",
    "principal_balance",
    "apr",
    "state",
    "start_date",
    order="-created_at",
    find="=note_no",
)
look(rows.Instalment, "loan", "number", "due_date", "principal", "interest", find="=loan__note_no")
look(
    rows.Disbursement,
    "core_key",
    "amount",
    "state",
    "attempt",
    "problem",
    "created_at",
    "settled_at",
    order="-created_at",
    hide=("lease_token",),
    find="=core_key",
)
look(
    rows.ExternalCall,
    "started_at",
    "disbursement",
    "kind",
    "outcome",
    "detail",
    order="-started_at",
)
