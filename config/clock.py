"""Celery beat's scheduler, with a sign of life at every tick."""

from celery.beat import PersistentScheduler

from config import heartbeats


class Clock(PersistentScheduler):
    """Asks for a tick at least every second, so that /readyz knows that time still passes."""

    max_interval = 1

    def tick(self, *args: object, **kwargs: object) -> float:
        heartbeats.beat(heartbeats.CLOCK)
        return float(super().tick(*args, **kwargs))
