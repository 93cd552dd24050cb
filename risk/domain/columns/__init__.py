"""Many people at once: the same arithmetic as for one, on whole columns."""
