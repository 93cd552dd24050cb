"""Linux can tell a process that its parent died."""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def stop_with_parent() -> None:
    """From now on the death of the parent process (even by kill -9) is a SIGTERM to this one."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def stop_when_make_dies() -> None:
    """Under ``make run`` the system is make's: whoever kills make means the system."""
    if os.environ.get("MAKELEVEL"):
        stop_with_parent()
