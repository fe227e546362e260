"""The answer in at most 300 plain words, each sentence made from its document; the first line answers the question."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from undercount.experiments.answer.chain import GROUPS
from undercount.experiments.answer.estimands import WAYS
from undercount.experiments.answer.rule import CANNOT, FELL
from undercount.experiments.verdict.answer_words import MOST_WORDS, chance, count_words, number, persons
from undercount.experiments.verdict.answer_words import headline as of_labels

MINUS = "\N{MINUS SIGN}"
PEOPLE = "people"  # the group of links that is no matter of seeing
RIVALS, HOW_MANY = "Which rival:", "Level:"
LEFT_TO_TABLES = (RIVALS, HOW_MANY)  # where 300 words are too few, the first first
MOST_RIVALS = 3  # named, those that the data moved most
STATED = 0.5  # a rival is named where the data moved its probability by half of what there was to move


def page(found: Mapping[str, Any]) -> str:
    """The page as Markdown, from a verdict's document."""
    head, paragraphs = told(found)
    return "\n\n".join([f"# {head}", *(f"**{lead}** {text}" for lead, text in paragraphs)]) + "\n"


def told(found: Mapping[str, Any]) -> tuple[str, list[tuple[str, str]]]:
    """The answer in one line, and (lead, text) of each paragraph: as much detail as the words allow; where even the
    least is too much, whole paragraphs are left to the tables."""
    head = headline(found["answer"])
    for detail in (2, 1, 0):
        paragraphs = _paragraphs(found, detail)
        if _fits(head, paragraphs):
            break
    longest = _of_flow(list(found["answer"]["flow"])[-1])
    for lead in (*LEFT_TO_TABLES, longest):
        if _fits(head, paragraphs):
            break
        paragraphs = [paragraph for paragraph in paragraphs if paragraph[0] != lead]
    return head, paragraphs


def _fits(head: str, paragraphs: list[tuple[str, str]]) -> bool:
    words = count_words([head, *(part for pair in paragraphs for part in pair)])
    return words < MOST_WORDS  # and the mark of a title


def _paragraphs(found: Mapping[str, Any], detail: int) -> list[tuple[str, str]]:
    answer = found["answer"]
    made = [_uncertain(answer), _ordinary(answer, detail), _flagged(answer), *_flows(answer, detail),
            _informed(answer), _chain(answer, detail), _adaptation(answer), _rivals(answer), _level(answer, detail),
            _checks(answer, detail), _labels(found)]
    return [paragraph for paragraph in made if paragraph]


def main(answer: Mapping[str, Any]) -> str:
    """Key of the window that the first line is about: the shortest."""
    return next(iter(answer["flow"]))


def headline(answer: Mapping[str, Any]) -> str:
    """Were fewer people trafficked when fewer victims were counted? With its uncertainty."""
    key, there = main(answer), _there(answer)
    chain, flow, said = answer["chain"][key], answer["flow"][key]["posterior"], answer["says"][key]["says"]
    when = f"the count {'fell' if chain['change'] < 0 else 'rose'} by {_size(chain['change'])}, {_years(key)}"
    interval = f"change {band(flow['quantiles'])}, 90 % interval"
    if said == CANNOT:
        return f"These data cannot tell whether fewer people were trafficked{there} when {when} ({interval})."
    fell = flow["ways"]["fell"]
    if said == FELL:
        return (f"Probably fewer people were trafficked{there} when {when}: fewer by a tenth or more with probability "
                f"{chance(fell)} ({interval}).")
    return (f"Probably no fewer people were trafficked{there} when {when}: fewer by a tenth or more with probability "
            f"only {chance(fell)} ({interval}).")


def where(answer: Mapping[str, Any]) -> str:
    """Which persons newly exploited the answer is about."""
    return _there(answer).strip() or "in the whole region"


def _there(answer: Mapping[str, Any]) -> str:
    codes = answer["chain"][main(answer)].get("where")
    return f" in {', '.join(codes)}" if codes else ""


def _uncertain(answer: Mapping[str, Any]) -> tuple[str, str] | None:
    reasons = answer["says"][main(answer)]["reasons"]
    return ("Why:", f"{'; '.join(reasons)}.") if reasons else None


def _ordinary(answer: Mapping[str, Any], detail: int) -> tuple[str, str]:
    usual = answer["ordinary"]
    text = f"{chance(usual['tail'])} of simulated tables lie farther out"
    cells = [f"{cell['iso3']} {cell['period']}" for cell in usual["conflicts"]]
    if cells:
        most = 1 + 2 * detail
        more = f" and {len(cells) - most} more" if len(cells) > most else ""
        text += f"; in conflict with the others: {', '.join(cells[:most])}{more}"
    return "Is the table out of the ordinary?", text + "."


def _flagged(answer: Mapping[str, Any]) -> tuple[str, str] | None:
    far = list(dict.fromkeys(row["name"] for row in answer["sensitivity"] if row["far"]))
    if not far:
        return None
    more = f" and {len(far) - 2} more" if len(far) > 2 else ""
    return "Moved by more than half its interval:", f"by {', '.join(far[:2])}{more}."


def _flows(answer: Mapping[str, Any], detail: int) -> list[tuple[str, str]]:
    made = []
    for key, flow in answer["flow"].items():
        ways, robust, first = flow["posterior"]["ways"], flow["robust"]["ways"], key == main(answer)
        text = f"{band(flow['posterior']['quantiles'])}; "
        text += ", ".join(f"{way} {chance(ways[way])}" for way in WAYS)
        text += ", where one half fell before the data" if first else ""
        text += f" (robust {chance(robust['fell'])})" if detail > 0 else ""
        text += f". Likelihood fell : stayed : rose {_ratios(flow)}" if first or detail > 0 else ""
        text += "" if flow["check"]["says"] else ". Such tables say too little of it"
        made.append((_of_flow(key), text + "."))
    return made


def _of_flow(key: str) -> str:
    return f"Hidden flow, {_years(key)}:"


def _ratios(flow: Mapping[str, Any]) -> str:
    ratios = flow["likelihood_ratios"]
    return " : ".join("none" if ratios[way] is None else number(ratios[way]) for way in WAYS)


def _informed(answer: Mapping[str, Any]) -> tuple[str, str] | None:
    """What was published beyond the table, added; the rule of the first line is not applied to it."""
    told = [f"{_years(key)} {band(own['quantiles'])}, fell {chance(own['ways']['fell'])}"
            for key, flow in answer["flow"].items() if (own := flow["informed"])]
    if not told:
        return None
    return f"With {len(answer['statistics'])} published figures beside the table:", \
        "; ".join(told) + ". Their errors are assumed: no direction is named."


def _chain(answer: Mapping[str, Any], detail: int) -> tuple[str, str] | None:
    """Fewer people first, then the largest of what made fewer of them seen, and what is left out by name."""
    chain = answer["chain"][main(answer)]
    if chain["change"] >= 0:
        return None
    known = {name: link for name, link in chain["groups"].items() if link["check"]["says"]}
    others = sorted((name for name in known if name != PEOPLE), key=lambda name: -abs(known[name]["mean"]))
    shown = [name for name in (PEOPLE, *others[:1 + detail]) if name in known]
    text = "; ".join(_share(known[name]) + _missed(answer, name) for name in shown)
    for words, names in (("Smaller", others[1 + detail:]),
                         ("Nothing is said of", [name for name in chain["groups"] if name not in known])):
        if names:
            text += f"{'. ' if text else ''}{words}: {', '.join(GROUPS[name] for name in names)}"
    return "Shares of the fall:", text + "."


def _share(link: Mapping[str, Any]) -> str:
    return f"{link['words']} {percent(link['share'])} ({percent(link['share_low'])} to {percent(link['share_high'])})"


def _missed(answer: Mapping[str, Any], name: str) -> str:
    """Whether most worlds set by hand have their truth outside what is stated of them."""
    inside = [case["estimands"][name]["inside"] for case in answer["by_hand"] if name in case["estimands"]]
    missed = len(inside) - sum(inside)
    return f", but {missed} of {len(inside)} truths set by hand were outside" if 2 * missed > len(inside) else ""


def _adaptation(answer: Mapping[str, Any]) -> tuple[str, str] | None:
    """The sentence that the question asks for."""
    found = answer.get("adaptation")
    if not found or found["change"] >= 0:
        return None
    counted, flow, whole = found["counted"], found["flow"], found["change"]
    high, _, low = (x / whole for x in counted["quantiles"])
    before = f"before the data {percent(counted['prior_mean'] / whole)}"
    text = f"made {percent(counted['mean'] / whole)} ({percent(low)} to {percent(high)}) of the fall of the counts, "
    text += before
    if not counted["check"]["says"]:
        text = f"such tables do not tell what it made of the fall ({before})"
    low, _, high = (percent(math.expm1(x)) for x in flow["quantiles"])
    text += f"; it changed the hidden flow by {percent(math.expm1(flow['mean']))} ({low} to {high})"
    if not flow["check"]["says"]:
        text += ", near what was assumed"
    return "Route and method adaptation:", text + "."


def _rivals(answer: Mapping[str, Any]) -> tuple[str, str] | None:
    if not answer["rivals"]:
        return None
    alone = answer["rivals"]["alone"]
    moved = {name: v for name, v in alone.items() if abs(v["posterior"] - v["prior"])
             >= STATED * (1 - v["prior"] if v["posterior"] > v["prior"] else v["prior"])}
    if not moved:
        low, high = (f(v["posterior"] for v in alone.values()) for f in (min, max))
        return RIVALS, f"none can be named (each {chance(low)} to {chance(high)}, before {_before(alone)})."
    first = sorted(moved, key=lambda name: -abs(moved[name]["posterior"] - moved[name]["prior"]))[:MOST_RIVALS]
    more = f" and {len(moved) - len(first)} more" if len(moved) > len(first) else ""
    return RIVALS, ", ".join(f"{name} {chance(moved[name]['posterior'])}" for name in first) + more \
        + f"; before {_before(alone)}."


def _before(alone: Mapping[str, Any]) -> str:
    low, high = (f(v["prior"] for v in alone.values()) for f in (min, max))
    return chance(low) if chance(low) == chance(high) else f"{chance(low)} to {chance(high)}"


def _level(answer: Mapping[str, Any], detail: int) -> tuple[str, str]:
    year, level = list(answer["level"].items())[-1]
    (low, _, high), (least, _, most) = level["posterior"], level["prior"]
    text = f"{persons(low)} to {persons(high)} newly exploited{_there(answer)} in {year}"
    if detail > 0:
        text += f" (before the counts {persons(least)} to {persons(most)})"
    if not level["check"]["says"]:
        return HOW_MANY, text + "; it is of the assumptions, not of the counts."
    narrowed = 1 - math.log(high / low) / math.log(most / least)
    return HOW_MANY, text + f"; counts narrow it by {percent(narrowed)}, assumptions make the rest."


def _checks(answer: Mapping[str, Any], detail: int) -> tuple[str, str]:
    """Those that fail, goals last: an answer that misses a goal is weak, one that fails a test may be wrong."""
    failed = [row for row in answer["checks"] if not row["holds"]]
    if not failed:
        return "Checks:", f"all {len(answer['checks'])} hold."
    goals = [row["name"] for row in failed if row["bound"].startswith("goal")]
    others = [row["name"] for row in failed if row["name"] not in goals]
    most = 2 + detail
    told = others[:most] + ([f"{len(others) - most} more"] if len(others) > most else [])
    told += [f"{len(goals)} goals of sharpness"] if goals else []
    return f"Checks that fail ({len(failed)} of {len(answer['checks'])}):", "; ".join(told) + "."


def _labels(found: Mapping[str, Any]) -> tuple[str, str] | None:
    if "table" not in found:
        return None
    return "Single explanations (labels.md):", of_labels(found)


def _years(key: str) -> str:
    before, after = key.split(":")
    return f"{before} to {after}"


def _size(change: float) -> str:
    """A change of a logarithm as a size in per cent."""
    return f"{abs(100 * math.expm1(change)):.0f} %"


def band(quantiles: list[float]) -> str:
    low, middle, high = (percent(math.expm1(x)) for x in quantiles)
    return f"{middle} ({low} to {high})"


def percent(share: float | None) -> str:
    """A share with its sign where it is negative, in whole per cent."""
    if share is None:
        return "unknown"
    text = f"{100 * share:.0f}"
    return ("0" if text == "-0" else text.replace("-", MINUS)) + " %"
