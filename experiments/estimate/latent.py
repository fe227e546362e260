"""Latent classes: persons of unknown kinds, lists independent within each kind. [1]

A Dirichlet process over kinds, cut at CLASSES, sampled by Gibbs: kinds of the listed, how many are on no
list, chances of each list in each kind, sizes of the kinds, concentration. Several chains from different
starts; whether they tell the same is judged by split R-hat and the effective number of draws [2].

[1] Manrique-Vallier, D. (2016) Bayesian population size estimation using Dirichlet process mixtures.
    Biometrics 72: 1246-1254. doi:10.1111/biom.12502
[2] Gelman, A. et al. (2013) Bayesian data analysis, 3rd edition, section 11.4.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from undercount.experiments.estimate.loglinear import LEVEL

CLASSES = 10
SHAPE, RATE = 0.25, 0.25  # of the gamma prior of the concentration, as in [1]
CHAINS, BURN_IN, DRAWS, THIN = 4, 5000, 1000, 40
MOST_RHAT, FEWEST_EFFECTIVE = 1.05, 200
LARGEST = 1e12  # of what is hidden: beyond, a chain is lost


@dataclass(frozen=True)
class Posterior:
    """The population: median and interval; `draws` (chains, draws) for who wants to look."""

    median: float
    low: float
    high: float
    rhat: float
    effective: float
    draws: np.ndarray

    @property
    def converged(self) -> bool:
        return bool(self.rhat <= MOST_RHAT and self.effective >= FEWEST_EFFECTIVE)


def latent_classes(counts: np.ndarray, seed: int) -> Posterior:
    """The posterior of the population. `counts` by history."""
    seeds = np.random.SeedSequence(seed).spawn(CHAINS)
    hidden = np.array([_chain(counts, np.random.default_rng(each)) for each in seeds])
    low, median, high = np.quantile(hidden, [(1 - LEVEL) / 2, 0.5, (1 + LEVEL) / 2])
    cases = float(counts[1:].sum())
    logs = np.log(hidden + 1)
    return Posterior(cases + median, cases + low, cases + high, split_rhat(logs), effective_draws(logs),
                     cases + hidden)


def _chain(counts: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """What is hidden, draw by draw."""
    k = len(counts).bit_length() - 1
    histories = np.flatnonzero(counts[1:]) + 1
    persons = counts[histories].astype(np.int64)
    on = (histories[:, None] >> np.arange(k) & 1).astype(float)  # (histories, lists)
    cases, chance = int(persons.sum()), rng.uniform(0.05, 0.5, (CLASSES, k))
    sizes, concentration = rng.dirichlet(np.ones(CLASSES)), 1.0
    kept = np.empty(DRAWS)
    for sweep in range(BURN_IN + DRAWS * THIN):
        weights = np.exp(on @ np.log(chance).T + (1 - on) @ np.log1p(-chance).T) * sizes
        kinds = rng.multinomial(persons, weights / weights.sum(axis=1, keepdims=True))
        unlisted = sizes * np.prod(1 - chance, axis=1)
        share = min(unlisted.sum(), 1 - 1e-12)
        rate = min(rng.gamma(cases) * share / (1 - share), LARGEST)  # a negative binomial, by its mixture
        unseen = rng.poisson(rate)
        nobody = rng.multinomial(unseen, unlisted / unlisted.sum())
        members = kinds.sum(axis=0) + nobody
        listed = kinds.T @ on
        chance = np.clip(rng.beta(1 + listed, 1 + members[:, None] - listed), 1e-12, 1 - 1e-12)
        after = members.sum() - np.cumsum(members)
        sticks = np.clip(rng.beta(1 + members[:-1], concentration + after[:-1]), 1e-12, 1 - 1e-12)
        rest = np.cumprod(1 - sticks)
        sizes = np.append(sticks, 1.0) * np.append(1.0, rest)
        concentration = rng.gamma(SHAPE + CLASSES - 1) / (RATE - np.log1p(-sticks).sum())
        if sweep >= BURN_IN and (sweep - BURN_IN) % THIN == 0:
            kept[(sweep - BURN_IN) // THIN] = unseen
    return kept


def split_rhat(chains: np.ndarray) -> float:
    """How much wider all chains (chains, draws) are together than each half of one is; 1 if they tell the same."""
    half = chains.shape[1] // 2
    halves = np.vstack([chains[:, :half], chains[:, half:2 * half]])
    within = halves.var(axis=1, ddof=1).mean()
    between = halves.mean(axis=1).var(ddof=1)
    return float(np.sqrt((half - 1) / half + between / within)) if within > 0 else float("inf")


def effective_draws(chains: np.ndarray) -> float:
    """Independent draws that tell as much: autocorrelation up to the first pair of lags with a sum below nothing."""
    count, length = chains.shape
    apart = chains - chains.mean(axis=1, keepdims=True)
    spectrum = np.fft.rfft(apart, 2 * length, axis=1)
    covariance = np.fft.irfft(np.abs(spectrum) ** 2, axis=1)[:, :length].mean(axis=0) / length
    within = chains.var(axis=1, ddof=1).mean()
    total = (length - 1) / length * within + chains.mean(axis=1).var(ddof=1) if count > 1 else within
    if not total > 0:
        return 0.0
    correlation = 1 - (within - covariance) / total
    correlation[0] = 1.0
    sums = correlation[: length // 2 * 2].reshape(-1, 2).sum(axis=1)
    end = int(np.argmax(sums < 0)) if (sums < 0).any() else len(sums)
    return float(count * length / max(2 * sums[:end].sum() - 1, 1 / np.log10(count * length)))
