"""What `attribute` and `policy` share: the draws that they go over, and figures of paired draws.

Both simulate every draw several times with the same luck, so that worlds of one draw differ by nothing
but what was changed in them (common random numbers), and say how sure a mean over the draws is by
resampling the draws.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from undercount.experiments.ask import explanations as shipped
from undercount.experiments.ask import load_unknown, wrong_names
from undercount.experiments.draws import Draw, prior_draws
from undercount.experiments.store.kept import Needs, core_of
from undercount.experiments.store.planned import cut
from undercount.experiments.store.provenance import code_digest
from undercount.experiments.verdict.folder import posterior_draws, read_draws
from undercount.experiments.verdict.kept import NAME, called, keep_verdict
from undercount.experiments.verdict.weighted import is_weighted, read_weighted
from undercount.model.files.problems import BadInput, Problem
from undercount.model.known.region import Region

__all__ = ["Basis", "core_of", "read_basis"]

DRAWS = 100
RESAMPLES = 2000
INTERVAL = (0.05, 0.95)
ALL = "all"  # the scope of the draws of all explanations together


@dataclass(frozen=True)
class Basis:
    """The draws of a study, one after the other; `words` says where they are from."""

    draws: tuple[Draw, ...]
    posterior: bool
    words: str
    given: tuple[str, ...]  # of the command line that asks for them again
    people_per_agent: int | None = None  # of the table whose worlds the draws are
    verdict: Path | None = None  # whose posterior it is

    @property
    def explanations(self) -> list[str]:
        return list(dict.fromkeys(draw.explanation.name for draw in self.draws))

    @property
    def onsets(self) -> list[str]:
        """Names of the onsets of their explanations."""
        return list(dict.fromkeys(onset.name for draw in self.draws for onset in draw.explanation.onsets))

    @property
    def mixture(self) -> bool:
        """Are all of mixtures of explanations?"""
        return all(draw.explanation.mixture for draw in self.draws)

    @property
    def region(self) -> Region:
        """The one region of all the draws."""
        return self.draws[0].scenario.region

    def needs(self, files: Sequence[str] = ()) -> Needs:
        """What a folder keeps of what the draws are made of."""
        if self.verdict is not None:
            return Needs(files=files, folders={str(self.verdict): (NAME, lambda to: keep_verdict(self.verdict, to))})
        words = [self.given[i + 1] for i, word in enumerate(self.given) if word == "--explanation"]
        explanations = list({draw.explanation.name: draw.explanation for draw in self.draws}.values())
        region = next((after for word, after in zip(self.given, self.given[1:]) if word == "--region"), None)
        return Needs(tuple(zip(words or [each.name for each in explanations], explanations)), files, region=region)

    def about(self) -> dict[str, Any]:
        """For the manifest: each draw, and the hash of what it runs."""
        names = [draw.explanation.name for draw in self.draws]
        return {"posterior": self.posterior, "words": self.words,
                "draws": {name: names.count(name) for name in self.explanations},
                "content": hashlib.sha256(repr([content(draw) for draw in self.draws]).encode()).hexdigest()[:16]}


def content(draw: Draw) -> tuple:
    """What decides the worlds of a draw."""
    return draw.explanation.name, draw.explanation.content_hash(), draw.scenario.content_hash(), draw.world, draw.luck


def part_of(draw: Draw, *more: object) -> str:
    """The file of what is computed of a draw: its name is a hash of all that can move it."""
    key = hashlib.sha256(repr((content(draw), code_digest(), *more)).encode()).hexdigest()[:16]
    return f"{cut(draw.explanation.name, 60)}-{draw.world:07d}-{key}.npz"


def read_basis(verdict: str | None, prior: int | None, explanations: Sequence[str], count: int, seed: int,
               problems: Sequence[Problem] = (), region: str | None = None) -> Basis:
    """The draws asked for: `count` of a verdict's posterior, or the first `prior` worlds of each explanation.

    Raises BadInput with every problem, after `problems`.
    """
    found = list(problems)
    if (verdict is None) == (prior is None):
        said = "neither" if verdict is None else "both"
        found.append(Problem("command line", "VERDICT_FOLDER, --prior", said, "one of the two"))
        raise BadInput(found)
    names = list(dict.fromkeys(explanations))
    if prior is not None:
        return _prior(names, prior, seed, found, region)
    return _posterior(Path(str(verdict)), names, count, found)


def _prior(names: list[str], each: int, seed: int, problems: list[Problem], region: str | None) -> Basis:
    loaded = load_unknown(names or shipped(region), problems, "explanations", "rows of the tables", region)
    if problems:
        raise BadInput(problems)
    words = (f"priors, {each} {'draw' if each == 1 else 'draws'} of each explanation: no posterior, nothing is weighed "
             "by data")
    given = ["--prior", str(each), "--seed", str(seed)]
    given += ["--region", region] if region else []
    draws = prior_draws(list(loaded.values()), each, seed)
    return Basis(tuple(draws), False, words, (*given, *_alone(names)))


def _alone(names: Sequence[str]) -> list[str]:
    """The options that ask for these explanations."""
    return [word for name in names for word in ("--explanation", name)]


def _not_there(names: Sequence[str], known: Sequence[str]) -> list[Problem]:
    return wrong_names(names, known, "--explanation", "an explanation of the verdict: ")


def _posterior(folder: Path, names: list[str], count: int, problems: list[Problem]) -> Basis:
    try:
        if is_weighted(folder):
            return _weighted(folder, names, count, problems)
        table, given = read_draws(folder)
    except BadInput as error:
        raise BadInput([*problems, *error.problems]) from None
    there = [name for name in given if (table["explanation"] == name).any()]
    if problems := [*problems, *_not_there(names, there)]:
        raise BadInput(problems)
    draws = posterior_draws(folder, count, names)
    how = (f"of {', '.join(names)} alone" + (", not weighed against each other" if len(names) > 1 else "")
           if names else "of every explanation in proportion to its probability")
    words = f"posterior of {called(folder)}, {len(draws)} draws {how}"
    again = (str(folder), "--draws", str(count), *_alone(names))
    return Basis(tuple(draws), True, words, again, verdict=folder)


def _weighted(folder: Path, names: list[str], count: int, problems: list[Problem]) -> Basis:
    there = read_weighted(folder)
    table = there.table
    known = list(dict.fromkeys(table["explanation"]))
    if problems := [*problems, *_not_there(names, known)]:
        raise BadInput(problems)
    draws = there.draws(count, names)
    of = f" of {', '.join(names)}" if names else ""
    words = (f"posterior of {called(folder)}, {len(draws)} draws{of} in proportion to the weights of "
             f"{there.effective(names):,.0f} worlds (effective number)")
    again = (str(folder), "--draws", str(count), *_alone(names))
    return Basis(tuple(draws), True, words, again, there.reference.people_per_agent, folder)


# --------------------------------------------------------------------------- means over draws


def scopes_of(explanations: np.ndarray) -> dict[str, np.ndarray]:
    """What figures are given for: all draws, and those of each explanation if there are several: name -> rows."""
    names = list(dict.fromkeys(explanations.tolist()))
    found = {ALL: np.arange(len(explanations))}
    return found | ({name: np.flatnonzero(explanations == name) for name in names} if len(names) > 1 else {})


def resampled(values: np.ndarray, seed: int = 0) -> np.ndarray:
    """Means of RESAMPLES resamples of the draws (rows of `values`), shape (RESAMPLES, *values.shape[1:])."""
    n = len(values)
    times = np.random.default_rng(seed).multinomial(n, np.full(n, 1.0 / n), size=RESAMPLES)
    return np.tensordot(times, values, axes=1) / n


def interval(means: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The middle 90 % of resampled means."""
    low, high = np.quantile(means, INTERVAL, axis=0)
    return low, high


def ranks(values: np.ndarray) -> np.ndarray:
    """Ranks along the last axis, 1 for the largest; equal values in the order given."""
    order = np.argsort(-values, axis=-1, kind="stable")
    found = np.empty_like(order)
    np.put_along_axis(found, order, np.arange(1, values.shape[-1] + 1) * np.ones_like(order), axis=-1)
    return found
