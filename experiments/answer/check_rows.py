"""Every check of the answer in one list: name, value, bound in words, and whether it holds; read from its document."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from undercount.experiments.answer.chain import GROUPS
from undercount.experiments.answer.checks import (
    AUC,
    AUC_INFORMED,
    COVERED,
    HONEST,
    LEVEL,
    MOST_BIAS,
    RANKS,
    correlation_goal,
)
from undercount.experiments.answer.foretold import WITH_TOTAL, WITHOUT
from undercount.experiments.answer.ordinary import STRANGE

MOST_INSIDE = 0.8  # share that must lie inside 90 % intervals where there are too few to ask for a range


class CheckRow(NamedTuple):
    """One check."""

    name: str
    value: float
    bound: str
    holds: bool


def check_rows(made: Mapping[str, Any]) -> list[CheckRow]:
    """All of them, in the order in which the document has what they are of."""
    tests = sum(1 for _ in _checked(made)) + len(made["joint"])
    rows = [CheckRow("table: as far out as this or farther", float(made["ordinary"]["tail"]),
                     f"tail probability at least {STRANGE:g}", not made["ordinary"]["strange"])]
    for name, check, more in _checked(made):
        rows += [*_own(name, check, tests), *more]
    rows += _joint(made["joint"], tests)
    rows += _foretold(made)
    if made["by_hand"]:
        inside, of = (sum(case[key] for case in made["by_hand"]) for key in ("inside", "of"))
        rows.append(_at_least("worlds by hand: truths inside their 90 % intervals", inside, of))
    far = sum(row["far"] for row in made["sensitivity"])
    rows.append(CheckRow("assumptions: answers moved by more than half their interval", float(far),
                         f"none of {len(made['sensitivity'])}", far == 0))
    return rows


def _checked(made: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any], list[CheckRow]]]:
    """(name, check, what else is asked of it) of every estimand that is judged on worlds of known truth."""
    for key, flow in made["flow"].items():
        name, goal = f"flow {_dashed(key)}", correlation_goal(key)
        related = flow["check"]["correlation"]
        yield name, flow["check"], [CheckRow(f"{name}: estimate and truth correlate", related, f"goal {goal:g}",
                                             related >= goal), *_direction(name, flow["direction"], AUC)]
    for key, flow in made["flow"].items():
        if own := flow["informed"]:
            name = f"flow {_dashed(key)} with the statistics"
            yield name, own["check"], _direction(name, own["direction"], AUC_INFORMED)
    for key, chain in made["chain"].items():
        for group, link in chain["groups"].items():
            yield f"{GROUPS[group]} {_dashed(key)}", link["check"], []
    for year, level in made["level"].items():
        yield f"level {year}", level["check"], []
    if adaptation := made.get("adaptation"):
        for outcome, words in (("counted", "the count"), ("flow", "the flow")):
            yield f"adaptation's part of {words} {adaptation['from']}-{adaptation['to']}", \
                adaptation[outcome]["check"], []


def _own(name: str, check: Mapping[str, Any], tests: int) -> list[CheckRow]:
    n = check["worlds"]
    return [CheckRow(f"{name}: 90 % intervals cover", float(check["inside"]),
                     f"{round((LEVEL - COVERED) * n)} to {round((LEVEL + COVERED) * n)} of {n}", check["covers"]),
            CheckRow(f"{name}: ranks uniform", check["uniform"], f"p at least {RANKS / tests:.4f}",
                     check["uniform"] >= RANKS / tests),
            CheckRow(f"{name}: bias", check["bias"], f"within {MOST_BIAS:g} of the prior's spread",
                     abs(check["bias"]) <= MOST_BIAS)]


def _direction(name: str, found: Mapping[str, Any] | None, goal: float) -> list[CheckRow]:
    if not found:
        return []
    auc, error = found["auc"]["value"], found["calibration_error"]["value"]
    return [CheckRow(f"{name}: P(fell) ranks worlds (AUC)", auc, f"goal {goal:g}", auc >= goal),
            CheckRow(f"{name}: P(fell) comes true", error, f"mean error at most {HONEST:g}", error <= HONEST)]


def _joint(joint: Mapping[str, Any], tests: int) -> list[CheckRow]:
    return [CheckRow(f"{_dashed(name)}, {each['quantities']} at once: expected coverage", each["uniform"],
                     f"p at least {RANKS / tests:.4f}", each["uniform"] >= RANKS / tests)
            for name, each in joint.items()]


def _foretold(made: Mapping[str, Any]) -> list[CheckRow]:
    rows = [_at_least("changes: inside their 90 % bands", sum(row["inside"] for row in made["changes"]),
                      len(made["changes"]))]
    if year := made["foretold"]["year"]:
        rows += [CheckRow(f"{year['period']} held out: averaged relative difference", year["score"],
                          f"goal at most {WITHOUT:g}", year["score"] <= WITHOUT),
                 CheckRow(f"{year['period']} held out, its total given", year["score_with_total"],
                          f"goal at most {WITH_TOTAL:g}", year["score_with_total"] <= WITH_TOTAL)]
    # A figure that is a bound is no forecast that came true: it only rules out what lies beyond it.
    bounds = {"about": "inside its 90 % band", "at most": "a ceiling: the 90 % band not above it",
              "at least": "a floor: the 90 % band not below it"}
    return rows + [CheckRow(f"foretold: {figure['name']}", figure["value"], bounds[figure["bound"]], figure["inside"])
                   for figure in made["foretold"]["figures"]]


def _at_least(name: str, inside: int, of: int) -> CheckRow:
    return CheckRow(name, float(inside), f"at least {MOST_INSIDE:.0%} of {of}".replace("%", " %"),
                    inside >= MOST_INSIDE * of)


def _dashed(key: str) -> str:
    return key.replace(":", "-")
