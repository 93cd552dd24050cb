"""A campaign for the shops of a mall, by the stop-watch: idea, second person, printed code, offer."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.journeys import campaign
from tests.system import RunningSystem

pytestmark = [pytest.mark.system, pytest.mark.browser, pytest.mark.timeout(600)]
#: A person no other test plays.
PERSON = 140
SECONDS_MAX = 600


@pytest.fixture
def walked(running_system: RunningSystem, chromium: Browser) -> Iterator[campaign.Campaign]:
    person = running_system.sandbox.person("shop_owner", PERSON)
    found = campaign.walk(running_system, chromium, person)
    yield found
    found.phone.close()


def test_a_mall_campaign_from_idea_to_offer_in_minutes(
    running_system: RunningSystem, walked: campaign.Campaign
) -> None:
    print(f"from the idea to the offer: {walked.seconds:.0f} s")
    assert walked.seconds < SECONDS_MAX
    assert walked.complaints == []
    assert walked.refused_to_author
    for word in ("最高年利率", "20%", "15%", "闪贷"):
        assert word in walked.refusal.notice
    assert "20%" in walked.refusal.beside_field

    application = walked.phone.page.url.split("/apply/")[1].split("/")[0]
    offers = running_system.query(
        "SELECT provenance FROM lending_offer WHERE application_id = %s", (application,)
    )
    assert offers
    for offer in offers:
        steps = offer["provenance"]
        assert len(steps) >= 5, steps
        assert [step.get("product") for step in steps if "product" in step] == [
            "shandai", campaign.PARENT, campaign.CODE,
        ]
    assert "0000%" not in walked.offers_text, "amounts are no rates"
    for name in ("LPR", "闪贷", "利商贷", campaign.NAME):
        assert name in walked.offers_text
