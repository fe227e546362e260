"""The answer to one observed table, from one reference table: every estimand, its checks, and how firm it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from undercount.experiments.answer.adaptation import Adaptation, learn_adaptation, to_learn_from
from undercount.experiments.answer.chain import LINKS
from undercount.experiments.answer.checks import Check, Direction, area, checks, direction
from undercount.experiments.answer.estimands import FELL, Truths, Window, not_asked, truths, windows
from undercount.experiments.answer.ordinary import Ordinary, ordinary
from undercount.experiments.answer.posterior import Marginal, balance, balanced, marginal, priors
from undercount.experiments.answer.views import Split, View, disturbed, split, used
from undercount.experiments.inference.estimate import Estimate, mean
from undercount.experiments.inference.honest import GRID, Assessed, assess, honest, levels
from undercount.experiments.inference.joint import Together, together
from undercount.experiments.inference.methods import COMPARED, GROWTH, METHODS, MOVING, Draws, Fitted, Targets, evenly
from undercount.experiments.reference.table import Reference
from undercount.experiments.store.kept import again
from undercount.experiments.verdict.observed import Observed
from undercount.model.files.problems import BadInput, Problem

# Worlds learnt from, at most, that set levels beside those set aside; fewer for many targets, as links by country are.
LEFT_OUT, FEWER, MANY = 4000, 600, 50
STILL = 0.1  # share of the worlds in which a link that is not moved is exactly nothing
SUBLINKS = ("new", "held")  # of "fewer people", told apart in all countries together


@dataclass(frozen=True)
class Setup:
    """What one way of looking at the table learnt: methods, the one chosen for each family, and its levels."""

    fitted: Fitted
    chosen: dict[str, str]
    own: np.ndarray  # (GRID, targets) of the chosen methods
    scores: dict[str, dict[str, Estimate]]  # family -> method -> mean log score of a target (nats)
    here: np.ndarray
    summaries: np.ndarray

    def position(self, name: str) -> int:
        return self.fitted.names.index(name)

    def draws(self, family: str, names: list[str], summaries: np.ndarray | None = None) -> Draws:
        """Draws of these targets by the family's method at the observed summaries, or at others (p,)."""
        at = self.here if summaries is None else summaries
        return next(self.fitted.posteriors(self.chosen[family], family, at[None],
                                           [self.position(name) for name in names]))


@dataclass(frozen=True)
class Flow:
    """D of one window: posterior by the table's own prior and by the balanced one, priors, what the data add."""

    window: Window
    prior: Marginal
    posterior: Marginal
    balanced: Marginal
    shares: dict[str, float]  # of the prior
    check: Check
    direction: Direction | None


@dataclass(frozen=True)
class Link:
    """A group's part of the change of ln(counted): mean, posterior, prior, and its check on worlds of known truth."""

    mean: float
    posterior: Marginal
    prior: Marginal
    check: Check


@dataclass(frozen=True)
class Links:
    """The chain of one window: in all, by country, and the parts of "fewer people"; `unmatched` is what the worlds
    that carry the answer leave of the observed change of ln(counted)."""

    window: Window
    groups: dict[str, Link]
    parts: dict[str, Link]
    by_country: dict[str, dict[str, Link]]
    unmatched: float


@dataclass(frozen=True)
class Rivals:
    """Probability that each onset happened, alone and with each other one; before the data from the prior."""

    onsets: tuple[str, ...]
    alone: np.ndarray
    pairs: np.ndarray
    prior: np.ndarray
    prior_pairs: np.ndarray
    auc: np.ndarray  # on worlds of known truth; NaN where all or none happened


@dataclass(frozen=True)
class Found:
    """Everything that the answer says."""

    reference: Reference
    observed: Observed
    seed: int
    years: tuple[int, ...]
    split: Split
    truths: Truths
    plain: Setup
    ordinary: Ordinary
    flows: list[Flow]
    robust_flows: list[Flow]  # with an error in every cell
    informed_flows: list[Flow]  # with the statistics beyond the table; none without any
    chains: list[Links]
    levels: dict[int, tuple[Marginal, Marginal, Check]]  # year -> posterior, prior, check
    joint: dict[str, Together]  # what is stated at once
    rivals: Rivals | None
    weights: np.ndarray  # of the training worlds, for the shortest window, balanced
    methods: pd.DataFrame
    adaptation: Adaptation | None  # without an attribution of the table's worlds none


def find(reference: Reference, observed: Observed, seed: int, cores: int, say: Callable[[str], None],
         trees: int = GROWTH.trees, attribution: Path | None = None) -> Found:
    """Answer it. `attribution` is the folder of one of the table's worlds. Raises BadInput if the table has too few
    worlds or its rows no two full years, and what `learn_adaptation` raises."""
    check_columns(reference)
    years = full(observed)
    asked = windows(observed, years, reference.region.windows)
    if not asked and reference.region.windows:
        raise BadInput(not_asked(observed, reference.region.windows))
    if not asked:
        raise BadInput(Problem(observed.file, "period", f"full years {', '.join(map(str, years)) or 'none'}",
                               "two full years in a row with the same countries and counts above 0"))
    parts = split(reference, seed)
    played = to_learn_from(reference, asked, attribution)
    adapted = None if played is None else learn_adaptation(reference, observed, asked, played, seed, cores)
    say("is the observed table like the simulated ones")
    counts = reference.quantities(observed.columns)
    usual = ordinary(observed, counts, parts.train, np.concatenate([parts.setting, parts.checked]))
    say("the estimands of every world")
    known = truths(reference, observed, asked, years)
    targets = _targets(known)
    values = targets.values
    say("learning from the worlds, and choosing the methods")
    view = View.of(observed, counts)
    plain = learn(view, targets, parts, seed, cores, trees)
    only = {"flow": plain.chosen["flow"]}
    say("the same with an error in every cell")
    robust = learn(View.of(observed, disturbed(observed, counts, seed)), targets, parts, seed + 1, cores, trees, only)
    informed = None
    if used(reference):
        say(f"the same with {len(used(reference))} statistics beyond the table")
        informed = learn(view.with_statistics(reference), targets, parts, seed, cores, trees, {"flow": None})
    say("the answer, and its checks")
    found = {family: _assessed(plain, family, values, parts.checked, seed) for family in ("flow", "chain", "level")}
    flows = _flows(plain, known, parts, found["flow"], seed)
    robust_flows, informed_flows = (
        [] if each is None else _flows(each, known, parts, _assessed(each, "flow", values, parts.checked, seed), seed)
        for each in (robust, informed))
    chains = [_links(plain, window, values, parts, found["chain"], known) for window in known.windows]
    weights = np.zeros(len(reference.labels))
    draws = plain.draws("flow", [known.flows[0]])
    np.add.at(weights, parts.train[draws.worlds], balanced(draws.weights, draws.values[:, 0], balance(flows[0].shares)))
    return Found(reference, observed, seed, years, parts, known, plain, usual, flows, robust_flows, informed_flows,
                 chains, _levels(plain, years, values, parts, found["level"]),
                 _joint(plain, informed, known, years, values, parts.checked, seed),
                 _rivals(plain, known, parts) if known.onsets else None, weights, _comparison(plain, informed),
                 adapted)


def _joint(plain: Setup, informed: Setup | None, known: Truths, years, values: np.ndarray, rows: np.ndarray,
           seed: int) -> dict[str, Together]:
    """What is stated at once, by name, on worlds of known truth."""
    asked = {"flow": (plain, "flow", known.flows), "flow with the statistics": (informed, "flow", known.flows)}
    asked |= {f"chain {window.key}": (plain, "chain", [f"{group}:{window.key}" for group in known.groups])
              for window in known.windows}
    asked["level"] = plain, "level", [f"level:{year}" for year in years]
    found = {}
    for name, (setup, family, names) in asked.items():
        if setup is not None:
            targets, seen = [setup.position(each) for each in names], setup.summaries[rows]
            found[name] = together(setup.fitted.posteriors(setup.chosen[family], family, seen, targets),
                                   values[rows][:, targets], setup.fitted.points(seen, targets, seed),
                                   setup.own[:, targets], seed)
    return found


def check_columns(reference: Reference) -> None:
    """Raises BadInput if the table was made before the tallies of places were kept."""
    missing = [name for name in reference.columns if name not in reference.names]
    if missing:
        raise BadInput(Problem(reference.folder, "columns", f"no {missing[0]}",
                               "a table by this version; to make it anew elsewhere: "
                               + again(reference.manifest, reference.folder)))


def full(observed: Observed) -> tuple[int, ...]:
    """Years of the observed table with more than half as many countries as the fullest."""
    counts: dict[int, int] = {}
    for row in observed.rows:
        if row.period.isdigit():
            counts[int(row.period)] = counts.get(int(row.period), 0) + 1
    most = max(counts.values(), default=0)
    return tuple(sorted(year for year, n in counts.items() if 2 * n > most))


def _targets(known: Truths) -> Targets:
    """All that is regressed: the estimands, the parts of "fewer people", the rivals."""
    names, columns = list(known.names), [known.values]
    for window in known.windows:
        whole = known.chains[window.key].whole
        names += [f"{part}:{window.key}" for part in SUBLINKS]
        columns.append(whole[:, [list(LINKS).index(part) for part in SUBLINKS]])
    names += [f"rival:{name}" for name in known.onsets]
    return Targets(tuple(names), np.hstack([*columns, known.rivals]))


def learn(seen: View, targets: Targets, parts: Split, seed: int, cores: int, trees: int = GROWTH.trees,
          chosen: dict[str, str | None] | None = None) -> Setup:
    """Fit every method, choose one for each family by the log score on the worlds set aside, and set its levels.

    With `chosen`, only its families, each by its method (None: by the one with the best log score).
    """
    view, names, values = seen.worlds, targets.names, targets.values
    links = [name for name in names if name.count(":") == 2 and not name.startswith("flow:")]
    families = {"flow": targets.starting("flow"), "chain": links, "level": targets.starting("level"),
                "rivals": targets.starting("rival")}
    families = {family: members for family, members in families.items()
                if members and (chosen is None or family in chosen)}
    fitted = Fitted.fit(view[parts.train], targets.of(parts.train), families, seed, cores, trees, STILL)
    own, picked, scores = np.full((len(GRID), len(names)), np.nan), {}, {}
    for family, members in families.items():
        if family == "rivals":
            picked[family] = "forest"
            continue
        mine = [names.index(name) for name in members]
        named = chosen[family] if chosen else None
        methods = METHODS if named is None else (named,)
        some = parts.setting[-COMPARED:]
        tried = {method: assess(fitted, fitted.posteriors(method, family, view[some], mine), values[some], mine, seed)
                 for method in methods}
        scores[family] = {method: mean(each.scores.mean(axis=1)) for method, each in tried.items()}
        # The steps of a chain must end in the observed count: it is taken from the methods that move worlds there.
        able = [method for method in tried if method in MOVING] if family == "chain" else tried
        best = picked[family] = max(able, key=lambda method: scores[family][method].value)
        own[:, mine] = _own_levels(fitted, best, family, seen, targets, parts, mine, seed)
        if family == "chain":  # countries by the same method
            rest = [i for i, name in enumerate(names) if name.count(":") == 3]
            own[:, rest] = _own_levels(fitted, best, family, seen, targets, parts, rest, seed)
    return Setup(fitted, picked, own, scores, seen.here, view)


def _own_levels(fitted: Fitted, method: str, family: str, seen: View, targets: Targets, parts: Split,
                asked: list[int], seed: int) -> np.ndarray:
    """Levels (GRID, asked) of a method: on worlds set aside, and on some that were learnt from, each left out."""
    most = LEFT_OUT if len(asked) <= MANY else FEWER
    aside = parts.setting[-most:]
    learnt = evenly(len(parts.train), most)
    found = [assess(fitted, made, targets.values[rows], asked, seed).ranks for made, rows in (
        (fitted.posteriors(method, family, seen.worlds[aside], asked), aside),
        (fitted.left_out(method, family, learnt, asked), parts.train[learnt]))]
    return levels(np.vstack(found))


def _assessed(setup: Setup, family: str, values: np.ndarray, rows: np.ndarray,
              seed: int) -> tuple[list[int], Assessed, list[Check]]:
    """(targets, statements, checks) of a family on worlds of known truth; of the chain with its countries."""
    fitted = setup.fitted
    targets = list(fitted.families[family])
    if family == "chain":
        targets += [i for i, name in enumerate(fitted.names) if name.count(":") == 3]
    made = assess(fitted, fitted.posteriors(setup.chosen[family], family, setup.summaries[rows], targets), values[rows],
                  targets, seed, (FELL,))
    return targets, made, checks(made, values[rows][:, targets], setup.own[:, targets], seed)


def _flows(setup: Setup, known: Truths, parts: Split, assessed, seed: int) -> list[Flow]:
    """D of every window as this setup has it."""
    return [_flow(setup, window, known, parts, assessed, i, seed) for i, window in enumerate(known.windows)]


def _flow(setup: Setup, window: Window, known: Truths, parts: Split, assessed, i: int, seed: int) -> Flow:
    name = f"flow:{window.key}"
    change, own = known.of(name), setup.own[:, setup.position(name)]
    shares = priors(change[parts.train])
    draws = setup.draws("flow", [name])
    _, made, checked = assessed
    fell = honest(made.below[:, i, 0], own)
    even = marginal(draws.values[:, 0], draws.weights, own)
    return Flow(window, marginal(change[parts.train], np.ones(len(parts.train))), even,
                even.reweighed(balance(shares)), shares, checked[i], direction(fell, change[parts.checked], seed))


def _links(setup: Setup, window: Window, values: np.ndarray, parts: Split, assessed, known: Truths) -> Links:
    targets, _, checked = assessed
    flow = f"flow:{window.key}"
    names = [name for i in targets if (name := setup.fitted.names[i]).split(":")[1:3] == window.key.split(":")]
    draws = setup.draws("chain", [flow, *names])
    weights = balanced(draws.weights, draws.values[:, 0], balance(priors(known.of(flow)[parts.train])))
    made = {}
    for k, name in enumerate(names, 1):
        at = setup.position(name)
        made[name] = Link(float(weights @ draws.values[:, k]),
                          marginal(draws.values[:, k], weights, setup.own[:, at]),
                          marginal(values[parts.train, at], np.ones(len(parts.train))), checked[targets.index(at)])
    groups = {group: made[f"{group}:{window.key}"] for group in known.groups}
    return Links(window, groups, {part: made[f"{part}:{window.key}"] for part in SUBLINKS},
                 {code: {group: made[f"{group}:{window.key}:{code}"] for group in known.groups}
                  for code in known.chains[window.key].countries},
                 window.fall - sum(link.mean for link in groups.values()))


def _levels(setup: Setup, years, values: np.ndarray, parts: Split, assessed):
    targets, _, checked = assessed
    names = [f"level:{year}" for year in years]
    draws = setup.draws("level", names)
    found = {}
    for k, (year, name) in enumerate(zip(years, names)):
        at = setup.position(name)
        found[year] = (marginal(draws.values[:, k], draws.weights, setup.own[:, at]),
                       marginal(values[parts.train, at], np.ones(len(parts.train))), checked[targets.index(at)])
    return found


def _rivals(setup: Setup, known: Truths, parts: Split) -> Rivals:
    train, true = known.rivals[parts.train], known.rivals[parts.checked] > 0.5
    here = setup.fitted.forest_weights("rivals", setup.here).toarray()[0]
    stated = setup.fitted.forest_weights("rivals", setup.summaries[parts.checked]) @ train
    auc = [area(stated[:, i], true[:, i]) if 0 < true[:, i].sum() < len(true) else np.nan
           for i in range(len(known.onsets))]
    return Rivals(known.onsets, here @ train, (train * here[:, None]).T @ train, train.mean(axis=0),
                  train.T @ train / len(train), np.array(auc))


def _comparison(plain: Setup, informed: Setup | None) -> pd.DataFrame:
    """Log score of every method and family, and which was chosen."""
    asked = {family: (plain, family) for family in plain.scores}
    if informed is not None:
        asked |= {f"{family} with the statistics": (informed, family) for family in informed.scores}
    rows = [(name, method, score.value, score.low, score.high, method == setup.chosen[family])
            for name, (setup, family) in asked.items() for method, score in setup.scores[family].items()]
    return pd.DataFrame(rows, columns=["family", "method", "log_score", "low", "high", "chosen"])
