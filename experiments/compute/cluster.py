"""Workers of a Dask scheduler, on this machine or many."""

from __future__ import annotations

import os
from concurrent.futures import CancelledError, Future
from contextlib import ExitStack, suppress

from undercount.experiments.compute.engines import Engine, EngineOptions
from undercount.experiments.compute.worker import Bundle, Died, EngineLost, Result, compute, one_line
from undercount.experiments.store.provenance import code_digest

# A cluster of this machine keeps workers that die often, and tells of each death at once: `jobs.finish`
# tries again what died, alone.
# What Dask watches for its own pages, and whether its loops keep up, costs a tenth of a core, and nobody looks at it.
LOCAL_DASK = {"distributed.deploy.lost-worker-timeout": "1000 days", "distributed.scheduler.allowed-failures": 0,
              "distributed.worker.profile.enabled": False, "distributed.admin.system-monitor.interval": "10s",
              "distributed.admin.tick.interval": "1s",
              "distributed.worker.memory.monitor-interval": "1s",
              # A safe path: a user's own random.py in the current folder is none of the workers' business.
              "distributed.nanny.pre-spawn-environ.PYTHONSAFEPATH": "1"}
NO_WORKERS_SECONDS, CONNECT_SECONDS = 120.0, 10


class Dask(Engine):
    """The workers of a Dask scheduler, on this machine or many."""

    def __init__(self, options: EngineOptions):
        try:
            import dask
            import distributed
        except ImportError:
            raise EngineLost("Dask is not installed: pip install 'undercount[cluster]'") from None
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

    def submit(self, bundle: Bundle) -> Future:
        try:
            return self._executor.submit(compute_packed, self._dask.protocol.serialize_bytes(bundle))
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


def compute_packed(bundle: bytes) -> list[Result]:
    """Every job of a bundle as Dask writes them: its scheduler, which passes it on, read each several times else."""
    from distributed.protocol import deserialize_bytes

    return compute(deserialize_bytes(bundle))


def _compile_once() -> None:
    """Fill the cache on disk, if there is none, before several workers would each do so."""
    from undercount.experiments.compute.compiling import cache_folders, finished

    if any(not finished([folder]) for folder in cache_folders()):
        import undercount.experiments.compute.warm  # noqa: F401
