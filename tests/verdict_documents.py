"""Documents of verdicts as `experiments.verdict.document` writes them, made from a seed and a few choices."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
from undercount.experiments.inference import recovery
from undercount.experiments.verdict.document import FORMAT, _checks

NAMES = ("first-cause", "second-cause", "third-cause", "fourth-cause", "fifth-cause", "sixth-cause", "seventh-cause",
         "eighth-cause", "ninth-cause")
COUNTRIES = ("AAA", "BBB", "CCC")
YEARS = ("2010", "2011", "2012", "2013")
QUANTITIES = {"newly_exploited": "persons newly exploited in the year",
              "in_exploitation": "persons in exploitation, mean of the year",
              "assisted_ratio": "persons assisted for each newly exploited one"}
PROBS = [0.05, 0.25, 0.5, 0.75, 0.95]


def titled(names=NAMES) -> dict[str, str]:
    return {name: f"{name.replace('-', ' ').capitalize()}: it did it" for name in names}


def a_document(seed=1, titles=None, groups=((0, 1), (2,), (3, 4, 5), (6, 7, 8)), clear=0.9, favourite=0, honest=0.03,
               fits=True, stable=1.0, covered=180, loss=0.0, third=True, statistics=2, prediction=True, warnings=(),
               gain=0.05, best_alone=False) -> dict:
    """A valid document. `groups` are the families by position, `clear` how often a family is recognised,
    `favourite` the family that gets most of the probability (None: drawn), `gain` of the best observation."""
    rng = np.random.default_rng(seed)
    titles = titles or titled(NAMES[: 1 + max(i for group in groups for i in group)])
    names = list(titles)
    table = _choice(rng, names, groups, clear, favourite, honest, best_alone)
    everything = None
    if statistics:
        everything = _choice(rng, names, groups, clear, favourite, honest, best_alone) | {"statistics": [
            {"name": f"figure-{i}", "value": 10.0 * (i + 1), "bound": "about", "error": 0.3, "source": f"Report {i}"}
            for i in range(statistics)]}
    fits = dict.fromkeys(names, fits) if isinstance(fits, bool) else dict(zip(names, fits))
    found = {
        "format": FORMAT, "undercount": "0.1.0", "seed": 1, "effort": "quick",
        "reference": {"worlds": 200 * len(names), "worlds_an_explanation": 200, "held_out": 100 * len(names), "seed": 1,
                      "people_per_agent": 800, "code": "0123456789abcdef", "explanations": titles},
        "observed": {"file": "somewhere/observed/referrals.csv", "cells": 12, "masked": 2,
                     "totals": {year: float(rng.integers(100, 900)) for year in YEARS}, "warnings": list(warnings)},
        "table": table, "table_and_statistics": everything, "third_opinion": _third(rng, table) if third else None,
        "fit": {"best": table["selected"], "any_fits": any(fits.values()),
                "by_explanation": {name: _fit(rng, fits[name]) | {"prior": _fit(rng, True)} for name in names}},
        "hidden_flow": _hidden(rng, names, covered),
        "hidden_flow_with_statistics": _hidden(rng, names, covered) if statistics else None,
        "prediction": _prediction(rng) if prediction else None,
        "stability": {"same_family": stable, "variants": [
            {"kind": kind, "name": name, "worlds": 900, "probabilities": _shares(rng, names)}
            for kind, name in (("seed", "seed 2"), ("summaries", "summaries: cells"),
                               *(("country left out", f"without {code}") for code in COUNTRIES))]},
        "second_kind": {"warn": loss > 0.01, "loss": _estimate(loss, 0.005), "words": "Words of the second kind."},
        "informed": {name: {f"unknown.{i}": {"contraction": _estimate(value, 0.1), "informed": bool(value > 0.2)}
                            for i, value in enumerate(rng.uniform(-0.2, 0.6, 6).tolist())} for name in names},
        "further_observation": {"diagonal": 0.25, "candidates": [
            {"name": f"candidate-{i}", "words": f"share of the newly exploited by kind {i}", "error": 0.15,
             "diagonal": 0.25 + gain - 0.01 * i, "gain": _estimate(gain - 0.01 * i, 0.02)} for i in range(4)]},
    }
    found["checks"] = _checks(found)
    return found


def _estimate(value, half) -> dict:
    return {"value": float(value), "low": float(value - half), "high": float(value + half)}


def _shares(rng, names, weights=None) -> dict[str, float]:
    return dict(zip(names, rng.dirichlet(np.ones(len(names)) if weights is None else weights).tolist()))


def _choice(rng, names, groups, clear, favourite, honest, best_alone) -> dict:
    weights = np.full(len(names), 0.3)
    if favourite is not None:
        weights[list(groups[favourite])] = 40.0 / len(groups[favourite])
    forest, rejection = (_shares(rng, names, weights) for _ in range(2))
    families = sorted(({"members": [names[i] for i in group], "probability": sum(forest[names[i]] for i in group),
                        "rejection": sum(rejection[names[i]] for i in group)} for group in groups),
                      key=lambda family: -family["probability"])
    single, by_family = _matrix(rng, len(names), groups, clear), _family_matrix(len(groups), clear)
    if best_alone:  # the favourite is confused with one from outside its family
        mine, other = groups[favourite][0], groups[1 - favourite][0]
        single[mine] = np.eye(len(names))[mine] * 0.6 + np.eye(len(names))[other] * 0.4
    confusion = _confusion(single, names)
    matrix = _confusion(by_family, [" / ".join(names[i] for i in group) for group in groups])
    return {
        "probabilities": {"forest": forest, "rejection": rejection}, "selected": max(forest, key=forest.get),
        "log_score": {m: _estimate(-1.9, 0.05) for m in ("forest", "rejection")}, "posterior_of_selected": max(forest.values()), "families": families, "confusion": _as_dict(confusion),
        "mean_diagonal": _diagonal(confusion),
        "indistinct": [{"pair": [a, b], "share": share} for a, b, share in recovery.indistinct_pairs(confusion)],
        "confusion_of_families": _as_dict(matrix),
        "mean_diagonal_of_families": _diagonal(matrix), "merges": [],
        "calibration_error": _estimate(honest, 0.01), "calibration_error_of_families": _estimate(honest, 0.01),
        "calibration": [{"stated": 0.1 * i + 0.05, "happened": _estimate(0.1 * i + 0.04, 0.03), "worlds": 90}
                        for i in range(10)], "brier": _estimate(0.5, 0.02)}


def _matrix(rng, k, groups, clear) -> np.ndarray:
    """Members of a family are taken for each other alike; the rest of a row is spread."""
    shares = np.full((k, k), (1 - clear) / k)
    for group in groups:
        shares[np.ix_(group, group)] += clear / len(group)
    return shares


def _family_matrix(k, clear) -> np.ndarray:
    return np.eye(k) * clear + (1 - clear) / k


def _confusion(shares, names) -> recovery.Confusion:
    """Of 100 worlds a row; the intervals are plain ones, as Jeffreys' take too long for hundreds of documents."""
    counts = np.rint(100 * shares).astype(int)
    counts[np.diag_indices(len(names))] += 100 - counts.sum(axis=1)
    shares = counts / 100
    return recovery.Confusion(tuple(names), counts, shares, np.maximum(shares - 0.05, 0), np.minimum(shares + 0.05, 1))


def _diagonal(found: recovery.Confusion) -> dict:
    return _estimate(np.diag(found.shares).mean(), 0.03)


def _as_dict(found: recovery.Confusion) -> dict:
    return {"names": list(found.names), "shares": found.shares.tolist(), "low": found.low.tolist(),
            "high": found.high.tolist(), "worlds": found.counts.sum(axis=1).tolist()}


def _third(rng, table) -> dict:
    forest = table["probabilities"]["forest"]
    two = sorted(forest, key=lambda name: -forest[name])[:2]
    own = np.array([forest[name] for name in two])
    shares = dict(zip(two, (own / own.sum()).tolist()))
    return {"method": "ABC-SMC", "explanations": two, "probabilities": shares, "forest_between_these": shares,
            "generations": [[0.5, 0.5], list(shares.values())], "epsilon": [2.0, 1.5], "worlds": 300, "stopped": "enough"}


def _fit(rng, fits) -> dict:
    totals = {}
    for year in YEARS:
        middle = float(rng.integers(200, 900))
        totals[year] = {"low": middle / 2, "median": middle, "high": middle * 2,
                        "observed": middle * (1.2 if fits else 3.0), "inside": fits}
    return {"cells_covered": 0.92 if fits else 0.5, "cells": 12, "totals": totals, "fits": fits}


def _bands(rng) -> dict:
    def rows(scale):
        return {year: np.sort(rng.lognormal(np.log(scale), 0.5, len(PROBS))).tolist() for year in YEARS}
    return {"newly_exploited": rows(9000), "in_exploitation": rows(5000), "assisted_ratio": rows(0.08)}


def _hidden(rng, names, covered) -> dict:
    def ways():
        return dict(zip(("fell", "stayed", "rose"), rng.dirichlet([4.0, 1.0, 0.5]).tolist()))
    return {
        "quantiles": PROBS, "quantities": QUANTITIES, "peak": 2011, "last": 2013, "averaged": _bands(rng),
        "prior": _bands(rng), "by_explanation": {name: _bands(rng) for name in names},
        "change": {name: ways() for name in QUANTITIES}, "change_prior": {name: ways() for name in QUANTITIES},
        "change_by_explanation": {name: ways() for name in names},
        "ratio": {name: np.sort(rng.lognormal(-0.5, 0.4, len(PROBS))).tolist() for name in QUANTITIES},
        "coverage": {name: dict.fromkeys(YEARS, covered) for name in QUANTITIES}, "coverage_of_change": covered,
        "ranks": {name: {year: {"chi_square": 0.5, "ks": 0.4, "counts": [20] * 10} for year in YEARS}
                  for name in QUANTITIES}, "checked_on": 200, "effective_worlds": 140.5}


def _prediction(rng) -> dict:
    countries = {}
    for code in COUNTRIES:
        middle = float(rng.integers(20, 300))
        countries[code] = {"observed": middle * 0.8, "year_before": middle * 1.5, "forecast": [middle / 3, middle, middle * 3],
                           "forecast_with_total": [middle / 2, middle, middle * 2]}
    return {"period": YEARS[-1], "score": 0.9, "score_with_total": 0.35, "last_year_persists": 1.1,
            "last_years_shares": 0.4, "countries": countries}


def predictive(found, seed=1) -> pd.DataFrame:
    """The table of observed cells and bands that goes with a document."""
    rng, rows = np.random.default_rng(seed), []
    observed = {(code, year): float(rng.integers(5, 200)) for code in COUNTRIES for year in YEARS
                if (code, year) != ("AAA", YEARS[0])}
    for which, wide in (("posterior", 1.5), ("prior", 4.0)):
        for name in found["reference"]["explanations"]:
            for (code, year), count in observed.items():
                rows.append((which, name, code, year, count, count / wide, count * 1.1, count * wide))
            for year in YEARS:
                total = sum(count for (_, y), count in observed.items() if y == year)
                rows.append((which, name, "ALL", year, total, total / wide, total * 1.1, total * wide))
    return pd.DataFrame(rows, columns=["which", "explanation", "country", "period", "observed", "q05", "q50", "q95"])


def write_folder(folder, found) -> None:
    """A folder as `undercount compare` leaves it, as far as its report reads it."""
    (folder / "tables").mkdir(parents=True)
    (folder / "verdict.json").write_text(json.dumps(found))
    predictive(found).to_csv(folder / "tables" / "predictive.csv", index=False)
    (folder / "manifest.json").write_text(json.dumps({
        "undercount": "0.1.0", "kind": "compare", "state": "finished", "tables": {}, "parts": {}, "planned": [],
        "command": "undercount compare results/reference --effort quick --seed 1 --out results/verdict",
        "reference": "results/reference", "explanations": list(found["reference"]["explanations"]),
        "given": {name: name for name in found["reference"]["explanations"]}, "packages": {"numpy": "2"},
        "batch": {"worlds": found["reference"]["worlds"], "seed": 1, "effort": "quick", "smc": True,
                  "reference": {"region": {"name": "nowhere", "files": {}}}}}))
