"""Is the answer stable? The same question with other seeds, summaries, priors, and one country left out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from undercount.experiments.inference.forest_choice import ForestChoice
from undercount.experiments.inference.recovery import Families
from undercount.experiments.verdict.choice import TREES
from undercount.experiments.verdict.evidence import Evidence
from undercount.experiments.verdict.summaries import SETS


@dataclass(frozen=True)
class Variant:
    """One other way to ask, and its answer."""

    kind: str
    name: str
    probabilities: np.ndarray
    worlds: int


def variants(evidence: Evidence, seed: int, jobs: int, trees: int = TREES) -> Iterator[Variant]:
    """Every variant of a question; priors of other widths only where the table holds them."""
    yield _ask("seed", f"seed {seed + 1}", evidence, seed + 1, jobs, trees)
    for which in SETS:
        if which != evidence.which:
            other = Evidence.of(evidence.reference, evidence.observed, evidence.statistics, which)
            yield _ask("summaries", f"summaries: {which}", other, seed, jobs, trees)
    for variant in evidence.reference.variants:
        if variant != evidence.reference.variant and not variant.without:
            other = Evidence.of(evidence.reference.under(variant), evidence.observed, evidence.statistics,
                                evidence.which)
            yield _ask("priors", f"priors {variant.width:g} times as wide", other, seed, jobs, trees, everything=True)
    for code in dict.fromkeys(row.iso3 for row in evidence.observed.rows):
        other = Evidence.of(evidence.reference, evidence.observed.without(code), evidence.statistics, evidence.which)
        yield _ask("country left out", f"without {code}", other, seed, jobs, trees)


def _ask(kind: str, name: str, evidence: Evidence, seed: int, jobs: int, trees: int,
         everything: bool = False) -> Variant:
    rows = np.ones(len(evidence.labels), bool) if everything else evidence.training
    forest = ForestChoice.fit(evidence.table[rows], evidence.labels[rows], evidence.explanations, seed, trees,
                              jobs=jobs)
    return Variant(kind, name, forest.probabilities(evidence.here[None])[0], int(rows.sum()))


def same_family(found: list[Variant], families: Families, family: int) -> float:
    """Share of the variants whose most probable family is the verdict's."""
    return float(np.mean([int(families.sums(v.probabilities).argmax()) == family for v in found])) if found else 1.0
