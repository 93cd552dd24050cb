"""Several processes at one piece of work. Imports no models: a new process sets Django up first."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import TypeVar

import django

Given = TypeVar("Given")
Made = TypeVar("Made")


def spread(
    work: Callable[[Given], Made], parts: Iterable[Given], *, processes: int, database: str
) -> Iterator[Made]:
    """``work`` on each part, in order; every process is a new one with a connection of its own.

    ``work`` must be a function of a module (or a ``partial`` of one); it sees committed rows only.
    """
    with ProcessPoolExecutor(
        processes, mp_context=get_context("spawn"), initializer=_begin, initargs=(database,)
    ) as pool:
        yield from pool.map(work, parts)


def _begin(database: str) -> None:
    """Django set up, on the same database as the process that asked."""
    django.setup()
    from django.db import connection  # only once Django stands

    connection.settings_dict["NAME"] = database
