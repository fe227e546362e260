"""The answer in at most 300 plain words, each sentence made from its document; the first line answers the question."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from undercount.experiments.answer.chain import GROUPS
from undercount.experiments.answer.rule import CANNOT, FELL
from undercount.experiments.verdict.answer_words import MOST_WORDS, chance, count_words, number, persons
from undercount.experiments.verdict.answer_words import headline as of_labels

MINUS = "\N{MINUS SIGN}"
STATED = 0.5  # a rival is named where the data moved its probability by half of what there was to move


def page(found: Mapping[str, Any]) -> str:
    """The page as Markdown, from a verdict's document."""
    head, paragraphs = told(found)
    return "\n\n".join([f"# {head}", *(f"**{lead}** {text}" for lead, text in paragraphs)]) + "\n"


def told(found: Mapping[str, Any]) -> tuple[str, list[tuple[str, str]]]:
    """The answer in one line, and (lead, text) of each paragraph: as much detail as the words allow."""
    for detail in (2, 1, 0):
        head, paragraphs = headline(found["answer"]), _paragraphs(found, detail)
        if count_words([head, *(part for pair in paragraphs for part in pair)]) < MOST_WORDS:  # and the mark of a title
            break
    return head, paragraphs


def _paragraphs(found: Mapping[str, Any], detail: int) -> list[tuple[str, str]]:
    answer = found["answer"]
    made = [_uncertain(answer), _ordinary(answer, detail), _flagged(answer), *_flows(answer, detail),
            _informed(answer), _chain(answer, detail), _rivals(answer), _level(answer, detail),
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
        ways, robust, ratios = flow["posterior"]["ways"], flow["robust"]["ways"], flow["likelihood_ratios"]
        text = (f"{band(flow['posterior']['quantiles'])}; fell {chance(ways['fell'])}, stayed "
                f"{chance(ways['stayed'])}, rose {chance(ways['rose'])}, where one half fell before the data")
        if detail > 0:
            text += f" (robust {chance(robust['fell'])})"
        shown = " : ".join("none" if ratios[way] is None else number(ratios[way]) for way in ("fell", "stayed", "rose"))
        text += f". Likelihood fell : stayed : rose {shown}"
        if not flow["check"]["says"]:
            text += ". Such tables say too little of it: this is near what was assumed"
        made.append((f"Hidden flow, {_years(key)}:", text + "."))
    return made


def _informed(answer: Mapping[str, Any]) -> tuple[str, str] | None:
    """The answer to the first line's question by what was published beyond the table, too."""
    informed = answer["flow"][main(answer)]["informed"]
    if not informed:
        return None
    ways = informed["ways"]
    return f"With {len(answer['statistics'])} published figures beside the table:", \
        f"{band(informed['quantiles'])}; fell {chance(ways['fell'])}, stayed {chance(ways['stayed'])}, rose " \
        f"{chance(ways['rose'])}."


def _chain(answer: Mapping[str, Any], detail: int) -> tuple[str, str] | None:
    chain = answer["chain"][main(answer)]
    if chain["change"] >= 0:
        return None
    known = {name: link for name, link in chain["groups"].items() if link["check"]["says"]}
    silent = [GROUPS[name] for name in chain["groups"] if name not in known]
    shown = sorted(known.values(), key=lambda link: -abs(link["mean"]))[:2 + detail]
    text = "; ".join(f"{link['words']} {percent(link['share'])} ({percent(link['share_low'])} to "
                     f"{percent(link['share_high'])})" for link in shown)
    if silent:
        text += f"{'. Nothing' if text else 'nothing'} is said of: {', '.join(silent)}"
    return "Shares of the fall:", text + "."


def _rivals(answer: Mapping[str, Any]) -> tuple[str, str] | None:
    if not answer["rivals"]:
        return None
    alone = answer["rivals"]["alone"]
    moved = {name: v for name, v in alone.items() if abs(v["posterior"] - v["prior"])
             >= STATED * (1 - v["prior"] if v["posterior"] > v["prior"] else v["prior"])}
    if not moved:
        low, high = (f(v["posterior"] for v in alone.values()) for f in (min, max))
        return "Which rival:", f"none can be named (each {chance(low)} to {chance(high)}, before {_before(alone)})."
    return "Which rival:", ", ".join(f"{name} {chance(v['posterior'])}" for name, v in moved.items()) \
        + f"; before {_before(alone)}."


def _before(alone: Mapping[str, Any]) -> str:
    low, high = (f(v["prior"] for v in alone.values()) for f in (min, max))
    return chance(low) if chance(low) == chance(high) else f"{chance(low)} to {chance(high)}"


def _level(answer: Mapping[str, Any], detail: int) -> tuple[str, str]:
    year, level = list(answer["level"].items())[-1]
    low, high = level["posterior"][0], level["posterior"][-1]
    text = f"{persons(low)} to {persons(high)} newly exploited{_there(answer)} in {year}"
    if detail > 0:
        text += f" (assumptions alone {persons(level['prior'][0])} to {persons(level['prior'][-1])})"
    return "Level:", text + "; it is of the assumptions, not of the counts."


def _checks(answer: Mapping[str, Any], detail: int) -> tuple[str, str]:
    failed = [row["name"] for row in answer["checks"] if not row["holds"]]
    if not failed:
        return "Checks:", f"all {len(answer['checks'])} hold."
    most = 1 + 2 * detail
    more = f"; and {len(failed) - most} more" if len(failed) > most else ""
    return f"Checks that fail ({len(failed)} of {len(answer['checks'])}):", f"{'; '.join(failed[:most])}{more}."


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
