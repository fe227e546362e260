"""Do stated probabilities and intervals hold? Calibration, coverage, rank tests, proper scores.

[1] Talts et al. (2018), Validating Bayesian inference algorithms with simulation-based calibration, arXiv:1804.06788
[2] Naeini, Cooper, Hauskrecht (2015), Obtaining well calibrated probabilities using Bayesian binning, AAAI
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats
from undercount.experiments.inference.estimate import Estimate, mean, share, spread

BINS = 10
DRAWS = 1000
TIES = 0x7135  # beside the seed, so that a caller's own draws of the same seed are not these again
SMALLEST = 1e-12  # probability that stands for zero in the log score


@dataclass(frozen=True)
class Bin:
    """Stated probabilities of one bin: how many, their mean, and the share that came true with its interval."""

    count: int
    stated: float
    happened: Estimate


@dataclass(frozen=True)
class Calibration:
    """Mean error over bins (weighted by their counts), largest error of a bin, both with 90 % bootstrap intervals.

    Both are biased upwards by sampling: perfect probabilities have an error of about 0.8 of the
    standard error of a bin.
    """

    error: Estimate
    largest: Estimate
    bins: tuple[Bin, ...]


@dataclass(frozen=True)
class Coverage:
    """How many intervals held the truth; the share with Jeffreys' interval."""

    inside: int
    total: int
    share: Estimate


@dataclass(frozen=True)
class Uniformity:
    """p-values of a uniform distribution of ranks, by chi-square over bins and Kolmogorov-Smirnov, and bin counts."""

    chi_square: float
    kolmogorov_smirnov: float
    counts: tuple[int, ...]


def calibration(stated: np.ndarray, happened: np.ndarray, seed: int, bins: int = BINS) -> Calibration:
    """Calibration of stated probabilities (m,) of events that happened or not (m,), in bins of equal count [2]."""
    stated, happened = np.asarray(stated, float), np.asarray(happened, float)
    parts = [part for part in np.array_split(np.argsort(stated, kind="stable"), bins) if len(part)]
    table = tuple(
        Bin(len(part), float(stated[part].mean()), share(happened[part].sum(), len(part))) for part in parts
    )
    rng = np.random.default_rng(seed)
    draws = rng.integers(0, len(stated), (DRAWS, len(stated)))
    errors = np.array([_errors(stated[rows], happened[rows], bins) for rows in draws])
    error, largest = _errors(stated, happened, bins)
    return Calibration(spread(error, errors[:, 0]), spread(largest, errors[:, 1]), table)


def calibration_of_choice(probabilities: np.ndarray, true: np.ndarray, seed: int) -> Calibration:
    """Calibration of the probability (m, k) of the class chosen: is it right as often as stated?"""
    probabilities = np.asarray(probabilities, float)
    return calibration(probabilities.max(axis=1), probabilities.argmax(axis=1) == true, seed)


def coverage(low: np.ndarray, high: np.ndarray, truth: np.ndarray) -> Coverage:
    """How many intervals [low, high] hold the truth."""
    truth = np.asarray(truth, float)
    inside, total = int(((truth >= low) & (truth <= high)).sum()), len(truth)
    return Coverage(inside, total, share(inside, total))


def ranks(below: np.ndarray, upto: np.ndarray, seed: int) -> np.ndarray:
    """Ranks in [0, 1] of truths in their posteriors, uniform if the posteriors are right [1].

    `below` and `upto` are the posterior shares below the truth and at or below it; ties are broken
    at random, which discrete quantities need.
    """
    below, upto = np.asarray(below, float), np.asarray(upto, float)
    rng = np.random.default_rng([seed, TIES])
    return below + rng.random(len(below)) * (upto - below)


def uniformity(ranks: np.ndarray) -> Uniformity:
    """Tests that ranks are uniform in [0, 1]."""
    counts, _ = np.histogram(ranks, BINS, (0, 1))
    return Uniformity(
        float(stats.chisquare(counts).pvalue), float(stats.kstest(ranks, "uniform").pvalue), tuple(counts.tolist())
    )


def brier(probabilities: np.ndarray, true: np.ndarray) -> Estimate:
    """Mean over rows of the squared distance of probabilities (m, k) from the truth: 0 best, 2 worst."""
    hit = np.arange(np.shape(probabilities)[1]) == np.asarray(true)[:, None]
    return mean(((probabilities - hit) ** 2).sum(axis=1))


def log_scores(probabilities: np.ndarray, true: np.ndarray) -> np.ndarray:
    """Log probability (nats) given to the truth in each row."""
    return np.log(np.maximum(np.take_along_axis(probabilities, np.asarray(true)[:, None], axis=1)[:, 0], SMALLEST))


def log_score(probabilities: np.ndarray, true: np.ndarray) -> Estimate:
    """Mean log probability (nats) given to the truth: 0 best; -log(classes) for equal probabilities."""
    return mean(log_scores(probabilities, true))


def _errors(stated: np.ndarray, happened: np.ndarray, bins: int) -> tuple[float, float]:
    """Mean and largest difference of mean statement and share come true over bins of equal count."""
    order = np.argsort(stated, kind="stable")
    edges = np.unique(np.linspace(0, len(order), bins + 1).astype(int))
    counts = np.diff(edges)
    gaps = np.abs(np.add.reduceat((happened - stated)[order], edges[:-1]))
    return float(gaps.sum() / len(order)), float((gaps / counts).max())
