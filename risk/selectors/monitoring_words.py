"""Names of reasons and characteristics as the strategies in force word them."""

from datetime import date

from risk.domain.features import FEATURES
from risk.gateways.sources import SOURCE_NAMES
from risk.models import StrategyVersion
from risk.strategies import compiled_version

Words = dict[str, tuple[str, str]]


def reasons_and_features(on: date) -> tuple[Words, Words]:
    """code → (zh, en) of reasons, and the same of what a scorecard weighs."""
    reasons: Words = {}
    features: Words = {name: (feature.zh, feature.en) for name, feature in FEATURES.items()}
    versions = StrategyVersion.objects.filter(
        state=StrategyVersion.State.PUBLISHED, valid_from__lte=on
    ).order_by("valid_from")
    for version_id in versions.values_list("pk", flat=True):
        strategy = compiled_version(version_id)
        reasons |= {code: (text["zh"], text["en"]) for code, text in strategy.reasons.items()}
        for row in strategy.scorecard.characteristics:
            features[row.feature] = (row.zh, row.en)
            weak = strategy.reasons["WEAK_POINT"]
            reasons[f"WEAK_{row.feature.upper()}"] = (
                weak["zh"].replace("{label}", row.zh),
                weak["en"].replace("{label}", row.en),
            )
    return reasons, features


def sources() -> Words:
    """code → (zh, en)."""
    return dict(SOURCE_NAMES)
