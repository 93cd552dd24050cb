"""What stops a start, said in one line that tells what to do."""


class CannotStart(Exception):
    """The message is one line for a person: what is wrong and what to do about it."""
