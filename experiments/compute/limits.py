"""How long a job may take and how much memory, and how it is told that it is over."""

from __future__ import annotations

import ctypes
import faulthandler
import os
import signal
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

# A run that does not end when told to (compiled code that hangs) takes its worker with it after this.
GRACE_SECONDS, GRACE_SHARE = 1.0, 0.25
STATM = Path("/proc/self/statm")  # how large this process is; Linux only


class Overdue(BaseException):
    """Raised inside a job that is over its time. Not an Exception, which a job might catch."""


def overdue(seconds: float | None) -> str:
    return f"over --run-timeout of {seconds:g} s"


def hard_limit(seconds: float) -> float:
    """When the worker of a job ends that does not stop after so many seconds."""
    return seconds + max(GRACE_SECONDS, GRACE_SHARE * seconds)


@contextmanager
def limits(seconds: float | None, megabytes: int | None) -> Iterator[None]:
    """Raise Overdue after so many seconds, MemoryError beyond so many megabytes more than now."""
    with ExitStack() as stack:
        if megabytes:
            stack.enter_context(_memory(megabytes))
        if seconds:
            stack.enter_context(_time(seconds))
        yield


@contextmanager
def _memory(megabytes: int) -> Iterator[None]:
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    now = int(STATM.read_text().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    most = now + megabytes * 1_000_000
    if hard != resource.RLIM_INFINITY:
        most = min(most, hard)
    resource.setrlimit(resource.RLIMIT_AS, (most, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


@contextmanager
def _time(seconds: float) -> Iterator[None]:
    """An alarm in the main thread; elsewhere (Dask) an exception thrown into the thread from another.

    Both wait for compiled code to come back. If it never does, the process ends: `faulthandler`'s
    watchdog needs no interpreter lock.
    """
    with open(os.devnull, "w") as nowhere:
        faulthandler.dump_traceback_later(hard_limit(seconds), exit=True, file=nowhere)
        try:
            if threading.current_thread() is threading.main_thread() and hasattr(signal, "setitimer"):
                with _alarm(seconds):
                    yield
            else:
                with _thrown(seconds):
                    yield
        finally:
            faulthandler.cancel_dump_traceback_later()


@contextmanager
def _alarm(seconds: float) -> Iterator[None]:
    def ring(number, frame):
        raise Overdue

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@contextmanager
def _thrown(seconds: float) -> Iterator[None]:
    thread = ctypes.c_ulong(threading.get_ident())
    throw = ctypes.pythonapi.PyThreadState_SetAsyncExc
    over, guard = False, threading.Lock()

    def ring():
        with guard:
            if not over:
                throw(thread, ctypes.py_object(Overdue))

    timer = threading.Timer(seconds, ring)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        with guard:
            over = True
            throw(thread, None)  # thrown, but not yet raised: too late to matter
        timer.cancel()
