"""Every method on one set of lists: its estimate, its interval, its model, or why there is none."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from undercount.experiments.estimate.bootstrap import Bootstrap, bca
from undercount.experiments.estimate.closed import Closed, chao, chapman
from undercount.experiments.estimate.latent import Posterior, latent_classes
from undercount.experiments.estimate.lists import Lists, Term, mains, on_all, order, pairs
from undercount.experiments.estimate.selection import THRESHOLD, Selected, best_of, by_bic, every_model, stepwise
from undercount.experiments.estimate.strata import Joint, fit_joint

CHAO, LINCOLN, CHAPMAN = "chao", "lincoln-petersen", "chapman"
INDEPENDENCE, ALL_PAIRS, STEPWISE, BIC_TWO, BIC_THREE = "independence", "all-pairs", "stepwise", "bic", "bic-three"
LATENT = "latent-classes"
FEW_MODELS = 200  # so many are all tried in every resample; of more, the best by BIC


@dataclass(frozen=True)
class Options:
    """What a user may set."""

    threshold: float = THRESHOLD
    three: bool = True
    latent: bool = False
    resamples: int = 1000
    seed: int = 1


@dataclass(frozen=True)
class Method:
    """What a method says. `population` is None where it has no estimate, and `why` says why.

    `interval` names how `low` and `high` came about; `wald` is the interval that most publications print.
    """

    key: str
    title: str
    assumes: str
    population: float | None = None
    low: float | None = None
    high: float | None = None
    interval: str = ""
    wald: tuple[float, float] | None = None
    joint: Joint | None = None
    bootstrap: Bootstrap | None = None
    selected: Selected | None = None
    posterior: Posterior | None = None
    why: str = ""
    note: str = ""

    @property
    def model(self) -> tuple[Term, ...]:
        """Its terms of two lists and more."""
        return tuple(term for term in self.joint.terms if order(term) > 1) if self.joint else ()


def run_methods(lists: Lists, options: Options) -> Iterator[Method]:
    """Each method that these lists allow, the simplest first."""
    counts, k = lists.counts, len(lists.names)
    yield _chao(counts)
    if k == 2:
        yield _model(LINCOLN, "Lincoln-Petersen", "the two lists are independent", fit_joint(mains(2), counts), counts)
        yield _chapman(counts)
    else:
        yield _model(INDEPENDENCE, "independence", "all lists are independent of each other",
                     fit_joint(mains(k), counts), counts)
        yield _model(ALL_PAIRS, "all pairs", "lists depend on each other in pairs only",
                     fit_joint(mains(k) + pairs(k), counts), counts)
        yield _stepwise(counts, options)
        yield _bic(counts, options, three=False)
        if options.three and k > 3:
            yield _bic(counts, options, three=True)
    if options.latent:
        yield _latent(lists, options)


def main_rule(options: Options) -> Callable[[np.ndarray], Joint]:
    """The rule with which single lists are left out, and so on: stepwise, quick and with selection."""
    return lambda counts: stepwise(counts, options.threshold)[0]


def _chao(counts: np.ndarray) -> Method:
    return _closed(CHAO, "Chao's lower bound", "persons differ in how easily they are listed, and lists do not avoid "
                   "each other: then at least so many", [chao(each) for each in counts])


def _chapman(counts: np.ndarray) -> Method:
    shared = [on_all(each) for each in counts]
    few = min(each[3] for each in shared) < 7
    return _closed(CHAPMAN, "Chapman", "the two lists are independent",
                   [chapman(each[1], each[2], each[3]) for each in shared],
                   "fewer than 7 on both lists: the correction for small numbers is not enough" if few else "")


def _closed(key: str, title: str, assumes: str, parts: list[Closed], note: str = "") -> Method:
    whole = Closed(*(sum(getattr(part, name) for part in parts) for name in ("cases", "population", "variance")))
    if key == CHAPMAN and not whole.variance > 0:
        return Method(key, title, assumes, why="everybody on one list is on the other")
    low, high = whole.interval()
    return Method(key, title, assumes, whole.population, low, high, "log-normal", note=note)


def _model(key: str, title: str, assumes: str, joint: Joint, counts: np.ndarray) -> Method:
    if not joint.fine:
        return Method(key, title, assumes, joint=joint, why=_why(joint))
    low, high, interval = joint.interval(counts)
    return Method(key, title, assumes, joint.population, low, high, interval, joint.wald(), joint)


def _stepwise(counts: np.ndarray, options: Options) -> Method:
    def choose(sample: np.ndarray) -> Joint:
        return stepwise(sample, options.threshold)[0]

    return _selecting(STEPWISE, f"stepwise, p < {options.threshold:g}",
                      "pairs that depend on each other show it, and no three lists do", choose, counts, options)


def _bic(counts: np.ndarray, options: Options, three: bool) -> Method:
    k = counts.shape[1].bit_length() - 1
    selected = by_bic(counts, three)
    key, what = (BIC_THREE, "terms of up to three lists") if three else (BIC_TWO, "terms of two lists")
    models = every_model(k, three)
    if models is None or len(models) > FEW_MODELS:
        models = [joint.terms for joint in selected.best]
    assumes = f"the simplest good model with {what} holds for who is on no list too"
    found = _selecting(key, f"best by BIC, {what}", assumes, lambda sample: best_of(models, sample), counts, options,
                       selected)
    note = f"found by a search among {selected.tried} models, not all there are" if selected.searched else ""
    return Method(**{**found.__dict__, "note": note})


def _selecting(key: str, title: str, assumes: str, choose: Callable[[np.ndarray], Joint | None], counts: np.ndarray,
               options: Options, selected: Selected | None = None) -> Method:
    """A method whose interval repeats the choice of the model, or is the model's own if none is drawn."""
    joint = choose(counts)
    if joint is None or not joint.fine:
        return Method(key, title, assumes, joint=joint, selected=selected,
                      why="no model has an estimate" if joint is None else _why(joint))
    if not options.resamples:
        low, high, interval = joint.interval(counts)
        return Method(key, title, assumes, joint.population, low, high, interval, joint.wald(), joint,
                      selected=selected)

    def estimate(sample: np.ndarray) -> float:
        found = choose(sample)
        return found.population if found is not None and found.fine else np.nan

    drawn = bca(counts, estimate, joint.population, options.resamples, options.seed)
    return Method(key, title, assumes, joint.population, drawn.low, drawn.high, "BCa", joint.wald(), joint, drawn,
                  selected)


def _latent(lists: Lists, options: Options) -> Method:
    posterior = latent_classes(lists.total, options.seed)
    note = ("" if posterior.converged else
            "the chains have not come to tell the same: not an estimate")
    title, assumes = "latent classes", "persons are of a few kinds, and lists are independent within each kind"
    return Method(LATENT, title, assumes, posterior.median, posterior.low, posterior.high, "posterior",
                  posterior=posterior, note=note)


def _why(joint: Joint) -> str:
    return next(each.why for each in joint.fits if not each.fine)
