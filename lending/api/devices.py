"""A partner's header that names the applicant's device, so that many applicants on one are seen."""

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from lending.domain.traits import DEVICE_FORM, is_device

HEADER = "X-Device-Id"
PARAMETER = OpenApiParameter(
    HEADER,
    {"type": "string", "pattern": f"^{DEVICE_FORM}$"},
    OpenApiParameter.HEADER,
    description="A random id of the applicant's device, the same on every visit; kept as a hash.",
)


def device_id(request: Request) -> str:
    """The header's value, "" without it; 400 for anything that cannot be an id."""
    text = str(request.headers.get(HEADER, ""))
    if text and not is_device(text):
        raise ValidationError({HEADER: [_("Send 16 to 64 letters, digits, _ or -.")]})
    return text
