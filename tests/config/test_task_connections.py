"""Between tasks a broken database connection is dropped and a good one goes on."""

from types import SimpleNamespace

import pytest
from django.db import DatabaseError, connection, connections, transaction

from config.celery import _tend_connections

pytestmark = pytest.mark.django_db(transaction=True)
TASK = SimpleNamespace(name="a task", request=SimpleNamespace(is_eager=False))


def one() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(cursor.fetchone()[0])


def cut(pid: int) -> None:
    """What a database that restarts does to its sessions."""
    other = connections.create_connection("default")
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s)", [pid])
    finally:
        other.close()


def between_tasks() -> None:
    """What Celery's signals call after one task and before the next."""
    _tend_connections(task=TASK)
    _tend_connections(task=TASK)


def test_a_good_connection_serves_the_next_task() -> None:
    connection.close()  # one that is not old yet
    pid = one()
    between_tasks()
    assert one() == pid


def test_a_connection_cut_between_tasks_is_not_met_by_the_next() -> None:
    cut(one())
    between_tasks()
    assert one()


def test_a_connection_cut_inside_a_transaction_fails_that_task_alone() -> None:
    def work() -> None:
        with transaction.atomic():
            cut(one())
            one()

    with pytest.raises(DatabaseError):
        work()
    between_tasks()
    with transaction.atomic():
        assert one()


def test_an_error_inside_a_transaction_leaves_nothing_to_the_next_task() -> None:
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT nothing_of_this_name")
    between_tasks()
    assert not connection.in_atomic_block
    assert connection.get_autocommit()
    assert one()
