"""Everything that is said of a user's lists, as one document: `estimate.json`."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from undercount.experiments.estimate.criticism import CRITICISM
from undercount.experiments.estimate.existence import CODES
from undercount.experiments.estimate.lists import Lists, members, on_all, order, overlaps
from undercount.experiments.estimate.methods import CHAO, LATENT, Method, Options, main_rule, run_methods
from undercount.experiments.estimate.reading import Given
from undercount.experiments.estimate.sensitivity import by_interaction
from undercount.experiments.estimate.stability import Changed, consistency, leave_one_out, merge_two
from undercount.experiments.estimate.suppressed import over_fillings

AGREE, DIFFER = 1.25, 2.0  # largest estimate over smallest: up to the first they agree, above the second they do not
TOP = 10  # models shown


def answer(given: Given, options: Options, step: Callable[[str], None] = lambda what: None) -> dict[str, Any]:
    """The document; `step` is told what is being worked on. Numbers without an end are None."""
    lists, rule = given.lists, main_rule(options)
    methods = []
    for method in run_methods(lists, options):
        step(method.title)
        methods.append(method)
    step("single lists left out, merged and estimated")
    found = {
        "file": given.file, "sha256": given.sha256, "lists": list(lists.names), "strata": list(lists.strata),
        "cases": lists.cases, "one_row_a_case": given.one_row_a_case, "columns_not_used": list(given.unused),
        "options": asdict(options),
        "persons_by_list": _by_list(lists), "histories": _histories(lists),
        "strata_without_overlap": [name for name, counts in zip(lists.strata, lists.counts)
                                   if not any(counts[history] for history in range(len(counts)) if order(history) > 1)],
        "overlaps": [{"lists": _names(lists, pair), "persons": persons} for pair, persons in overlaps(lists)],
        "methods": [_method(lists, method) for method in methods],
        "agreement": agreement(methods),
        "models": {method.key: _models(lists, method) for method in methods if method.selected},
        "leave_one_out": [_changed(each) for each in leave_one_out(lists, rule)],
        "merge_two": [_changed(each) for each in merge_two(lists, rule)],
        "consistency": [_changed(each) for each in consistency(lists, rule)],
        "sensitivity": _sensitivity(lists, methods),
        "suppressed": _suppressed(lists, rule, options),
        "criticism": [{"says": says, "source": source} for says, source in CRITICISM],
    }
    return endless_as_none(found)


def agreement(methods: list[Method]) -> dict[str, Any]:
    """How far apart the estimates are; a lower bound and chains that did not converge have no say."""
    voices = [method for method in methods if method.population is not None and method.key != CHAO
              and not (method.posterior and not method.posterior.converged)]
    if not voices:
        return {"methods": 0, "ratio": None, "verdict": "none", "least": None, "most": None,
                "intervals_overlap": None}
    least, most = (pick(voices, key=lambda method: method.population) for pick in (min, max))
    ratio = most.population / least.population
    verdict = "agree" if ratio <= AGREE else "differ" if ratio <= DIFFER else "contradict"
    return {"methods": len(voices), "ratio": ratio, "verdict": verdict if len(voices) > 1 else "alone",
            "least": least.key, "most": most.key,
            "intervals_overlap": max(method.low for method in voices) <= min(method.high for method in voices)}


def _by_list(lists: Lists) -> dict[str, int]:
    held = on_all(lists.total)
    return {name: int(held[1 << i]) for i, name in enumerate(lists.names)}


def _histories(lists: Lists) -> list[dict[str, Any]]:
    total = lists.total
    return [{"lists": _names(lists, history), "persons": int(total[history])}
            for history in range(1, len(total)) if total[history]]


def _names(lists: Lists, history: int) -> list[str]:
    return [lists.names[i] for i in members(history)]


def _method(lists: Lists, method: Method) -> dict[str, Any]:
    said = {"method": method.key, "title": method.title, "assumes": method.assumes, "estimate": method.population,
            "low": method.low, "high": method.high, "interval": method.interval,
            "wald": list(method.wald) if method.wald else None,
            "terms": [_names(lists, term) for term in method.model],
            "minus_infinity": [_names(lists, term) for term in method.joint.infinite] if method.joint else [],
            "code": method.joint.code if method.joint else None, "why": method.why, "note": method.note}
    if method.bootstrap:
        said["bootstrap"] = {"resamples": method.bootstrap.resamples, "without_estimate": method.bootstrap.failed}
    if method.posterior:
        said["chains"] = {"rhat": method.posterior.rhat, "effective": method.posterior.effective,
                          "converged": method.posterior.converged}
    if len(lists.strata) > 1 and method.joint and method.joint.fine:
        said["strata"] = [{"stratum": name, "cases": fit.cases, "estimate": fit.population, "wald": list(fit.wald())}
                          for name, fit in zip(lists.strata, method.joint.fits)]
    return said


def _models(lists: Lists, method: Method) -> dict[str, Any]:
    selected = method.selected
    return {"tried": selected.tried, "all_there_are": not selected.searched,
            "without_estimate": {CODES[code]: count for code, count in sorted(selected.without.items())},
            "best": [{"terms": [_names(lists, term) for term in joint.terms if term.bit_count() > 1],
                      "minus_infinity": [_names(lists, term) for term in joint.infinite],
                      "bic": joint.bic, "bic_above_best": joint.bic - selected.best[0].bic,
                      "estimate": joint.population, "wald": list(joint.wald())}
                     for joint in selected.best[:TOP]]}


def _changed(changed: Changed) -> dict[str, Any]:
    return asdict(changed)


def _sensitivity(lists: Lists, methods: list[Method]) -> list[dict[str, Any]]:
    found = []
    for method in methods:
        if method.population is not None and method.key not in (CHAO, LATENT):
            rows = by_interaction(len(lists.names), lists.cases, method.population - lists.cases)
            found.append({"method": method.key, "factors": [factor for factor, _ in rows],
                          "estimates": [population for _, population in rows]})
    return found


def _suppressed(lists: Lists, rule, options: Options) -> dict[str, Any] | None:
    if not len(lists.suppressed):
        return None
    return {"counts": len(lists.suppressed), "method": "stepwise" if len(lists.names) > 2 else "lincoln-petersen",
            **asdict(over_fillings(lists, rule, options.seed))}


def endless_as_none(value: Any) -> Any:
    """The same with plain Python numbers, and None for those that are infinite or missing: JSON has none."""
    if isinstance(value, dict):
        return {key: endless_as_none(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [endless_as_none(each) for each in value]
    if hasattr(value, "item"):
        value = value.item()
    return None if isinstance(value, float) and not math.isfinite(value) else value
