"""Model choice by sequential sampling (ABC-SMC [1]) with pyABC [2], the same for any number of workers.

What differs from pyABC as it comes, and why:

* Its samplers take whatever worker is done first. Here proposals are numbered, each has its own seed
  from (seed, generation, number), and they are accepted in the order of their numbers.
* Its kernels move a particle in all directions at once. In a hundred dimensions such a step leaves
  the unit cube nearly always, and covariances of a few hundred particles are singular. Proposals
  here come from independent components fitted to the last population, component by component; those
  that the data have not moved stay uniform. That is importance sampling with a proposal that
  dominates the prior, so the target is the same; correlations cost acceptances, not correctness.

[1] Toni, Stumpf (2010), Simulation-based model selection for dynamical systems, doi:10.1093/bioinformatics/btp619
[2] Schälte et al. (2022), pyABC: efficient and robust easy-to-use ABC, doi:10.21105/joss.04304
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor

from undercount.experiments.inference.populations import Distance, Schedule, Simulate, SmcChoice


def available() -> bool:
    """Whether the extra `[abc]` is installed."""
    from importlib.util import find_spec

    return find_spec("pyabc") is not None


def smc_choice(
    models: Mapping[str, tuple[Sequence[str], Simulate]], distance: Distance, schedule: Schedule, seed: int,
    workers: int | Executor = 1,
) -> SmcChoice:
    """Probability of each model at the observed summaries of `distance`, models equally likely before.

    `models` maps a name to its parameters, each uniform in [0, 1], and a function that simulates: it
    gets {parameter: value} and a seed and returns summaries (p,). The accepted distance falls to the median
    of the last population each time, until `schedule` ends it.

    `workers` is a number of threads, or an executor (with processes, functions must be picklable).
    Raises ImportError without pyABC, ValueError if not even the first generation could be finished.
    """
    from undercount.experiments.inference import smc_pyabc  # pyABC is an extra

    if isinstance(workers, Executor):
        return smc_pyabc.run(models, distance, schedule, seed, workers)
    with ThreadPoolExecutor(workers) as pool:
        return smc_pyabc.run(models, distance, schedule, seed, pool)
