"""The fraud signals lending measures: name, words, window and what stands as evidence. Pure.

The names are the features a strategy's rules use; which value refers or declines is the strategy's.
"""

from dataclasses import dataclass
from enum import StrEnum

SAME_DAY, WEEK, MONTH, QUARTER, YEAR = 1, 7, 30, 90, 365
#: A value shared by more people than this (a village office's number, a market hall) joins nobody.
SHARED_BY_MANY = 50
RING_MAX = 500
#: Declines of a neighbour that weigh on others: proof from outside or from our own lists and books.
#: A ring's own refusals are not among them, or one mistaken refusal would infect a village.
FRAUD_REASONS = ("FRAUD_LISTED", "BLACK_LISTED", "IDENTITY_MISMATCH", "CARD_SHARED_BY_MANY")


class Evidence(StrEnum):
    """What can be shown for a signal."""

    APPLICATIONS = "applications"
    PEOPLE = "people"
    PLACE = "place"
    CODES = "codes"
    DEVICE = "device"


@dataclass(frozen=True)
class FraudSignal:
    """``window_days``: how far back it looks; 0 where it looks at this application alone."""

    name: str
    zh: str
    en: str
    window_days: int
    evidence: Evidence


SIGNALS: tuple[FraudSignal, ...] = (
    FraudSignal(
        "applications_by_device_7d",
        "同一设备申请人数",
        "people applying from this device",
        WEEK,
        Evidence.DEVICE,
    ),
    FraudSignal(
        "device_assisted",
        "由客户经理协助",
        "helped by an officer",
        0,
        Evidence.DEVICE,
    ),
    FraudSignal(
        "applications_by_assisted_device_1d",
        "协助设备当天申请人数",
        "people applying from the officer's device",
        SAME_DAY,
        Evidence.DEVICE,
    ),
    FraudSignal(
        "same_device_other_customers_30d",
        "同一设备的其他客户",
        "other customers on this device",
        MONTH,
        Evidence.PEOPLE,
    ),
    FraudSignal(
        "same_address_other_customers",
        "同一住址的其他客户",
        "other customers at this address",
        YEAR,
        Evidence.PEOPLE,
    ),
    FraudSignal(
        "address_shared_by_many",
        "住址被很多客户使用",
        "an address shared by very many",
        YEAR,
        Evidence.PEOPLE,
    ),
    FraudSignal(
        "same_mobile_other_identities",
        "同一手机号的其他身份",
        "other identities with this number",
        YEAR,
        Evidence.PEOPLE,
    ),
    FraudSignal(
        "applications_by_mobile_30d",
        "同一手机号申请数",
        "applications with this number",
        MONTH,
        Evidence.APPLICATIONS,
    ),
    FraudSignal(
        "same_text_other_customers_30d",
        "文字相同的其他客户",
        "other customers who wrote the same",
        MONTH,
        Evidence.PEOPLE,
    ),
    FraudSignal("ring_size", "关联人数（两层）", "people within two hops", YEAR, Evidence.PEOPLE),
    FraudSignal(
        "ring_strong_links",
        "紧密关联人（共用银行卡、身份，或同住且同设备）",
        "closely joined: card, identity, or home and device",
        YEAR,
        Evidence.PEOPLE,
    ),
    FraudSignal(
        "ring_applications_7d",
        "关联人近7天申请人数",
        "of them, applying within 7 days",
        WEEK,
        Evidence.APPLICATIONS,
    ),
    FraudSignal(
        "ring_applications_30d",
        "关联人近30天申请人数",
        "of them, applying within 30 days",
        MONTH,
        Evidence.APPLICATIONS,
    ),
    FraudSignal(
        "ring_declined_90d",
        "关联人近90天被拒人数",
        "of them, declined within 90 days",
        QUARTER,
        Evidence.APPLICATIONS,
    ),
    FraudSignal("ring_overdue", "关联人中逾期人数", "of them, overdue with us", 0, Evidence.PEOPLE),
    FraudSignal(
        "ring_fraud_listed",
        "关联人中涉欺诈人数",
        "of them, declined for fraud",
        YEAR,
        Evidence.APPLICATIONS,
    ),
    FraudSignal(
        "scan_distance_km", "申请地与网点距离（公里）", "km to the branch", 0, Evidence.PLACE
    ),
    FraudSignal(
        "identity_anomalies", "身份疑点数", "doubts about the identity", MONTH, Evidence.CODES
    ),
    FraudSignal("identity_anomaly_codes", "身份疑点", "which doubts", MONTH, Evidence.CODES),
)
