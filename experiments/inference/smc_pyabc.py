"""The parts that pyABC is given: prior, proposal, model and sampler. Imported by `smc` when used.

pyABC draws proposals from NumPy's global generator and runs the model inside the same call. To run
models in parallel and draw proposals in order, each numbered proposal passes `simulate_one` twice
from the same seed: the first time the model notes what it is asked for and leaves; the second time
it finds the simulated summaries and pyABC judges and weighs them.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from contextlib import contextmanager

import numpy as np
import pyabc
from pyabc.parameters import Parameter
from scipy import special
from undercount.experiments.inference.populations import (
    Distance,
    Particles,
    Population,
    Schedule,
    Simulate,
    SmcChoice,
)
from undercount.experiments.inference.weighted import effective_size

SMALLEST_BATCH, LARGEST_BATCH = 16, 512
UNIFORM_SHARE = 0.1  # of each component's proposal, so that no weight can exceed ten times another's by component
MOVED = 3.0  # standard errors from a uniform's mean or variance at which a component counts as moved
WIDER = 1.5  # the proposal's variance over that of the last population, so that tails are reached
LEAST_VARIANCE = 1e-5
STAY = 0.7  # pyABC's default: probability that a proposal stays with the model of the particle it comes from


class Cube(pyabc.random_variables.DistributionBase):
    """Independent uniform parameters in [0, 1]: one draw for all, where pyABC's own has an object for each."""

    def __init__(self, names: Sequence[str]):
        self.names = list(names)

    def rvs(self, *_args, **_kwargs) -> Parameter:
        return Parameter(dict(zip(self.names, np.random.random_sample(len(self.names)).tolist())))

    def pdf(self, x: Mapping[str, float]) -> float:
        return float(all(0 <= x[name] <= 1 for name in self.names))


class IndependentComponents(pyabc.transition.Transition):
    """Proposal whose components are independent: a uniform, mixed with a beta where the data moved it."""

    def fit(self, X, w) -> None:
        """Match each beta to mean and (widened) variance of the weighted particles X (n, d)."""
        values, size = X.to_numpy(float), effective_size(w)
        mean = np.clip(w @ values, 1e-3, 1 - 1e-3)
        variance = w @ (values - mean) ** 2
        # Variance of a uniform is 1/12; of the sample variance of n uniforms about 1/(180 n).
        moved = (np.abs(mean - 0.5) > MOVED * np.sqrt(1 / 12 / size)) | (
            np.abs(variance - 1 / 12) > MOVED * np.sqrt(1 / 180 / size)
        )
        # A beta of this mean with both parameters at least 1 is bounded; wider ones are not used.
        total_least = 1 / np.minimum(mean, 1 - mean)
        total = np.maximum(mean * (1 - mean) / np.maximum(variance * WIDER, LEAST_VARIANCE) - 1, total_least)
        self.moved = np.flatnonzero(moved)
        self.a, self.b = (mean * total)[moved], ((1 - mean) * total)[moved]

    def rvs_single(self) -> Parameter:
        drawn = np.random.random_sample(self.X.shape[1])
        uniform = np.random.random_sample(len(self.moved)) < UNIFORM_SHARE
        beta = np.random.beta(self.a, self.b)
        drawn[self.moved] = np.where(uniform, drawn[self.moved], beta)
        return Parameter(dict(zip(self.X.columns, drawn.tolist())))

    def pdf(self, x):
        if isinstance(x, dict):
            return float(self._density(np.array([x[name] for name in self.X.columns])))
        return self._density(x[self.X.columns].to_numpy(float))

    def _density(self, x: np.ndarray):
        """Density of points (..., d)."""
        x = np.clip(x[..., self.moved], 1e-12, 1 - 1e-12)
        log = (self.a - 1) * np.log(x) + (self.b - 1) * np.log1p(-x) - special.betaln(self.a, self.b)
        return np.prod(UNIFORM_SHARE + (1 - UNIFORM_SHARE) * np.exp(log), axis=-1)


class EqualModels(pyabc.random_variables.RVBase):
    """Equal prior probabilities of models; pyABC's own goes through scipy.stats, a millisecond a proposal."""

    def __init__(self, size: int):
        self.size = size

    def copy(self) -> EqualModels:
        return EqualModels(self.size)

    def rvs(self, *_args, **_kwargs) -> int:
        return int(np.random.random_sample() * self.size)

    def pmf(self, x, *_args, **_kwargs) -> float:
        return 1 / self.size if x in range(self.size) else 0.0

    def pdf(self, x, *_args, **_kwargs) -> float:
        raise NotImplementedError("models are discrete")

    def cdf(self, x, *_args, **_kwargs) -> float:
        return float(np.clip((np.floor(x) + 1) / self.size, 0, 1))


class StayOrMove(pyabc.ModelPerturbationKernel):
    """pyABC's kernel (stay, or move to any other model alike), again without a scipy object a call."""

    def rvs(self, m: int) -> int:
        if self.nr_of_models == 1 or np.random.random_sample() < self.probability_to_stay:
            return int(m)
        other = int(np.random.random_sample() * (self.nr_of_models - 1))
        return other + (other >= m)

    def pmf(self, n: int, m: int) -> float:
        if n == m:
            return self.probability_to_stay
        return (1 - self.probability_to_stay) / (self.nr_of_models - 1)


class _Asked(Exception):
    """The model was asked for these parameters and nothing is simulated yet."""

    def __init__(self, model: str, parameters: dict[str, float]):
        super().__init__(model)
        self.model, self.parameters = model, parameters


class AskedModel(pyabc.Model):
    """A model that gives back what was simulated for it, or says what it needs."""

    simulated: np.ndarray | None = None

    def sample(self, pars: Parameter) -> dict[str, np.ndarray]:
        if self.simulated is None:
            raise _Asked(self.name, dict(pars))
        return {"summaries": self.simulated}


class NumberedSampler(pyabc.sampler.Sampler):
    """Evaluates proposals in numbered batches and accepts them in the order of their numbers.

    What is accepted depends on seeds and numbers alone; batches only decide how much is simulated in
    vain at the end of a generation, and their size follows from the acceptances so far.
    """

    def __init__(
        self, models: Mapping[str, AskedModel], simulate: Mapping[str, Simulate], executor: Executor, seed: int,
        max_simulations: int,
    ):
        super().__init__()
        self.models, self.simulate, self.executor, self.seed = models, simulate, executor, seed
        self.left = max_simulations
        self.spent = False

    def sample_until_n_accepted(
        self, n, simulate_one, t, *, max_eval=np.inf, all_accepted=False, ana_vars=None,
    ):
        sample, number, accepted = self._create_empty_sample(), 0, 0
        limit = min(self.left, max_eval)
        while accepted < n and number < limit:
            wanted = n - accepted if all_accepted else (n - accepted) * (number + 1) / (accepted + 1)
            size = int(min(np.clip(wanted, SMALLEST_BATCH, LARGEST_BATCH), limit - number))
            if all_accepted:
                size = min(size, n - accepted)
            for particle in self._batch(simulate_one, t, range(number, number + size)):
                number += 1
                sample.append(particle)
                accepted += particle.accepted
                if accepted == n:
                    break
        self.nr_evaluations_ = number
        self.left -= number
        if accepted < n:
            sample.ok = False
            self.spent = self.left <= 0
        return sample

    def _batch(self, simulate_one: Callable, t: int, numbers: range) -> list:
        """Particles of these proposals, in order."""
        # The generation that calibrates the first distance is -1.
        seeds = [np.random.SeedSequence([self.seed, t + 1, number]).generate_state(3, np.uint32) for number in numbers]
        with _global_generator():
            asked = [_proposed(simulate_one, seed[:2]) for seed in seeds]
        simulated = list(self.executor.map(
            _simulated, [self.simulate[one.model] for one in asked], [one.parameters for one in asked],
            [int(seed[2]) for seed in seeds],
        ))
        with _global_generator():
            return [
                _judged(simulate_one, seed[:2], self.models[one.model], summaries)
                for seed, one, summaries in zip(seeds, asked, simulated)
            ]


def _proposed(simulate_one: Callable, seed: np.ndarray) -> _Asked:
    """The model and parameters that pyABC proposes from this seed."""
    np.random.seed(seed)
    try:
        simulate_one()
    except _Asked as asked:
        return asked
    raise AssertionError("pyABC judged a proposal that was not simulated")


def _judged(simulate_one: Callable, seed: np.ndarray, model: AskedModel, summaries: np.ndarray):
    """The particle of the same proposal, now that its summaries are there."""
    np.random.seed(seed)
    model.simulated = summaries
    try:
        return simulate_one()
    finally:
        model.simulated = None


def _simulated(simulate: Simulate, parameters: dict[str, float], seed: int) -> np.ndarray:
    return np.asarray(simulate(parameters, seed), float)


@contextmanager
def _global_generator() -> Iterator[None]:
    """NumPy's global generator, which pyABC draws from, to be seeded for a while and then as it was."""
    before = np.random.get_state()
    try:
        yield
    finally:
        np.random.set_state(before)


def run(
    models: Mapping[str, tuple[Sequence[str], Simulate]], distance: Distance, schedule: Schedule, seed: int,
    executor: Executor,
) -> SmcChoice:
    """See `smc.smc_choice`."""
    for name in ("ABC", "ABC.Sampler", "ABC.History"):
        logging.getLogger(name).setLevel(logging.WARNING)
    if not distance.used.any():
        raise ValueError("no summary is both observed and of any spread")
    asked = {name: AskedModel(name) for name in models}
    # pyABC flattens names at dots, and sorts them: ours are numbers of one length.
    codes = {name: {f"p{i:05d}": parameter for i, parameter in enumerate(models[name][0])} for name in models}
    simulate = {name: _Named(models[name][1], codes[name]) for name in models}
    sampler = NumberedSampler(asked, simulate, executor, seed, schedule.max_simulations)
    smc = pyabc.ABCSMC(
        models=list(asked.values()), model_prior=EqualModels(len(models)),
        model_perturbation_kernel=StayOrMove(len(models), STAY),
        parameter_priors=[Cube(codes[name]) for name in models],
        distance_function=lambda x, x_0: distance(x["summaries"]), population_size=schedule.population_size,
        transitions=[IndependentComponents() for _ in models], eps=pyabc.MedianEpsilon(), sampler=sampler,
    )
    smc.new("sqlite://", {"summaries": distance.observed})
    history = smc.run(
        minimum_epsilon=schedule.minimum_epsilon, max_nr_populations=schedule.populations,
        min_acceptance_rate=schedule.minimum_acceptance,
    )
    if history.n_populations == 0:
        raise ValueError(f"{schedule.max_simulations} simulations do not make a first generation of "
                         f"{schedule.population_size}")
    generations, particles = _collected(history, list(models), codes)
    if sampler.spent:
        stopped = "the number of simulations allowed was reached"
    elif len(generations) == schedule.populations:
        stopped = "all populations were made"
    elif generations[-1].epsilon <= schedule.minimum_epsilon:
        stopped = "the smallest distance asked for was reached"
    else:
        stopped = "too few proposals were accepted"
    return SmcChoice(tuple(models), generations, particles, schedule.max_simulations - sampler.left, stopped)


class _Named:
    """The model's own function, called with the parameters' own names; picklable."""

    def __init__(self, simulate: Simulate, codes: dict[str, str]):
        self.simulate, self.codes = simulate, codes

    def __call__(self, parameters: dict[str, float], seed: int) -> np.ndarray:
        return self.simulate({self.codes[code]: value for code, value in parameters.items()}, seed)


def _collected(
    history: pyabc.History, names: list[str], codes: dict[str, dict[str, str]]
) -> tuple[tuple[Population, ...], dict[str, Particles]]:
    """All generations and the last one's particles, out of pyABC's data base."""
    table, sizes = history.get_all_populations().set_index("t"), history.get_nr_particles_per_population()
    generations = []
    for t in range(history.max_t + 1):
        found = history.get_model_probabilities(t).p
        probabilities = np.array([float(found.get(i, 0.0)) for i in range(len(names))])
        generations.append(Population(probabilities, float(table.epsilon[t]), int(table.samples[t]), int(sizes[t])))
    particles = {}
    for i in sorted(map(int, history.alive_models(history.max_t))):
        frame, weights = history.get_distribution(m=i, t=history.max_t)
        columns = codes[names[i]]
        values = frame[list(columns)].to_numpy(float).reshape(len(weights), len(columns))
        particles[names[i]] = Particles(tuple(columns.values()), values, np.asarray(weights, float))
    return tuple(generations), particles
