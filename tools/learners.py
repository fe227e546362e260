"""Is it the method or the table? `python -m tools.learners FOLDER` writes docs/learners.md and docs/learners.csv.

Learners of several kinds guess the change of the hidden flow in worlds that none has seen, from the observed table
alone and with the statistics beyond it, after learning from ever more worlds of the reference table FOLDER. Where all
of them end at the same correlation, and more worlds no longer help, what is missing is not a method.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pandas as pd
from undercount.experiments.answer.checks import area
from undercount.experiments.answer.estimands import FELL, flow, windows
from undercount.experiments.answer.find import full
from undercount.experiments.answer.views import View, split
from undercount.experiments.inference.methods import Fitted, Targets
from undercount.experiments.reference.table import Reference, read_reference
from undercount.experiments.verdict.observed import Observed, read_observed

DOCS = Path(__file__).parents[1] / "docs"
NEURAL = DOCS / "neural.csv"  # by `tools/neural.py`
SEED, CORES = 1, 2
SHARES = (0.125, 0.25, 0.5, 1.0)  # of the worlds to learn from
LUCKS = 1000  # of the bootstrap of worlds
ALL = "mean of all"
Guess = Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray]  # summaries, truths, other summaries -> guesses


def ridge(X: np.ndarray, y: np.ndarray, at: np.ndarray) -> np.ndarray:
    from sklearn.linear_model import RidgeCV

    return RidgeCV(np.logspace(-1, 4, 11)).fit(X, y).predict(at)


def forest(X: np.ndarray, y: np.ndarray, at: np.ndarray) -> np.ndarray:
    """As the verdict's: quantile regression forest on summaries and ridge predictions."""
    both = Targets(("flow:a", "flow:b"), np.column_stack([y, y]))  # scikit-learn takes the axis of one away
    fitted = Fitted.fit(X, both, {"flow": both.names}, SEED, CORES)
    return np.asarray(fitted.forest_weights("flow", at) @ y).ravel()


def boosting(X: np.ndarray, y: np.ndarray, at: np.ndarray) -> np.ndarray:
    from sklearn.ensemble import HistGradientBoostingRegressor

    return HistGradientBoostingRegressor(max_iter=400, learning_rate=0.03, max_leaf_nodes=12, l2_regularization=5.0,
                                         max_features=0.3, early_stopping=True, random_state=SEED).fit(X, y).predict(at)


def kernel(X: np.ndarray, y: np.ndarray, at: np.ndarray) -> np.ndarray:
    """Ridge regression with a Gaussian kernel, width and penalty by five folds."""
    from sklearn.kernel_ridge import KernelRidge
    from sklearn.model_selection import GridSearchCV

    centre = y.mean()
    found = GridSearchCV(KernelRidge(kernel="rbf"), {"gamma": [3e-4, 1e-3, 3e-3], "alpha": [1.0, 3.0, 10.0]}, cv=5)
    return found.fit(X, y - centre).predict(at) + centre


def network(X: np.ndarray, y: np.ndarray, at: np.ndarray) -> np.ndarray:
    """Six neural networks of two layers, averaged."""
    from sklearn.neural_network import MLPRegressor

    return np.mean([MLPRegressor(hidden_layer_sizes=(64, 32), alpha=1.0, early_stopping=True, max_iter=300,
                                 random_state=SEED + k).fit(X, y).predict(at) for k in range(6)], axis=0)


LEARNERS: dict[str, Guess] = {"ridge regression": ridge, "regression forest": forest, "gradient boosting": boosting,
                              "kernel ridge regression": kernel, "neural networks": network}


def judged(reference: Reference) -> Iterator[dict[str, object]]:
    """A row for every window, view, number of worlds and learner."""
    observed = read_observed(reference, None)
    parts = split(reference, SEED)
    learn = np.concatenate([parts.train, parts.setting])
    for seen, view in views(reference, observed).items():
        centre, scale = view.worlds[learn].mean(axis=0), view.worlds[learn].std(axis=0)
        X = (view.worlds - centre) / np.where(scale > 0, scale, 1.0)
        for window in windows(observed, full(observed), reference.region.windows):
            change = flow(reference, window.after, window.where) - flow(reference, window.before, window.where)
            for share in SHARES:
                some = learn[:round(share * len(learn))]
                guesses = {name: guess(X[some], change[some], X[parts.checked]) for name, guess in LEARNERS.items()}
                guesses[ALL] = np.mean(list(guesses.values()), axis=0)
                for name, guessed in guesses.items():
                    yield {"change": f"{window.before} to {window.after}", "seen": seen, "worlds": len(some),
                           "learner": name} | _judged(guessed, change[parts.checked])


def views(reference: Reference, observed: Observed) -> dict[str, View]:
    """What a learner may see of a world, by name."""
    table = View.of(observed, reference.quantities(observed.columns))
    return {"the table": table, "the table and the statistics": table.with_statistics(reference)}


def _judged(guessed: np.ndarray, true: np.ndarray) -> dict[str, float]:
    luck = np.random.default_rng(SEED).integers(0, len(true), (LUCKS, len(true)))
    resampled = [np.corrcoef(guessed[rows], true[rows])[0, 1] for rows in luck]
    low, high = np.quantile(resampled, [0.05, 0.95])
    return {"correlation": round(float(np.corrcoef(guessed, true)[0, 1]), 3), "low": round(float(low), 3),
            "high": round(float(high), 3), "auc": round(float(area(-guessed, true <= FELL)), 3)}


def page(rows: pd.DataFrame, neural: pd.DataFrame) -> str:
    """docs/learners.md, from the two tables."""
    most = rows["worlds"].max()
    parts = [f"""# Is it the method or the table?

The change of the hidden flow is guessed from simulated tables by learners of several kinds, in worlds that none has
seen; each learnt from the same {most:,} worlds. Correlation of guess and truth with its 90 % interval (bootstrap of
worlds), and the area under the ROC curve of "fell by a tenth or more". Generated by `python -m tools.learners FOLDER`;
every number: [learners.csv](learners.csv)."""]
    for (seen, change), part in rows[rows["worlds"] == most].groupby(["seen", "change"], sort=False):
        lines = [f"| {row.learner} | {row.correlation:.2f} ({row.low:.2f} to {row.high:.2f}) | {row.auc:.2f} |"
                 for row in part.itertuples()]
        parts.append("\n".join([f"## {change}, from {seen}", "", "| learner | correlation | AUC |", "|---|---|---|",
                                *lines]))
    sizes = sorted(rows["worlds"].unique())
    lines = [f"| {change}, {seen} | " + " | ".join(f"{value:.2f}" for value in part["correlation"]) + " |"
             for (seen, change), part in rows[rows["learner"] == ALL].groupby(["seen", "change"], sort=False)]
    parts.append("\n".join([
        "## Would more worlds help?", "",
        "Correlation of the mean of all learners, by the number of worlds that they learnt from.", "",
        "| | " + " | ".join(f"{size:,}" for size in sizes) + " |", "|---|" + "---|" * len(sizes), *lines]))
    parts.append("""## Would a neural posterior?

A conditional density instead of a guess: masked autoregressive flows learn the distribution of both changes from the
worlds that the verdict's methods learn from, and are judged on the same worlds (`python -m tools.neural FOLDER`; every
number: [neural.csv](neural.csv)). Log score of the truth's bin among ten of equal prior probability (nats; chance
−2.303, the larger the better), share of truths inside the 90 % interval before any correction, correlations.""")
    keys = [key for key in neural.columns if ":" in key]
    for seen, part in neural.groupby("seen", sort=False):
        lines = [f"| {row['method']} | {row['log_score']:.3f}".replace("-", "−") + f" | {row['inside']:.2f} | "
                 + " | ".join(f"{row[key]:.2f}" for key in keys) + " |" for _, row in part.iterrows()]
        names = " | ".join("correlation, " + key.replace(":", " to ") for key in keys)
        parts.append("\n".join([f"From {seen}:", "", f"| method | log score | inside | {names} |",
                                "|---|---|---|" + "---|" * len(keys), *lines]))
    return "\n\n".join(parts) + "\n"


def write_page() -> None:
    text = page(pd.read_csv(DOCS / "learners.csv"), pd.read_csv(NEURAL))
    (DOCS / "learners.md").write_text(text, encoding="utf-8")


def main(folder: Path) -> None:
    warnings.filterwarnings("ignore", message=".*[Ee]arly stopping.*|.*did not converge.*|.*Ill-conditioned.*")
    rows = pd.DataFrame(judged(read_reference(folder)))
    rows.to_csv(DOCS / "learners.csv", index=False, lineterminator="\n")
    write_page()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
