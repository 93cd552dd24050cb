"""Features of sharing: devices, homes, numbers, texts, rings, far-away requests, doubtful identities."""

from collections.abc import Iterable

from risk.domain.values import Feature

_SOURCE = "signals"
COUNTS = (
    (
        "applications_by_assisted_device_1d",
        "协助设备当天申请人数",
        "people applying from the officer's device in a day",
    ),
    (
        "same_device_other_customers_30d",
        "近30天同一设备的其他客户",
        "other customers on this device in 30 days",
    ),
    ("same_address_other_customers", "同一住址的其他客户", "other customers at this address"),
    (
        "same_mobile_other_identities",
        "同一手机号的其他身份",
        "other identities with this number",
    ),
    (
        "applications_by_mobile_30d",
        "同一手机号近30天申请数",
        "applications with this number in 30 days",
    ),
    (
        "same_text_other_customers_30d",
        "近30天文字相同的其他客户",
        "other customers who wrote the same in 30 days",
    ),
    ("ring_size", "关联人数（两层，含本人）", "people within two hops, with this one"),
    (
        "ring_strong_links",
        "紧密关联人（共用银行卡、身份，或同住且同设备）",
        "people closely joined: card, identity, or home and device",
    ),
    (
        "ring_applications_7d",
        "关联人近7天申请人数",
        "people of the ring applying in 7 days",
    ),
    (
        "ring_applications_30d",
        "关联人近30天申请人数",
        "people of the ring applying in 30 days",
    ),
    (
        "ring_declined_90d",
        "关联人近90天被拒人数",
        "people of the ring declined in 90 days",
    ),
    ("ring_overdue", "关联人中本行逾期人数", "people of the ring overdue with us"),
    ("ring_fraud_listed", "关联人中涉欺诈人数", "people of the ring declined for fraud"),
    ("scan_distance_km", "申请地与网点距离（公里）", "km from the request to the branch"),
    ("identity_anomalies", "身份疑点数", "doubts about the identity"),
)
#: Lending knows these only sometimes: nobody is asked where they are. The others it always tells.
TOLD_SOMETIMES = frozenset({"scan_distance_km"})
FLAGS = (
    ("device_assisted", "由客户经理协助申请", "helped by an officer"),
    ("address_shared_by_many", "住址被很多客户使用", "an address shared by very many"),
)


def relations() -> Iterable[Feature]:
    """Sharing and rings (lending/domain/fraud_signals.py has their windows); 0 where nothing is shared."""
    for name, zh, en in COUNTS:
        yield Feature(name, "count", _SOURCE, name, zh, en, 0, added=True)
    for name, zh, en in FLAGS:
        yield Feature(name, "flag", _SOURCE, name, zh, en, False, added=True)
    codes = "identity_anomaly_codes"
    yield Feature(codes, "texts", _SOURCE, codes, "身份疑点", "which doubts", (), added=True)
