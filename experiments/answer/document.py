"""The answer as plain values, `answer` of verdict.json, and as tables; docs/verdict.md explains every key."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from itertools import zip_longest
from typing import Any

import numpy as np
import pandas as pd
from undercount.experiments.answer.adaptation import Adaptation
from undercount.experiments.answer.chain import GROUPS, LINKS
from undercount.experiments.answer.changes import Change
from undercount.experiments.answer.check_rows import check_rows
from undercount.experiments.answer.checks import Check, Direction
from undercount.experiments.answer.find import Flow, Found, Link, Links
from undercount.experiments.answer.foretold import Foretold
from undercount.experiments.answer.ordinary import CONFLICT, STRANGE
from undercount.experiments.answer.posterior import ENDS, Marginal, balance, likelihood_ratios
from undercount.experiments.answer.rule import said
from undercount.experiments.answer.sensitivity import Moved
from undercount.experiments.answer.views import ERROR_FREEDOM, ERROR_SCALE, used

BINS = 36  # of the histograms of D


def document(found: Found, moved: Sequence[Moved], changes: Sequence[Change], foretold: Foretold,
             by_hand: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Everything that the answer says, as JSON values."""
    split = found.split
    made: dict[str, Any] = {
        "worlds": {"trained": len(split.train), "set_by": len(split.setting), "checked": len(split.checked)},
        "quantiles": list(ENDS),
        "prior": "balanced: worlds are weighed so that the flow fell by a tenth or more in one half of them",
        "error_model": f"robust: every simulated cell times exp(error), Student's t with {ERROR_FREEDOM} degrees of "
                       f"freedom times {ERROR_SCALE:g} (assumption)",
        "ordinary": _ordinary(found),
        "statistics": [statistic.name for statistic in used(found.reference)],
        "flow": {flow.window.key: _flow(flow, robust) | _informed(informed) for flow, robust, informed in
                 zip_longest(found.flows, found.robust_flows, found.informed_flows)},
        "chain": {links.window.key: _links(links) for links in found.chains},
        "rivals": _rivals(found),
        "level": {str(year): {"prior": _persons(prior), "posterior": _persons(post), "check": _check(check)}
                  for year, (post, prior, check) in found.levels.items()},
        "adaptation": _adaptation(found.adaptation),
        "joint": {name: asdict(each) for name, each in found.joint.items()},
        "methods": [{key: _plain(value) for key, value in row.items()} for row in found.methods.to_dict("records")],
        "sensitivity": [asdict(row) | {"ends": list(row.ends), "far": row.far} for row in moved],
        "changes": [asdict(row) | {"prior": list(row.prior), "posterior": list(row.posterior), "inside": row.inside}
                    for row in changes],
        "foretold": {"year": None if foretold.year is None else foretold.year.plain(),
                     "figures": [asdict(row) | {"prior": list(row.prior), "posterior": list(row.posterior)}
                                 for row in foretold.figures]},
        "by_hand": list(by_hand)}
    made["checks"] = [row._asdict() for row in check_rows(made)]
    return {"says": said(made)} | made


def _plain(value: Any) -> Any:
    return value.item() if isinstance(value, np.generic) else value


def _ordinary(found: Found) -> dict[str, Any]:
    usual = found.ordinary
    return {"distance": usual.distance, "tail": usual.tail, "worlds": usual.worlds, "strange": usual.strange,
            "bound": STRANGE, "without": usual.without, "conflict_bound": CONFLICT,
            "conflicts": [asdict(cell) for cell in usual.conflicts], "cells": [asdict(cell) for cell in usual.cells]}


def _marginal(post: Marginal) -> dict[str, Any]:
    return {"quantiles": post.quantiles(), "mean": post.mean, "ways": post.ways()}


def balanced_prior(flow: Flow) -> Marginal:
    """D before the data, worlds weighed so that one half of them fell."""
    return flow.prior.reweighed(balance(flow.shares))


def _flow(flow: Flow, robust: Flow) -> dict[str, Any]:
    edges = np.linspace(*flow.prior.quantiles([0.002, 0.998]), BINS + 1)
    even = balanced_prior(flow)
    shown = {"prior": even, "posterior": flow.balanced, "robust": robust.balanced}
    return {"histogram": {"edges": edges.tolist()} | {
                name: np.histogram(post.values, edges, weights=post.weights)[0].tolist()
                for name, post in shown.items()},
            "prior": _marginal(flow.prior), "balanced_prior": _marginal(even), "table_prior": _marginal(flow.posterior),
            "posterior": _marginal(flow.balanced), "robust": _marginal(robust.balanced),
            "likelihood_ratios": likelihood_ratios(flow.posterior.ways(), flow.shares),
            "robust_likelihood_ratios": likelihood_ratios(robust.posterior.ways(), robust.shares),
            "check": _check(flow.check), "direction": _direction(flow.direction),
            "robust_check": _check(robust.check)}


def _informed(flow: Flow | None) -> dict[str, Any]:
    """The answer with the statistics beyond the table, beside the table's own."""
    if flow is None:
        return {"informed": None}
    return {"informed": _marginal(flow.balanced) | {
        "likelihood_ratios": likelihood_ratios(flow.posterior.ways(), flow.shares), "check": _check(flow.check),
        "direction": _direction(flow.direction)}}


def _check(check: Check) -> dict[str, Any]:
    return {"worlds": check.worlds, "inside": check.inside, "covers": check.covers, "uniform": check.uniform,
            "bias": check.bias, "correlation": check.correlation, "explained": check.explained.as_dict(),
            "says": check.says}


def _direction(found: Direction | None) -> dict[str, Any] | None:
    return None if found is None else {
        "auc": found.auc.as_dict(), "calibration_error": found.calibration.error.as_dict(),
        "calibration": [{"stated": b.stated, "happened": b.happened.as_dict(), "worlds": b.count}
                        for b in found.calibration.bins]}


def _links(links: Links) -> dict[str, Any]:
    window = links.window
    return {"from": window.before, "to": window.after, "where": list(window.where), "countries": list(window.countries),
            "counted": [float(x) for x in window.counted], "change": window.fall, "unmatched": links.unmatched,
            "groups": {name: _link(link, window.fall, GROUPS[name]) for name, link in links.groups.items()},
            "parts": {name: _link(link, window.fall, LINKS[name][1]) for name, link in links.parts.items()},
            "by_country": {code: {name: _link(link, window.fall, GROUPS[name]) for name, link in own.items()}
                           for code, own in links.by_country.items()}}


def _link(link: Link, whole: float, words: str) -> dict[str, Any]:
    low, middle, high = link.posterior.quantiles()
    ends = sorted((low / whole, high / whole)) if whole else (None, None)
    return {"words": words, "mean": link.mean, "low": low, "median": middle, "high": high,
            "share": link.mean / whole if whole else None, "share_low": ends[0], "share_high": ends[1],
            "prior": link.prior.quantiles(), "check": _check(link.check)}


def _adaptation(found: Adaptation | None) -> dict[str, Any] | None:
    """What adaptation made of the change of ln(counted) and of ln(newly exploited)."""
    return None if found is None else {
        "from": found.window.before, "to": found.window.after, "worlds": found.worlds, "change": found.window.fall,
        **{name: {"mean": part.mean, "quantiles": part.posterior.quantiles(), "prior": part.prior.quantiles(),
                  "prior_mean": part.prior.mean, "check": _check(part.check)} for name, part in found.parts.items()}}


def _persons(post: Marginal) -> list[float]:
    return [float(x) for x in np.exp(post.quantiles())]


def _rivals(found: Found) -> dict[str, Any] | None:
    rivals = found.rivals
    if rivals is None:
        return None
    pairs = [{"pair": [a, b], "posterior": float(rivals.pairs[i, j]), "prior": float(rivals.prior_pairs[i, j])}
             for i, a in enumerate(rivals.onsets) for j, b in enumerate(rivals.onsets) if i < j]
    return {"alone": {name: {"prior": float(rivals.prior[i]), "posterior": float(rivals.alone[i]),
                             "auc": None if np.isnan(rivals.auc[i]) else float(rivals.auc[i])}
                      for i, name in enumerate(rivals.onsets)}, "pairs": pairs}


def tables(found: Found, made: dict[str, Any]) -> dict[str, pd.DataFrame]:
    """Tidy tables, one a question."""
    frames = {"answer_methods": found.methods}
    rows = []
    for key, flow in made["flow"].items():
        for which in ("prior", "balanced_prior", "table_prior", "posterior", "robust"):
            rows.append((key, which, *flow[which]["quantiles"], flow[which]["mean"], *flow[which]["ways"].values()))
        if own := flow["informed"]:
            rows.append((key, "informed", *own["quantiles"], own["mean"], *own["ways"].values()))
    frames["answer_flow"] = pd.DataFrame(rows, columns=["window", "which", "q05", "q50", "q95", "mean", "fell",
                                                        "stayed", "rose"])
    rows = []
    for key, chain in made["chain"].items():
        for country, own in {"ALL": {**chain["groups"], **chain["parts"]}, **chain["by_country"]}.items():
            rows += [(key, country, name, link["mean"], link["low"], link["median"], link["high"], *link["prior"],
                      link["check"]["correlation"], link["check"]["inside"], link["check"]["worlds"],
                      link["check"]["says"]) for name, link in own.items()]
    frames["answer_chain"] = pd.DataFrame(rows, columns=[
        "window", "country", "link", "mean", "q05", "q50", "q95", "prior_q05", "prior_q50", "prior_q95", "correlation",
        "inside", "checked", "says"])
    frames["answer_checks"] = pd.DataFrame(made["checks"])
    frames["answer_sensitivity"] = pd.DataFrame([
        (row["window"], row["kind"], row["name"], *row["ends"], row["fell"], row["by"], row["far"])
        for row in made["sensitivity"]],
        columns=["window", "kind", "name", "q05", "q50", "q95", "fell", "moved", "far"])
    frames["answer_cells"] = pd.DataFrame(made["ordinary"]["cells"])
    frames["answer_foretold"] = pd.DataFrame([
        (row["name"], row["bound"], row["value"], *row["prior"], *row["posterior"], row["inside"], row["gained"])
        for row in made["foretold"]["figures"]], columns=["figure", "bound", "published", "prior_q05", "prior_q50",
                                                          "prior_q95", "q05", "q50", "q95", "inside", "gained"])
    frames["answer_changes"] = pd.DataFrame([
        (row["group"], row["before"], row["after"], row["observed"], *row["prior"], *row["posterior"], row["inside"])
        for row in made["changes"]], columns=["rows", "from", "to", "observed", "prior_q05", "prior_q50", "prior_q95",
                                              "q05", "q50", "q95", "inside"])
    if made["by_hand"]:
        frames["answer_by_hand"] = pd.DataFrame([
            (case["name"], name, e["true"], e["low"], e["median"], e["high"], e["inside"])
            for case in made["by_hand"] for name, e in case["estimands"].items()],
            columns=["world", "estimand", "true", "q05", "q50", "q95", "inside"])
    if made["rivals"]:
        frames["answer_rivals"] = pd.DataFrame(
            [(name, "", v["prior"], v["posterior"], v["auc"]) for name, v in made["rivals"]["alone"].items()]
            + [(*p["pair"], p["prior"], p["posterior"], None) for p in made["rivals"]["pairs"]],
            columns=["rival", "with", "prior", "posterior", "auc"])
    return frames
