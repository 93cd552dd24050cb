"""``make stop`` ends the copy of DATA_DIR; ``make clean`` (``--clean``) also deletes its data."""

import os
import shutil
import signal
import sys
import time

from deploy import leftovers, place, postgres
from deploy.errors import CannotStart
from deploy.lock import RunLock
from deploy.steps import say

PATIENCE_SECONDS = 100


def main() -> int:
    try:
        where = place.from_environment()
    except CannotStart as error:
        sys.stderr.write(f"{error}\n")
        return 1
    lock = RunLock(where.run)
    pid, _ = lock.holder()
    if pid is not None and not lock.is_free():
        os.kill(pid, signal.SIGTERM)
        end = time.monotonic() + PATIENCE_SECONDS
        while not lock.is_free() and time.monotonic() < end:
            time.sleep(0.1)
        say(f"Stopped the copy in {where.data}.")
    elif leftovers.end(where.data):
        say(f"Ended what an earlier run left in {where.data}.")
    else:
        say(f"Nothing runs in {where.data}.")
    if "--clean" in sys.argv[1:]:
        postgres.remove(where.data / "postgres")
        shutil.rmtree(where.data, ignore_errors=True)
        shutil.rmtree(where.sockets, ignore_errors=True)
        say(f"Deleted {where.data}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
