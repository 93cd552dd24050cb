"""The rows of marketing, one file per noun."""

from marketing.models.attempts import JourneyAttempt
from marketing.models.cursors import AbsorbedEvent, EventCursor

__all__ = ["AbsorbedEvent", "EventCursor", "JourneyAttempt"]
