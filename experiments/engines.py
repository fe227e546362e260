"""Where jobs are computed: in processes, threads, this thread, or on the workers of a Dask scheduler.

An engine takes a chunk of jobs and gives a future of their results. What goes wrong inside a job is
caught where it happens and comes back as text; what happens to a worker (it is killed, or is gone)
shows as `Died`, and the loss of the whole engine as `EngineLost`. `experiments/work.py` does the rest.

Processes come from a fork server that has loaded the compiled rules (`experiments/warm.py`), so a
new worker is ready in milliseconds and none of them compiles.
"""

from __future__ import annotations

import ctypes
import faulthandler
import multiprocessing
import os
import signal
import threading
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, CancelledError, Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

KINDS = ("processes", "threads", "serial", "dask")
# Linear algebra of one run in one thread: a worker a core is parallel enough.
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS",
                            "VECLIB_MAXIMUM_THREADS"), "1")
# A run that does not end when told to (compiled code that hangs) takes its worker with it after this.
GRACE_SECONDS, GRACE_SHARE = 1.0, 0.25
LONGEST_TRACEBACK, LONGEST_ERROR = 20_000, 400
# A cluster of this machine keeps workers that die often, and tells of each death at once: `work.finish`
# tries again what died, alone.
# What Dask watches for its own pages costs a tenth of a core here, and nobody looks at it.
LOCAL_DASK = {"distributed.deploy.lost-worker-timeout": "1000 days", "distributed.scheduler.allowed-failures": 0,
              "distributed.worker.profile.enabled": False, "distributed.admin.system-monitor.interval": "10s",
              "distributed.worker.memory.monitor-interval": "1s"}
NO_WORKERS_SECONDS, CONNECT_SECONDS = 120.0, 10
STATM = Path("/proc/self/statm")  # how large this process is; Linux only


@dataclass(frozen=True)
class EngineOptions:
    """How jobs are to be computed. Nothing of it can move a result.

    kind         one of KINDS
    workers      jobs at a time; None: one a core (a scheduler's workers are its own)
    scheduler    address of a Dask scheduler, such as tcp://host:port; None: a cluster of this process
    run_timeout  seconds that one job may take; None: any
    memory       megabytes that one job may take beyond what its worker holds; None: any
    only         the part of the one job to do, in this process; None: all that are missing
    """

    kind: str = "processes"
    workers: int | None = None
    scheduler: str | None = None
    run_timeout: float | None = None
    memory: int | None = None
    only: str | None = None

    def __post_init__(self):
        if self.kind not in KINDS:
            raise ValueError(f"no engine {self.kind!r}; there are {', '.join(KINDS)}")
        if (self.run_timeout or self.memory) and self.kind == "threads":
            raise ValueError("a run in a thread cannot be stopped or measured; use processes")

    def describe(self) -> dict[str, Any]:
        """For the manifest."""
        return {"engine": self.kind, "workers": self.workers, "scheduler": self.scheduler}


class Died(Exception):
    """A worker ended in the middle of its chunk."""


class EngineLost(Exception):
    """Nothing can be computed any more; the text says why. What was written is kept."""


class Overdue(BaseException):
    """Raised inside a job that is over its time. Not an Exception, which a job might catch."""


class Result(NamedTuple):
    """One job's part, or why there is none. `index` is that of the job in the sequence of jobs."""

    index: int
    data: bytes | None
    error: str | None
    traceback: str | None
    seconds: float


@dataclass(frozen=True)
class Chunk:
    """Jobs for one worker, numbered, and what holds for each of them."""

    function: Callable[[Any], bytes]
    jobs: Sequence[tuple[int, Any]]
    run_timeout: float | None = None
    memory: int | None = None
    code: str | None = None  # the rules that the worker must have; None: they are the same process's


# --------------------------------------------------------------------------- in a worker


def _at(index: int) -> None:
    """Notes the job that this worker is at; replaced in worker processes."""


def compute(chunk: Chunk) -> list[Result]:
    """Every job of a chunk, one after the other. A job that raises does not touch the next."""
    if chunk.code is not None:
        from undercount.experiments.batch import code_digest

        if chunk.code != code_digest():
            raise EngineLost(f"a worker has other rules (code {code_digest()}) than this command "
                             f"(code {chunk.code}): install the same version on every machine")
    return [_compute_one(chunk, index, job) for index, job in chunk.jobs]


def _compute_one(chunk: Chunk, index: int, job: Any) -> Result:
    _at(index)
    start = time.perf_counter()
    data = error = trace = None
    try:
        with limits(chunk.run_timeout, chunk.memory):
            data = chunk.function(job)
        if not isinstance(data, bytes):
            data, error = None, f"the job gave {type(data).__name__}, not the bytes of a part"
    except Overdue:
        error = overdue(chunk.run_timeout)
        trace = traceback.format_exc()[-LONGEST_TRACEBACK:]
    except (Exception, SystemExit) as raised:
        error = one_line(raised, chunk.memory)
        trace = traceback.format_exc()[-LONGEST_TRACEBACK:]
    _at(-1)
    return Result(index, data, error, trace, time.perf_counter() - start)


def overdue(seconds: float | None) -> str:
    return f"over --run-timeout of {seconds:g} s"


def one_line(error: BaseException, memory: int | None = None) -> str:
    """What is said of an error in a list of failed runs."""
    if isinstance(error, MemoryError) and memory:
        return f"over --run-memory of {memory} MB"
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text}"[:LONGEST_ERROR] if text else type(error).__name__


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


# --------------------------------------------------------------------------- engines


class Engine:
    """What `work.finish` asks of an engine."""

    bundles = True  # is handing out dear enough that short jobs go in chunks?
    shared_fate = False  # does one worker's death lose what the others were at?
    prompt = False  # does a worker begin at once, so that the time until its death says something?
    ahead = 2  # chunks in flight, in units of workers
    patience: float | None = None  # seconds without any worker after which none will come; None: any
    code: str | None = None

    def width(self) -> int:
        """Jobs at a time; 0 while a cluster has no workers."""
        raise NotImplementedError

    def submit(self, chunk: Chunk) -> Future:
        raise NotImplementedError

    def result(self, future: Future) -> list[Result]:
        """Of a future that is done. Raises Died, EngineLost."""
        return future.result()

    def suspects(self, indexes: Sequence[int]) -> list[int]:
        """Which of the jobs that a death lost may have caused it."""
        return list(indexes)

    def restart(self) -> None:
        """After a death with shared fate."""

    def close(self, at_once: bool = False) -> None:
        """Let go of the workers; `at_once`, whatever they are doing."""


class Serial(Engine):
    """In this thread: for debugging, and for machines without processes."""

    bundles, ahead = False, 1

    def width(self) -> int:
        return 1

    def submit(self, chunk: Chunk) -> Future:
        future: Future = Future()
        future.set_result(compute(chunk))
        return future


class OnExecutor(Engine):
    """Any `concurrent.futures` executor, which stays its owner's."""

    bundles = False

    def __init__(self, executor: Executor, workers: int):
        self.executor, self._workers = executor, workers

    def width(self) -> int:
        return self._workers

    def submit(self, chunk: Chunk) -> Future:
        return self.executor.submit(compute, chunk)

    def result(self, future: Future) -> list[Result]:
        try:
            return future.result()
        except (BrokenExecutor, CancelledError) as error:
            raise EngineLost(f"the executor broke: {one_line(error)}") from error


class Threads(OnExecutor):
    """A run holds no interpreter lock, so threads share one memory and lose little."""

    def __init__(self, workers: int):
        super().__init__(ThreadPoolExecutor(workers), workers)

    def close(self, at_once: bool = False) -> None:
        self.executor.shutdown(cancel_futures=True)


class Processes(Engine):
    """A pool of processes that is made anew when one of them dies."""

    shared_fate = prompt = True
    FEWEST_STARTS = 3  # pools that may die in succession before any of their jobs began

    def __init__(self, workers: int):
        self._workers, self._stillborn = workers, 0
        method = "forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn"
        self._context = multiprocessing.get_context(method)
        if method == "forkserver":
            _start_fork_server()
        self._start()

    def _start(self) -> None:
        # Shared with the workers: who they are, and the job that each is at (-1: none).
        self._pids = self._context.RawArray("q", self._workers)
        self._jobs = self._context.RawArray("q", [-1] * self._workers)
        self._taken = self._context.Value("i", 0)
        self._began = self._context.RawValue("b", 0)
        self._pool = ProcessPoolExecutor(self._workers, self._context, _begin_worker,
                                         (self._pids, self._jobs, self._taken, self._began))

    def width(self) -> int:
        return self._workers

    def pids(self) -> list[int]:
        """The workers that have begun."""
        return [pid for pid in self._pids if pid]

    def submit(self, chunk: Chunk) -> Future:
        try:
            return self._pool.submit(compute, chunk)
        except BrokenExecutor as error:
            future: Future = Future()
            future.set_exception(error)
            return future

    def result(self, future: Future) -> list[Result]:
        try:
            return future.result()
        except BrokenExecutor as error:
            raise Died from error
        except CancelledError as error:
            raise Died from error

    def suspects(self, indexes: Sequence[int]) -> list[int]:
        running = set(self._jobs)
        return [index for index in indexes if index in running]

    def restart(self) -> None:
        self._stillborn = 0 if self._began.value else self._stillborn + 1
        self.close(at_once=True)
        if self._stillborn >= self.FEWEST_STARTS:
            raise EngineLost("worker processes end before they begin; from a script, call this under "
                             "`if __name__ == \"__main__\":`, or use --engine threads")
        self._start()

    def close(self, at_once: bool = False) -> None:
        self._pool.shutdown(wait=not at_once, cancel_futures=True)
        if at_once:
            for pid in self.pids():
                with suppress(OSError):
                    os.kill(pid, signal.SIGKILL)


def _start_fork_server() -> None:
    """Start the process that workers are forked from, with what it needs in its environment."""
    from multiprocessing import forkserver

    multiprocessing.set_forkserver_preload(["undercount.experiments.warm"])
    # A safe path: a user's own random.py in the current folder is none of the workers' business.
    given = {name: os.environ.get(name) for name in (*ONE_THREAD, "PYTHONSAFEPATH")}
    os.environ.update(ONE_THREAD, PYTHONSAFEPATH="1")
    try:
        forkserver.ensure_running()
    finally:
        for name, value in given.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def _begin_worker(pids, jobs, taken, began) -> None:
    """First thing in a worker process: sign in, leave Ctrl-C to the command, end when the command ends."""
    global _at
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with taken.get_lock():
        slot = taken.value
        taken.value += 1
    pids[slot] = os.getpid()

    def at(index: int) -> None:
        jobs[slot] = index
        began.value = 1

    _at = at
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """A worker whose command was killed would wait for work forever."""
    from multiprocessing.connection import wait

    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)


class Dask(Engine):
    """The workers of a Dask scheduler, on this machine or many."""

    def __init__(self, options: EngineOptions):
        try:
            import dask
            import distributed
        except ImportError:
            raise EngineLost("Dask is not installed: pip install 'undercount[cluster]'") from None
        from undercount.experiments.batch import code_digest

        self._dask, self._cluster, self.code = distributed, None, code_digest()
        self.address, self._config = options.scheduler, ExitStack()
        try:
            if options.scheduler is None:
                self.patience = NO_WORKERS_SECONDS
                _compile_once()
                self._config.enter_context(dask.config.set(LOCAL_DASK))
                # Nothing that other machines could reach: a cluster of this command alone.
                self._cluster = distributed.LocalCluster(
                    n_workers=options.workers or os.cpu_count() or 1, threads_per_worker=1, processes=True,
                    dashboard_address="127.0.0.1:0", host="127.0.0.1", silence_logs=50)
                self.address = self._cluster.scheduler_address
            self._client = distributed.Client(self._cluster or options.scheduler, timeout=CONNECT_SECONDS,
                                              set_as_default=False)
        except (OSError, ValueError, TimeoutError) as error:
            if self._cluster is not None:
                self._cluster.close()
            self._config.close()
            raise EngineLost(f"no Dask scheduler at {self.address}: {one_line(error)}") from error
        self._executor = self._client.get_executor(pure=False)
        if (options.run_timeout or options.memory) and any(n > 1 for n in self._client.nthreads().values()):
            self.close()
            raise EngineLost("--run-timeout and --run-memory need workers of one thread: dask worker --nthreads 1")

    def width(self) -> int:
        try:
            return sum(self._client.nthreads().values())
        except Exception as error:  # Dask raises many kinds when a connection ends
            raise self._lost(error) from error

    def submit(self, chunk: Chunk) -> Future:
        try:
            return self._executor.submit(compute, chunk)
        except Exception as error:
            raise self._lost(error) from error

    def result(self, future: Future) -> list[Result]:
        try:
            return future.result()
        except self._dask.KilledWorker as error:
            raise Died from error
        except EngineLost:
            raise
        except (Exception, CancelledError) as error:
            raise self._lost(error) from error

    def _lost(self, error: BaseException) -> EngineLost:
        return EngineLost(f"the Dask scheduler at {self.address} is gone, or refused the work ({one_line(error)}); "
                          "start it again, or leave out --scheduler")

    def close(self, at_once: bool = False) -> None:
        with suppress(Exception):  # whatever is broken about it, it is not needed any more
            self._executor.shutdown(wait=False, cancel_futures=True)
        with suppress(Exception):
            self._client.close(timeout=5)
        if self._cluster is not None:
            with suppress(Exception):
                self._cluster.close(timeout=5)
        self._config.close()


def _compile_once() -> None:
    """Fill the cache on disk, if there is none, before several workers would each do so."""
    import numba
    import undercount.model.engine.compiled  # noqa: F401  says where the cache is

    if not Path(numba.config.CACHE_DIR).exists():
        import undercount.experiments.warm  # noqa: F401


@contextmanager
def open_engine(options: EngineOptions) -> Iterator[Engine]:
    """The engine that is asked for. Workers are killed if the block raises. Raises EngineLost."""
    workers = options.workers or os.cpu_count() or 1
    engine: Engine
    if options.kind == "serial" or options.only:
        engine = Serial()
    elif options.kind == "threads":
        engine = Threads(workers)
    elif options.kind == "dask":
        engine = Dask(options)
    else:
        engine = Processes(workers)
    try:
        yield engine
    except BaseException:
        engine.close(at_once=True)
        raise
    engine.close()
