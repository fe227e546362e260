"""The maximum of a Poisson log-linear likelihood over capture histories, by Newton's method.

The derivatives need no design matrix. A term applies to the histories that hold all of its lists, so both
the gradient and the Hessian are sums over supersets of a term: one pass over the bits gives all of them.
"""

from __future__ import annotations

import numpy as np
from undercount.model.engine.compiled import part

STEPS, HALVINGS = 100, 30
SMALL_STEP = 1e-7  # in the logarithm of a mean; the next would be its square
FOUND, SINGULAR, LOST = 0, 1, 2


@part
def _supersets(values):
    """In place: each value becomes the sum of the values of the histories that hold it."""
    step = 1
    while step < len(values):
        for history in range(len(values)):
            if not history & step:
                values[history] += values[history | step]
        step *= 2


@part
def _predictor(terms, coefficients, out):
    """The logarithm of the mean of every history: the sum of the coefficients of the terms that it holds."""
    out[:] = 0.0
    for j in range(len(terms)):
        out[terms[j]] += coefficients[j]
    step = 1
    while step < len(out):
        for history in range(len(out)):
            if history & step:
                out[history] += out[history ^ step]
        step *= 2


@part
def _deviance(counts, possible, predictor):
    total = 0.0
    for history in range(1, len(counts)):
        if possible[history]:
            count = counts[history]
            total -= count - np.exp(predictor[history])
            if count > 0.0:
                total += count * (np.log(count) - predictor[history])
    return 2.0 * total


@part
def _cholesky(matrix):
    """In place, the lower triangle; False if the matrix is not positive definite."""
    for i in range(len(matrix)):
        limit = 1e-11 * matrix[i, i]
        for j in range(i + 1):
            value = matrix[i, j]
            for k in range(j):
                value -= matrix[i, k] * matrix[j, k]
            if i == j:
                if not value > limit:
                    return False
                matrix[i, i] = np.sqrt(value)
            else:
                matrix[i, j] = value / matrix[j, j]
    return True


@part
def _solve(lower, values):
    """In place, after `_cholesky`."""
    for i in range(len(values)):
        for k in range(i):
            values[i] -= lower[i, k] * values[k]
        values[i] /= lower[i, i]
    for i in range(len(values) - 1, -1, -1):
        for k in range(i + 1, len(values)):
            values[i] -= lower[k, i] * values[k]
        values[i] /= lower[i, i]


@part
def maximise(terms, counts, held):
    """The maximum: hidden persons, their variance in the logarithm, deviance, means, finite terms, status.

    `terms` begins with 0, the intercept; `counts` are by history, the first is not looked at. Terms whose
    lists have nobody in common are at minus infinity: False in `finite`. `held`: a value of the intercept
    that is kept, or nan. FOUND only if the last step was small: where the likelihood rises for ever along
    some direction, steps along it do not become small, however small the gradient.
    """
    observed = counts.copy()
    observed[0] = 0.0
    total = observed.sum()
    _supersets(observed)
    finite = np.ones(len(terms), np.bool_)
    possible = np.ones(len(counts), np.bool_)
    possible[0] = False
    for j in range(1, len(terms)):
        if observed[terms[j]] == 0.0:
            finite[j] = False
            for history in range(len(counts)):
                if history & terms[j] == terms[j]:
                    possible[history] = False
    used = terms[finite]
    size, free = len(used), 0 if np.isnan(held) else 1
    coefficients = np.zeros(size)
    predictor, mean = np.zeros(len(counts)), np.zeros(len(counts))
    hessian, step = np.zeros((size - free, size - free)), np.zeros(size - free)
    coefficients[0] = held if free else np.log(max(total, 1.0) / max(possible.sum(), 1))
    _predictor(used, coefficients, predictor)
    deviance, variance, status = _deviance(counts, possible, predictor), np.nan, LOST
    for _ in range(STEPS):
        for history in range(len(counts)):
            mean[history] = np.exp(predictor[history]) if possible[history] else 0.0
        sums = mean.copy()
        _supersets(sums)
        for i in range(free, size):
            step[i - free] = observed[used[i]] - sums[used[i]]
            for j in range(free, i + 1):
                hessian[i - free, j - free] = sums[used[i] | used[j]]
        if not _cholesky(hessian):
            status = SINGULAR
            break
        _solve(hessian, step)
        if np.abs(step).max() <= SMALL_STEP:
            coefficients[free:] += step
            status = FOUND
            break
        scale, moved = 1.0, False
        for _ in range(HALVINGS):
            tried = coefficients.copy()
            tried[free:] += scale * step
            _predictor(used, tried, predictor)
            value = _deviance(counts, possible, predictor)
            if value <= deviance + 1e-10 * (1.0 + abs(deviance)):
                coefficients, deviance, moved = tried, value, True
                break
            scale /= 2.0
        if not moved:
            break
    if status == FOUND and not free:
        unit = np.zeros(size)
        unit[0] = 1.0
        _solve(hessian, unit)
        variance = unit[0]
    return np.exp(coefficients[0]), variance, deviance, mean, finite, status
