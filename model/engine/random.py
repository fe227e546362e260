"""Counter-based random numbers: a draw is a pure function of (seed, who, month, decision).

The generator is Philox4x32-10 [1]. Two worlds with one seed are therefore the same people with the
same luck; results do not depend on order, threads or how many other agents there are; and one
person's life can be replayed on its own. `tests/test_random.py` checks it against the test vectors
published with Random123 [2].

References
----------
1. Salmon, Moraes, Dror, Shaw (2011), Parallel random numbers: as easy as 1, 2, 3. SC '11.
   doi:10.1145/2063384.2063405
2. D. E. Shaw Research, Random123 1.14.0, tests/kat_vectors.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit
from undercount.model.engine.compiled import helper

_MASK = np.uint64(0xFFFFFFFF)
_HALF = np.uint64(32)
_M0 = np.uint64(0xD2511F53)
_M1 = np.uint64(0xCD9E8D57)
_W0 = np.uint64(0x9E3779B9)
_W1 = np.uint64(0xBB67AE85)
_TO_UNIT = 2.0**-53


@njit(inline="always")
def philox(c0, c1, c2, c3, k0, k1):
    """Philox4x32-10 of a 4-word counter and 2-word key; uint64 holding 32 bits in and out."""
    for _ in range(10):
        p0 = _M0 * c0
        p1 = _M1 * c2
        c0, c1, c2, c3 = (
            (p1 >> _HALF) ^ c1 ^ k0, p1 & _MASK, (p0 >> _HALF) ^ c3 ^ k1, p0 & _MASK)
        k0 = (k0 + _W0) & _MASK
        k1 = (k1 + _W1) & _MASK
    return c0, c1, c2, c3


@njit(inline="always")
def _words(seed, who, month, decision):
    s = np.uint64(seed)
    w = np.uint64(who)
    return philox(w & _MASK, w >> _HALF, np.uint64(month), np.uint64(decision), s & _MASK, s >> _HALF)


@helper
def draw(seed, who, month, decision):
    """Uniform on [0, 1) with 53 bits, for one decision of one agent in one month.

    `seed`, `who`, `month` and `decision` are non-negative integers below 2**63 (month and decision
    below 2**32). Every decision of the model has its own number in `decisions.py`.
    """
    a, b, _, _ = _words(seed, who, month, decision)
    return float((a << np.uint64(21)) ^ (b >> np.uint64(11))) * _TO_UNIT


@helper
def draw_four(seed, who, month, decision):
    """Four uniforms on [0, 1) with 32 bits each from one counter; for traits drawn together."""
    a, b, c, e = _words(seed, who, month, decision)
    return float(a) * 2.0**-32, float(b) * 2.0**-32, float(c) * 2.0**-32, float(e) * 2.0**-32


@helper
def draw_child(seed, parent, serial, decision):
    """Identity of the `serial`-th party that splits off a party: 62 random bits above 2**62.

    Original agents are numbered from 0 below 2**62, so parties never collide with them; among a
    million parties two coincide with a probability of about 1e-7.
    """
    a, b, _, _ = _words(seed, parent, serial, decision)
    return np.int64((((a << _HALF) | b) & np.uint64(0x3FFFFFFFFFFFFFFF)) | np.uint64(0x4000000000000000))


@helper
def draw_stratified(seed, stratum, index, decision):
    """Uniform on [0, 1) for the `index`-th member of a stratum, evenly spread over the stratum.

    The base-2 van der Corput sequence, digitally shifted by a random word of the stratum: each
    number is uniform, any run of members covers [0, 1) evenly, and a further member changes
    nobody else's number [1]. Used for the moment of leaving home, so that agents that stand for
    many persons do not make the number of leavers noisier than single persons would.

    1. Owen (2013), Monte Carlo theory, methods and examples, ch. 15 and 17.
    """
    shift, _, _, _ = _words(seed, stratum, 0, decision)
    _, jitter, _, _ = _words(seed, index, stratum, decision)
    return float(((reversed_bits(index) ^ shift) << np.uint64(21)) ^ (jitter >> np.uint64(11))) * _TO_UNIT


@helper
def reversed_bits(index):
    """The 32 bits of `index` in reverse order: 2**32 times its van der Corput number."""
    x = np.uint64(index)
    for shift, mask in ((1, 0x55555555), (2, 0x33333333), (4, 0x0F0F0F0F), (8, 0x00FF00FF), (16, 0x0000FFFF)):
        s, m = np.uint64(shift), np.uint64(mask)
        x = ((x >> s) & m) | ((x & m) << s)
    return x


@helper
def binomial(n, p, u):
    """Number of successes among `n` persons with chance `p` each, by inversion of one uniform `u`.

    Exact: the smallest k with P(X <= k) > u, summed from the rarer side.
    """
    if p <= 0.0 or n <= 0:
        return 0
    if p >= 1.0:
        return n
    if n == 1:
        return 1 if u >= 1.0 - p else 0
    if p > 0.5:
        return n - _few(n, 1.0 - p, 1.0 - u)
    return _few(n, p, u)


@helper
def _few(n, p, u):
    """`binomial` for p <= 0.5: sums the distribution from zero successes upwards."""
    odds = p / (1.0 - p)
    log_mass = n * math.log1p(-p)
    k = 0
    while log_mass < -700.0:  # no float is so small, and nothing of u is used up yet
        log_mass += math.log(odds * (n - k) / (k + 1))
        k += 1
    mass = math.exp(log_mass)
    while u >= mass and mass > 0.0 and k < n:  # no mass left: u was used up but for rounding
        u -= mass
        mass *= odds * (n - k) / (k + 1)
        k += 1
    return k
