"""What a verdict's document allows one to say: the leading family of one question, or why none may be named.

A family is named only if nothing speaks against it: the tests of the methods hold, both methods agree, and
the evidence is more than weak. A single explanation is named only if the data tell it from all others.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from undercount.experiments.verdict.criteria import CONFUSED, HALF, LARGEST_ERROR, ODDS, RECOGNISED

TABLE, EVERYTHING = "table", "table_and_statistics"

NO_FAMILIES = "no families can be told apart"
SELDOM = "families are recognised too seldom"
DISHONEST = "stated probabilities are wrong too often"


@dataclass(frozen=True)
class Answer:
    """The leading family of one question.

    `members` are names, in the document's order; `probabilities` of the family by method; `prior` its share of
    the explanations, which count equally before the data; `reasons` why it may not be named: empty if it may.
    """

    members: tuple[str, ...]
    probabilities: dict[str, float]
    prior: float
    reasons: tuple[str, ...]

    @property
    def told(self) -> bool:
        return not self.reasons


def answer(found: dict[str, Any], question: str) -> Answer | None:
    """The answer to TABLE or EVERYTHING; None if that question was not asked."""
    asked = found[question]
    if asked is None:
        return None
    members = leading(asked)
    methods = {method: sum(values[name] for name in members) for method, values in asked["probabilities"].items()}
    prior = len(members) / len(asked["probabilities"]["forest"])
    reasons = [*_methods(asked, members), *_others(found, asked), *_disagreement(found, question, members),
               *_weakness(methods, prior)]
    return Answer(members, methods, prior, tuple(dict.fromkeys(reasons)))


def leading(asked: dict[str, Any]) -> tuple[str, ...]:
    """The most probable family. One that is single takes with it whom it is not distinguishable from: the
    pairs are tested before families are made, and being alone in a family is not enough to be named."""
    members = set(asked["families"][0]["members"])
    if len(members) == 1:
        members |= {name for entry in asked["indistinct"] if members & set(entry["pair"]) for name in entry["pair"]}
    return tuple(name for name in asked["probabilities"]["forest"] if name in members)


def _methods(asked: dict[str, Any], members: tuple[str, ...]) -> list[str]:
    """What the tests of the methods on held-out worlds say against naming a family."""
    families = asked["families"]
    if len(families) < 2 or len(members) == len(asked["probabilities"]["forest"]):
        return [NO_FAMILIES]
    reasons = []
    matrix = asked["confusion_of_families"]
    own = matrix["names"].index(" / ".join(families[0]["members"]))
    if asked["mean_diagonal_of_families"]["value"] < RECOGNISED or matrix["shares"][own][own] < HALF:
        reasons.append(SELDOM)
    if max(asked[key]["value"] for key in ("calibration_error", "calibration_error_of_families")) > LARGEST_ERROR:
        reasons.append(DISHONEST)
    return reasons


def _disagreement(found: dict[str, Any], question: str, members: tuple[str, ...]) -> list[str]:
    families = found[question]["families"]
    differ = max(range(len(families)), key=lambda i: families[i]["rejection"]) != 0
    third = found["third_opinion"]
    if question == TABLE and third is not None:
        inside = [third["probabilities"][name] for name in third["explanations"] if name in members]
        differ |= 0 < len(inside) < len(third["explanations"]) and sum(inside) < HALF
    return ["the methods disagree"] if differ else []


def _weakness(probabilities: dict[str, float], prior: float) -> list[str]:
    """Both methods must give it more than all others together, and more than its size alone would."""
    def strong(p: float) -> bool:
        return p > HALF and p * (1 - prior) >= ODDS * prior * (1 - p)

    return [] if all(strong(p) for p in probabilities.values()) else ["the evidence is weak"]


def _others(found: dict[str, Any], asked: dict[str, Any]) -> list[str]:
    """Tests that were made once and hold for both questions."""
    checks = found["checks"]
    reasons = []
    if not found["fit"]["by_explanation"][asked["selected"]]["fits"] or not checks["best_fits"]["holds"]:
        reasons.append("the leading explanation does not fit")
    if not checks["stable"]["holds"]:
        reasons.append("the answer is not stable")
    if not checks["summaries_suffice"]["holds"]:
        reasons.append("the summaries lose information")
    if asked is found[TABLE]:  # what `_methods` asks again, as the document judges it
        if not checks["families_told_apart"]["holds"] and len(asked["families"]) > 1:
            reasons.append(SELDOM)
        if not checks["probabilities_honest"]["holds"]:
            reasons.append(DISHONEST)
    return reasons


def indistinct(asked: dict[str, Any]) -> list[tuple[str, str, float]]:
    """Pairs that these data cannot distinguish, worst first."""
    return [(*entry["pair"], entry["share"]) for entry in asked["indistinct"] if entry["share"] > CONFUSED]
