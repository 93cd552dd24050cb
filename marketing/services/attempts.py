"""Opening a journey attempt: the scan itself."""

from datetime import datetime
from uuid import UUID, uuid4

from django.db import IntegrityError, transaction

from marketing.models import JourneyAttempt

DEVICE_CLASSES = ("wechat_android", "wechat_ios", "android", "ios", "desktop")


def open_attempt(
    *,
    code: str,
    officer_id: int | None,
    branch_id: int | None,
    product_code: str,
    device_class: str,
    now: datetime,
    campaign: str = "",
    token: UUID | None = None,
) -> JourneyAttempt:
    """One row for one scan; its id is the source token of everything that follows.

    With ``token`` the scan joins the attempt of that id when events were faster than this insert.
    """
    attempt = JourneyAttempt(
        id=token or uuid4(),
        code=code,
        officer_id=officer_id,
        branch_id=branch_id,
        product_code=product_code,
        campaign=campaign,
        device_class=device_class[:20],
        scanned_at=now,
    )
    try:
        with transaction.atomic():
            attempt.save(force_insert=True)
    except IntegrityError:
        JourneyAttempt.objects.filter(pk=attempt.pk, scanned_at__isnull=True).update(
            scanned_at=now, code=code, device_class=device_class[:20]
        )
    return attempt
