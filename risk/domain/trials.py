"""Which applications a challenger decides: a stable hash, so nobody chooses and every round agrees."""

from hashlib import sha256
from uuid import UUID

BUCKETS = 10_000
SHADOW, SPLIT = "shadow", "split"
SHARE_MIN, SHARE_MAX = 1, 50


def bucket(salt: str, application_id: UUID) -> int:
    """0 … 9999, the same for ever for one application under one trial's salt.

    The first eight bytes of SHA-256; their bias over 10,000 buckets is below 10⁻¹⁵.
    """
    digest = sha256(f"{salt}:{application_id}".encode()).digest()
    return int.from_bytes(digest[:8], "big") % BUCKETS


def is_challenged(salt: str, application_id: UUID, share_percent: int) -> bool:
    """Whether the challenger decides this application: ``share_percent`` of all buckets do."""
    return bucket(salt, application_id) < share_percent * BUCKETS // 100
