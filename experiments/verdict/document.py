"""`verdict.json` and the tables: the verdict as plain values under stable keys; docs/verdict.md explains them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from undercount.experiments.inference.recovery import Confusion, indistinct_pairs, mean_diagonal
from undercount.experiments.verdict.choice import Choice
from undercount.experiments.verdict.criteria import (
    CELLS_COVERED,
    CONFUSED,
    INFORMED,
    LARGEST_ERROR,
    LEVEL,
    RANKS,
    RECOGNISED,
    SAME_FAMILY,
    covered,
)
from undercount.experiments.verdict.fit import Fit
from undercount.experiments.verdict.hidden import PROBS, QUANTITIES, HiddenFlow
from undercount.experiments.verdict.judge import Verdict, shown
from undercount.experiments.verdict.stability import same_family

import undercount

FORMAT = 2  # raised when a key changes its meaning; 1 had no answer


def document(verdict: Verdict) -> dict[str, Any]:
    """Everything that the verdict found, as JSON values."""
    plan = verdict.plan
    reference, observed = plan.reference, plan.observed
    found: dict[str, Any] = {
        "format": FORMAT, "undercount": undercount.__version__, "seed": plan.seed, "effort": plan.effort.name,
        "reference": {"worlds": len(reference.labels),
                      "worlds_an_explanation": int(np.bincount(reference.labels).min()),
                      "held_out": int(plan.table.evidence.held_out.sum()), "seed": reference.seed,
                      "people_per_agent": reference.people_per_agent, "code": reference.manifest["batch"]["code"],
                      "explanations": reference.titles},
        "observed": {"file": observed.file, "cells": len(observed.rows), "masked": observed.masked,
                     "totals": observed.totals(), "warnings": list(observed.warnings)},
        "table": _choice(plan.table),
        "table_and_statistics": None if plan.all is None else _choice(plan.all) | {"statistics": [
            {"name": s.name, "value": s.value, "bound": s.bound, "error": s.error, "source": s.source}
            for s in plan.all.evidence.statistics]},
        "third_opinion": _third(verdict),
        "fit": {"best": verdict.best, "any_fits": any(f.fits for f in verdict.fits.values()),
                "by_explanation": {name: _fit(f) | {"prior": _fit(verdict.prior_fits[name])}
                                   for name, f in verdict.fits.items()}},
        "hidden_flow": _hidden(verdict.hidden),
        "hidden_flow_with_statistics": None if verdict.hidden_all is None else _hidden(verdict.hidden_all),
        "prediction": None if verdict.holdout is None else verdict.holdout.plain(),
        "stability": {"same_family": same_family(verdict.stability, plan.table.families, plan.table.family),
                      "variants": [{"kind": v.kind, "name": v.name, "worlds": v.worlds,
                                    "probabilities": _named(plan.table.names, v.probabilities)}
                                   for v in verdict.stability]},
        "second_kind": {"warn": bool(verdict.second_kind.warn), "loss": shown(verdict.second_kind.loss),
                        "words": verdict.second_kind.words},
        "informed": _informed(verdict),
        "further_observation": {"diagonal": verdict.diagonal, "candidates": [
            {"name": g.name, "words": g.words, "error": g.error, "diagonal": g.diagonal, "gain": shown(g.gain)}
            for g in verdict.gains]},
    }
    found["checks"] = _checks(found)
    return found


def _named(names, values) -> dict[str, float]:
    return {name: float(value) for name, value in zip(names, values)}


def _choice(choice: Choice) -> dict[str, Any]:
    families = choice.families
    sums = families.sums(choice.forest)
    order = np.argsort(-sums, kind="stable")
    return {
        "probabilities": {"forest": _named(choice.names, choice.forest),
                          "rejection": _named(choice.names, choice.rejection)},
        "log_score": {method: shown(score) for method, score in choice.scores.items()},
        "selected": choice.names[choice.selected], "posterior_of_selected": choice.posterior_of_selected,
        "families": [{"members": families.members[i], "probability": float(sums[i]),
                      "rejection": float(families.sums(choice.rejection)[i])} for i in order],
        "confusion": _confusion(choice.confusion), "mean_diagonal": shown(mean_diagonal(choice.confusion)),
        "indistinct": [{"pair": [a, b], "share": share}
                       for a, b, share in indistinct_pairs(choice.confusion, CONFUSED)],
        "confusion_of_families": _confusion(choice.families_confusion),
        "mean_diagonal_of_families": shown(mean_diagonal(choice.families_confusion)),
        "merges": [{"first": list(m.first), "second": list(m.second), "share": m.share} for m in families.path],
        "calibration_error": shown(choice.calibration.error),
        "calibration_error_of_families": shown(choice.calibration_of_families.error),
        "calibration": [{"stated": b.stated, "happened": shown(b.happened), "worlds": b.count}
                        for b in choice.calibration.bins],
        "brier": shown(choice.brier)}


def _confusion(found: Confusion) -> dict[str, Any]:
    return {"names": list(found.names), "shares": found.shares.tolist(), "low": found.low.tolist(),
            "high": found.high.tolist(), "worlds": found.counts.sum(axis=1).tolist()}


def _third(verdict: Verdict) -> dict[str, Any] | None:
    third = verdict.third
    if third is None:
        return None
    last = third["probabilities"][-1]
    return {"method": "ABC-SMC", "explanations": third["explanations"],
            "probabilities": _named(third["explanations"], last),
            "forest_between_these": _between(verdict.plan.table, third["explanations"]),
            "generations": third["probabilities"].tolist(), "epsilon": third["epsilon"].tolist(),
            "worlds": third["simulations"], "stopped": third["stopped"]}


def _between(choice: Choice, names) -> dict[str, float]:
    own = np.array([choice.forest[choice.names.index(name)] for name in names])
    return _named(names, own / own.sum())


def _fit(found: Fit) -> dict[str, Any]:
    return {"cells_covered": found.cells.covered, "cells": found.cells.cells,
            "totals": {period: {"low": float(low), "median": float(m), "high": float(high), "observed": float(o),
                                "inside": bool(low <= o <= high)}
                       for period, low, m, high, o in zip(found.periods, found.totals.low, found.totals.median,
                                                          found.totals.high, found.totals.observed)},
            "fits": found.fits}


def _hidden(hidden: HiddenFlow) -> dict[str, Any]:
    def bands(values) -> dict[str, dict[str, list[float]]]:
        return {name: {str(year): row.tolist() for year, row in zip(hidden.years, rows)}
                for name, rows in values.items()}

    return {
        "quantiles": PROBS.tolist(), "quantities": QUANTITIES, "peak": hidden.peak, "last": hidden.last,
        "averaged": bands(hidden.bands), "prior": bands(hidden.prior),
        "by_explanation": {name: bands(values) for name, values in hidden.by_explanation.items()},
        "change": hidden.change, "change_prior": hidden.change_prior,
        "change_by_explanation": hidden.change_by_explanation,
        "ratio": {name: row.tolist() for name, row in hidden.ratio.items()},
        "coverage": {name: {str(year): check.coverage.inside for year, check in zip(hidden.years, checks)}
                     for name, checks in hidden.checks.items()},
        "coverage_of_change": hidden.change_check.coverage.inside,
        "ranks": {name: {str(year): {"chi_square": check.ranks.chi_square, "ks": check.ranks.kolmogorov_smirnov,
                                     "counts": list(check.ranks.counts)} for year, check in zip(hidden.years, checks)}
                  for name, checks in hidden.checks.items()},
        "checked_on": hidden.change_check.coverage.total, "effective_worlds": hidden.rows}


def _informed(verdict: Verdict) -> dict[str, Any]:
    return {name: {c.name: {"contraction": shown(c.contraction), "informed": bool(c.contraction.low >= INFORMED)}
                   for c in points.informed} for name, points in verdict.plan.points.items()}


def _checks(found: dict[str, Any]) -> dict[str, Any]:
    """Each check with its bound and whether it holds."""
    def check(value: float, bound: str, holds: bool) -> dict[str, Any]:
        return {"value": value, "bound": bound, "holds": bool(holds)}

    table, everything, hidden = found["table"], found["table_and_statistics"], found["hidden_flow"]
    families = table["mean_diagonal_of_families"]["value"]
    seen = [inside for by_year in hidden["coverage"].values() for inside in by_year.values()]
    seen.append(hidden["coverage_of_change"])
    error = max(table[key]["value"] for key in ("calibration_error", "calibration_error_of_families"))
    low, high = covered(hidden["checked_on"])
    smallest = min(test["ks"] for by_year in hidden["ranks"].values() for test in by_year.values())
    tests = sum(map(len, hidden["ranks"].values()))
    checks = {
        "families_told_apart": check(families, f"mean diagonal at least {RECOGNISED:g}, two families or more",
                                     families >= RECOGNISED and len(table["families"]) > 1),
        "probabilities_honest": check(error, f"error at most {LARGEST_ERROR:g}, of explanations and of families",
                                      error <= LARGEST_ERROR),
        "hidden_flow_covered": check(min(seen), f"{low} to {high} of {hidden['checked_on']}, every year and the "
                                     f"change (found {min(seen)} to {max(seen)})",
                                     low <= min(seen) and max(seen) <= high),
        "ranks_uniform": check(smallest, f"smallest p-value of {tests} tests at least {RANKS / tests:.4f}",
                               smallest >= RANKS / tests),
        "best_fits": check(found["fit"]["by_explanation"][found["fit"]["best"]]["cells_covered"],
                           f"{100 * LEVEL:g} % bands cover {100 * CELLS_COVERED:g} % of the cells and every year's "
                           "total",
                           found["fit"]["by_explanation"][found["fit"]["best"]]["fits"]),
        "stable": check(found["stability"]["same_family"], "the same family in every variant",
                        found["stability"]["same_family"] >= SAME_FAMILY),
        "summaries_suffice": check(found["second_kind"]["loss"]["value"], "no warning of the second kind",
                                   not found["second_kind"]["warn"]),
    }
    if everything:
        diagonal = everything["mean_diagonal"]["value"]
        checks["explanations_told_apart"] = check(diagonal, f"mean diagonal with statistics at least {RECOGNISED:g}",
                                                  diagonal >= RECOGNISED)
    if (held := found["prediction"]) is not None:
        checks["predicts"] = check(held["score"], f"below last year persists, {held['last_year_persists']:.2f}",
                                   held["score"] < held["last_year_persists"])
        checks["predicts_with_total"] = check(
            held["score_with_total"], f"below last year's shares, {held['last_years_shares']:.2f}",
            held["score_with_total"] < held["last_years_shares"])
    return checks


def tables(verdict: Verdict, found: dict[str, Any]) -> dict[str, pd.DataFrame]:
    """Tidy tables of the verdict, one a question."""
    plan, frames = verdict.plan, {}
    rows = []
    for question in ("table", "table_and_statistics"):
        if found[question]:
            for method, values in found[question]["probabilities"].items():
                rows += [(question, method, name, p) for name, p in values.items()]
    if found["third_opinion"]:
        rows += [("table", "abc-smc", name, p) for name, p in found["third_opinion"]["probabilities"].items()]
    frames["probabilities"] = pd.DataFrame(rows, columns=["question", "method", "explanation", "probability"])
    rows = []
    for question in ("table", "table_and_statistics"):
        for kind in ("confusion", "confusion_of_families"):
            if found[question]:
                c = found[question][kind]
                rows += [(question, kind, a, b, c["shares"][i][j], c["low"][i][j], c["high"][i][j], c["worlds"][i])
                         for i, a in enumerate(c["names"]) for j, b in enumerate(c["names"])]
    frames["confusion"] = pd.DataFrame(rows, columns=["question", "matrix", "true", "chosen", "share", "low", "high",
                                                      "worlds"])
    rows = []
    for question in ("hidden_flow", "hidden_flow_with_statistics"):
        if found[question]:
            sets = {"averaged": found[question]["averaged"], "prior": found[question]["prior"],
                    **found[question]["by_explanation"]}
            rows += [(question, of, name, int(year), *values) for of, bands in sets.items()
                     for name, years in bands.items() for year, values in years.items()]
    frames["hidden_flow"] = pd.DataFrame(rows, columns=["question", "explanation", "quantity", "year",
                                                        *(f"q{100 * p:02.0f}" for p in PROBS)])
    frames["predictive"] = _predictive(verdict)
    frames["stability"] = pd.DataFrame(
        [(v.kind, v.name, name, p) for v in verdict.stability for name, p in zip(plan.table.names, v.probabilities)],
        columns=["kind", "variant", "explanation", "probability"])
    frames["informed"] = pd.DataFrame(
        [(e, name, c["contraction"]["value"], c["contraction"]["low"], c["contraction"]["high"], c["informed"])
         for e, by_name in found["informed"].items() for name, c in by_name.items()],
        columns=["explanation", "unknown", "contraction", "low", "high", "informed"])
    frames["further_observation"] = pd.DataFrame(
        [(g.name, g.words, g.error, g.diagonal, g.gain.value, g.gain.low, g.gain.high) for g in verdict.gains],
        columns=["candidate", "what", "error", "diagonal", "gain", "low", "high"])
    if verdict.holdout is not None:
        frames["prediction"] = pd.DataFrame(
            [(code, held["observed"], held["year_before"], *held["forecast"], *held["forecast_with_total"])
             for code, held in found["prediction"]["countries"].items()],
            columns=["country", "observed", "year_before", "q05", "q50", "q95", "with_total_q05", "with_total_q50",
                     "with_total_q95"])
    return frames


def _predictive(verdict: Verdict) -> pd.DataFrame:
    """Observed cells with prior and posterior bands, by explanation; the total of a period is country ALL."""
    rows = []
    for which, fits in (("posterior", verdict.fits), ("prior", verdict.prior_fits)):
        for name, found in fits.items():
            cells = [row for row in verdict.plan.observed.rows if row.period in found.periods]
            for row, low, middle, high, observed in zip(cells, found.cells.low, found.cells.median, found.cells.high,
                                                        found.cells.observed):
                rows.append((which, name, row.iso3, row.period, observed, low, middle, high))
            for period, low, middle, high, observed in zip(found.periods, found.totals.low, found.totals.median,
                                                           found.totals.high, found.totals.observed):
                rows.append((which, name, "ALL", period, observed, low, middle, high))
    return pd.DataFrame(rows, columns=["which", "explanation", "country", "period", "observed", "q05", "q50", "q95"])


