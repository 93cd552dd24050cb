"""Steps that carry no data of their own."""

from lending.api.serializers.fields import Body


class EmptyBody(Body):
    """No members."""
