"""Would a neural posterior earn its place? `python -m tools.neural FOLDER` writes docs/neural.csv and docs/learners.md.

A masked autoregressive flow [1] learns the distribution of the changes of the hidden flow given the summaries from the
worlds that the answer's methods learn from, and is judged on the same worlds of known truth by the same score. It needs
`pip install "flowjax>=17,<20"` (JAX, processor only), which no extra asks for, as it does not earn its place.

[1] Papamakarios, Pavlakou, Murray (2017), Masked autoregressive flow for density estimation, NeurIPS 30
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
from undercount.experiments.answer.estimands import FELL, flow, windows
from undercount.experiments.answer.find import full
from undercount.experiments.answer.views import split
from undercount.experiments.inference.honest import assess
from undercount.experiments.inference.methods import METHODS, Draws, Fitted, Targets
from undercount.experiments.reference.table import Reference, read_reference
from undercount.experiments.verdict.observed import read_observed

from tools import learners

SEED, CORES, DRAWS = 1, 2, 500
KINDS = {"neural posterior, affine": (32, 3, 0), "neural posterior, splines": (50, 4, 8)}  # width, layers, knots
BEYOND = 6.0  # standard deviations at which summaries are cut: networks go astray far out


def judged(reference: Reference) -> Iterator[dict[str, object]]:
    """A row for every view and method."""
    observed = read_observed(reference, None)
    parts = split(reference, SEED)
    asked = windows(observed, full(observed), reference.region.windows)
    truths = np.column_stack([flow(reference, w.after, w.where) - flow(reference, w.before, w.where) for w in asked])
    targets = Targets(tuple(f"flow:{window.key}" for window in asked), truths)
    for seen, view in learners.views(reference, observed).items():
        known, new, every = view.worlds[parts.train], view.worlds[parts.checked], range(len(asked))
        fitted = Fitted.fit(known, targets.of(parts.train), {"flow": targets.names}, SEED, CORES)
        made = {method: list(fitted.posteriors(method, "flow", new, every)) for method in METHODS}
        made |= {name: list(neural(known, truths[parts.train], new, *shape)) for name, shape in KINDS.items()}
        for method, draws in made.items():
            found = assess(fitted, draws, truths[parts.checked], every, SEED, (FELL,))
            inside = (found.ranks >= 0.05) & (found.ranks <= 0.95)
            yield {"seen": seen, "method": method, "log_score": round(float(found.scores.mean()), 3),
                   "inside": round(float(inside.mean()), 3)} | {
                window.key: round(float(np.corrcoef(found.means[:, i], truths[parts.checked][:, i])[0, 1]), 3)
                for i, window in enumerate(asked)}


def neural(X: np.ndarray, Y: np.ndarray, at: np.ndarray, width: int, layers: int, knots: int) -> Iterator[Draws]:
    """Draws given each row of `at` (m, p), after learning from X (n, p) and Y (n, q); without knots no axis is bent."""
    import jax
    from flowjax.bijections import RationalQuadraticSpline
    from flowjax.distributions import Normal
    from flowjax.flows import masked_autoregressive_flow
    from flowjax.train import fit_to_data

    def scaled(values: np.ndarray, own: np.ndarray) -> np.ndarray:
        return (values - own.mean(axis=0)) / np.where(own.std(axis=0) > 0, own.std(axis=0), 1.0)

    first, second, third = jax.random.split(jax.random.key(SEED), 3)
    shape = masked_autoregressive_flow(
        first, base_dist=Normal(np.zeros(Y.shape[1])), cond_dim=X.shape[1], flow_layers=layers, nn_width=width,
        transformer=RationalQuadraticSpline(knots=knots, interval=4) if knots else None)
    seen, new = (scaled(values, X).clip(-BEYOND, BEYOND) for values in (X, at))
    learnt, _ = fit_to_data(second, shape, data=(scaled(Y, Y), seen), max_patience=6, show_progress=False)
    drawn = np.asarray(learnt.sample(third, (DRAWS,), condition=new)) * Y.std(axis=0) + Y.mean(axis=0)
    even, nobody = np.full(DRAWS, 1 / DRAWS), np.zeros(DRAWS, int)
    return (Draws(drawn[:, i], even, nobody) for i in range(len(at)))


def main(folder: Path) -> None:
    pd.DataFrame(judged(read_reference(folder))).to_csv(learners.NEURAL, index=False, lineterminator="\n")
    learners.write_page()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
