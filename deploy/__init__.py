"""Starts, watches and stops the processes of one machine. Knows no business: only addresses and commands."""
