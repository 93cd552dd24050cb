"""Customer tiers (客户分层): the codes that lists give to people and that products may ask for. Pure."""

#: In the order in which a person of several tiers is named. "" (no tier) is not among them.
TIERS = (
    "in_good_standing",
    "settled",
    "mortgage",
    "large_depositor",
    "enterprise_owner",
    "civil_servant",
    "teacher",
    "doctor",
)
