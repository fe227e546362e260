"""An engine as asked for, open while it is used."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from undercount.experiments.compute.cluster import Dask
from undercount.experiments.compute.engines import Engine, EngineOptions, Serial, Threads
from undercount.experiments.compute.processes import Processes


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
