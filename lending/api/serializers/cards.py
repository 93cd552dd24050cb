"""The bank card for the payout."""

from lending.api.serializers.fields import Body, Text


class CardRequest(Body):
    card_number = Text(max_length=40)
    mobile = Text(max_length=30)
