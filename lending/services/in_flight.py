"""Applications begun under a version that has been followed by another: they keep theirs, unless the
new version's own rule moves those not yet handed in.
"""

from datetime import date

from lending.models import LoanApplication
from products import selectors as product_selectors


def adopt(*, application: LoanApplication, today: date) -> bool:
    """Move a locked application that is being handed in to the version in force, if that says so.

    Returns whether it moved; the caller saves. Without a version in force the application keeps
    the one it was promised.
    """
    try:
        current = product_selectors.current_version(application.product_code, today)
    except product_selectors.NoVersion:
        return False
    if current.pk == application.product_version_id or current.in_flight != "move":
        return False
    application.product_version = current
    application.save(update_fields=["product_version"])
    return True
