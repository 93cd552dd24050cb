"""Where a request came from, if the caller says so: to a hundredth of a degree, encrypted."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from lending.domain.distances import NotAPlace, Place, coarse, kilometres
from lending.errors import InvalidInput
from lending.models import LoanApplication, ReferralCode


def clean(location: Mapping[str, Any] | None) -> Place | None:
    """A coarse place from ``lat`` and ``lon`` in degrees; ``InvalidInput`` on ``location``."""
    if location is None:
        return None
    try:
        return coarse(location.get("lat"), location.get("lon"))
    except NotAPlace:
        raise InvalidInput.field(
            "location", _("Please send latitude and longitude in degrees."), "invalid_location"
        ) from None


def keep(*, application: LoanApplication, place: Place | None, code: ReferralCode) -> None:
    """Store the place with its distance to the branch of the code's officer, if both are known."""
    if place is None:
        return
    branch = code.officer.branch if code.officer else None
    home = None
    if branch is not None and branch.latitude is not None and branch.longitude is not None:
        home = (float(branch.latitude), float(branch.longitude))
    application.location = {
        "lat": f"{place[0]:.2f}",
        "lon": f"{place[1]:.2f}",
        "km": None if home is None else kilometres(place, home),
    }
    application.save(update_fields=["location"])
