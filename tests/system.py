"""The whole system as real processes (fixture ``running_system``)."""
