"""The verdict in plain words, from its document alone: at most 300, and no claim that the numbers do not carry."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from typing import Any

from undercount.experiments.verdict.answer import EVERYTHING, NO_FAMILIES, TABLE, Answer, answer, indistinct
from undercount.experiments.verdict.criteria import STAYED_WORDS, covered

MOST_WORDS = 300
LONGEST_TITLE = 4  # words; a longer one gives way to the explanation's name
MINUS = "\N{MINUS SIGN}"

# How a check is called when it fails; {} is its value, where that says something.
CHECKS = {
    "families_told_apart": "families told apart",
    "probabilities_honest": "probabilities honest (error {})",
    "hidden_flow_covered": "hidden-flow intervals cover",
    "ranks_uniform": "ranks uniform (p {})",
    "best_fits": "leading explanation fits (cells covered {})",
    "stable": "stable (same family in {} of variants)",
    "summaries_suffice": "summaries suffice",
    "explanations_told_apart": "single explanations told apart with statistics ({})",
    "predicts": "predicts",
    "predicts_with_total": "predicts given the total",
}


def page(found: dict[str, Any]) -> str:
    """The page as Markdown. Its first line is the answer."""
    head, paragraphs = told(found)
    return "\n\n".join([f"# {head}", *(f"**{lead}** {text}" for lead, text in paragraphs)]) + "\n"


def told(found: dict[str, Any]) -> tuple[str, list[tuple[str, str]]]:
    """The answer in one line, and (lead, text) of each paragraph: as much detail as the words allow."""
    for detail in (3, 2, 1, 0):
        head, paragraphs = headline(found), _paragraphs(found, detail)
        if count_words([head, *(part for pair in paragraphs for part in pair)]) < MOST_WORDS:  # and the mark of a title
            break
    return head, paragraphs


def count_words(texts: Iterable[str]) -> int:
    return sum(len(text.split()) for text in texts)


def _paragraphs(found: dict[str, Any], detail: int) -> list[tuple[str, str]]:
    made = [_question(found, TABLE, detail), _question(found, EVERYTHING, detail), _third(found),
            _pairs(found, detail), _outside(found, detail), _checks(found, detail), _hidden(found, detail),
            _priors(found), _prediction(found), _further(found)]
    return [paragraph for paragraph in made if paragraph]


# --- the answer ------------------------------------------------------------------------------------


def headline(found: dict[str, Any]) -> str:
    """The answer; whatever fails stands in its way."""
    table, everything = answer(found, TABLE), answer(found, EVERYTHING)
    if not found["fit"]["any_fits"]:
        return "No explanation fits the observed table."
    if table.told and (everything is None or everything.told and set(table.members) == set(everything.members)):
        return f"Most probable of the {len(titles(found))} explanations compared: {_apart(found, table)}."
    if everything is None:
        return "The data cannot tell the explanations apart."
    if table.told and everything.told:
        if not set(table.members) & set(everything.members):
            return "The data cannot tell: the table and the statistics beyond it point to different families."
        return (f"Most probable from the table alone: {_apart(found, table)}; with the statistics beyond it: "
                f"{_apart(found, everything)}.")
    if table.told:
        return f"Most probable from the table alone: {_apart(found, table)}; with statistics the data cannot tell."
    if everything.told:
        return f"The table alone cannot tell; with the statistics most probable: {_apart(found, everything)}."
    return "The data cannot tell the explanations apart."


def _apart(found: dict[str, Any], given: Answer) -> str:
    words = _listed(titles(found), given.members, 3, "or")
    return words if len(given.members) == 1 else f"{words} (not distinguishable by these data)"


def _question(found: dict[str, Any], question: str, detail: int) -> tuple[str, str] | None:
    given = answer(found, question)
    if given is None:
        return None
    asked, names = found[question], titles(found)
    lead = (f"The table alone ({found['observed']['cells']} cells):" if question == TABLE
            else f"With {len(asked['statistics'])} statistics beyond it:")
    can = "can tell." if given.told else f"cannot tell: {'; '.join(given.reasons[:1 + detail])}."
    if NO_FAMILIES in given.reasons:  # then the probability of the family says nothing
        tops = {method: max(values, key=values.get) for method, values in asked["probabilities"].items()}
        single = ", ".join(f"{names[name]} {chance(asked['probabilities'][method][name])} by {method}"
                           for method, name in tops.items())
        return lead, f"cannot tell: {NO_FAMILIES}. Most probable single explanations: {single}."
    methods = ", ".join(f"{chance(p)} by {method}" for method, p in given.probabilities.items())
    return lead, (f"{can} Leading family: {_listed(names, given.members, 1 + detail, 'or')}, probability {methods}; "
                  f"before the data {chance(given.prior)}.")


def _third(found: dict[str, Any]) -> tuple[str, str] | None:
    third = found["third_opinion"]
    if third is None:
        return None
    first = third["explanations"][0]
    others = _listed(titles(found), third["explanations"][1:], 1, "or")
    return ("ABC-SMC:", f"between {titles(found)[first]} and {others}: {chance(third['probabilities'][first])} for the "
                       f"first (forest {chance(third['forest_between_these'][first])}).")


def _pairs(found: dict[str, Any], detail: int) -> tuple[str, str] | None:
    pairs = indistinct(found[TABLE])
    if not pairs:
        return None
    names = titles(found)
    most = max(detail, 1)
    shown = "; ".join(f"{names[a]} and {names[b]} ({chance(share)} confused)" for a, b, share in pairs[:most])
    more = f"; and {len(pairs) - most} other pairs" if len(pairs) > most else ""
    return "Not distinguishable by these data:", f"{shown}{more}."


def _outside(found: dict[str, Any], detail: int) -> tuple[str, str] | None:
    warnings = found["observed"]["warnings"]
    if not warnings:
        return None
    first = f" ({clipped(warnings[0], 16)})" if detail > 1 else ""
    lie = "figure lies" if len(warnings) == 1 else "figures lie"
    return "Warning:", f"{len(warnings)} observed {lie} outside the simulated range{first}; there no method can speak."


def _checks(found: dict[str, Any], detail: int) -> tuple[str, str]:
    checks = found["checks"]
    failed = [name for name, check in checks.items() if not check["holds"]]
    if not failed:
        return "Checks:", f"all {len(checks)} hold."
    words = []
    for name in failed:
        label = CHECKS.get(name, name.replace("_", " "))
        if detail == 0:
            label = label.split(" (")[0]
        words.append(label.format(number(checks[name]["value"])))
    return "Checks that fail:", f"{', '.join(words)} ({len(failed)} of {len(checks)})."


# --- the hidden flow and the rest ------------------------------------------------------------------


def _hidden(found: dict[str, Any], detail: int) -> tuple[str, str]:
    hidden, more = found["hidden_flow"], found["hidden_flow_with_statistics"]
    peak, last = str(hidden["peak"]), str(hidden["last"])
    change = hidden["change"]["newly_exploited"]
    text = (f"newly exploited persons fell with probability {chance(change['fell'])}, stayed (change under "
            f"{STAYED_WORDS}) {chance(change['stayed'])}, rose {chance(change['rose'])}")
    if detail > 0:
        before = hidden["change_prior"]["newly_exploited"]
        text += f" (before the data {', '.join(chance(before[way]) for way in ('fell', 'stayed', 'rose'))})"
    if more is not None:
        other = more["change"]["newly_exploited"]
        text += f"; with statistics {', '.join(chance(other[way]) for way in ('fell', 'stayed', 'rose'))}"
    level = round(100 * (hidden["quantiles"][-1] - hidden["quantiles"][0]))
    text += (f". {level} % intervals: {_persons(hidden['averaged'], peak)} in {peak}, "
             f"{_persons(hidden['averaged'], last)} in {last}")
    if detail > 0:
        text += f" (priors alone {_persons(hidden['prior'], peak)}, {_persons(hidden['prior'], last)})"
    if not hidden_flow_holds(found):
        text += ". These intervals failed their test: do not rely on them"
    return f"Hidden flow, {peak} to {last}:", text + "."


def hidden_flow_holds(found: dict[str, Any]) -> bool:
    """Do the tests on worlds of known truth hold for levels and for the change?"""
    hidden = found["hidden_flow"]
    low, high = covered(hidden["checked_on"])
    return (found["checks"]["hidden_flow_covered"]["holds"] and found["checks"]["ranks_uniform"]["holds"]
            and low <= hidden["coverage_of_change"] <= high)


def _persons(bands: dict[str, Any], year: str) -> str:
    values = bands["newly_exploited"][year]
    return f"{persons(values[0])} to {persons(values[-1])}"


def _priors(found: dict[str, Any]) -> tuple[str, str] | None:
    unknowns, open_ = informed(found)
    if not unknowns:
        return None
    return "From priors:", (f"the data did not narrow {chance(open_ / unknowns)} of the unknowns ({open_} of "
                            f"{unknowns} over all explanations).")


def informed(found: dict[str, Any]) -> tuple[int, int]:
    """(unknowns of all explanations together, those that the data did not inform)."""
    flags = [c["informed"] for unknowns in found["informed"].values() for c in unknowns.values()]
    return len(flags), len(flags) - sum(flags)


def _prediction(found: dict[str, Any]) -> tuple[str, str] | None:
    held = found["prediction"]
    if held is None:
        return None
    pairs = (("score", "last_year_persists"), ("score_with_total", "last_years_shares"))
    beats = ["beats" if held[own] < held[naive] else "does not beat" for own, naive in pairs]
    return f"Forecast of {held['period']}", (
        f"{beats[0]} repeating the year before (error {number(held['score'])}, {number(held['last_year_persists'])}); "
        f"given the total it {beats[1]} last year's shares ({number(held['score_with_total'])}, "
        f"{number(held['last_years_shares'])}).")


def _further(found: dict[str, Any]) -> tuple[str, str] | None:
    candidates = found["further_observation"]["candidates"]
    if not candidates:
        return None
    best = max(candidates, key=lambda candidate: candidate["gain"]["value"])
    gain = best["gain"]
    size = f"{number(gain['value'])} ({number(gain['low'])} to {number(gain['high'])})"
    what = clipped(best["words"], 10)
    if gain["low"] <= 0:
        return "Further observation:", f"nothing tried clearly helps; “{what}” adds {size} to the share recognised."
    return "Further observation:", (f"publishing “{what}” would raise the share of explanations recognised most, by "
                                    f"{size} from {number(found['further_observation']['diagonal'])}.")


# --- small pieces ----------------------------------------------------------------------------------


def titles(found: dict[str, Any]) -> dict[str, str]:
    """A short form of each explanation's title: up to its colon, or its name where that is long or not unique."""
    short = {name: _short(title) for name, title in found["reference"]["explanations"].items()}
    seen = list(short.values())
    return {name: title if title and seen.count(title) == 1 else "-".join(plain(name).split())
            for name, title in short.items()}


def _short(title: str) -> str:
    words = plain(title.partition(":")[0]).split()
    if not words or len(words) > LONGEST_TITLE:
        return ""
    first = words[0] if words[0][1:] != words[0][1:].lower() else words[0].lower()
    return " ".join([first, *words[1:]])


def plain(text: str) -> str:
    """Without what Markdown would read as a mark."""
    return re.sub(r"[^\w\s.,:;()'%/+-]", "", text.replace("_", "-")).strip()


def clipped(text: str, most: int) -> str:
    words = plain(text).split()
    return " ".join(words[:most]) + ("..." if len(words) > most else "")


def _listed(names: dict[str, str], members: Sequence[str], most: int, last: str) -> str:
    shown = [names[name] for name in members[:most]]
    if len(members) > most:
        return f"{', '.join(shown)} {last} {len(members) - most} more"
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} {last} {shown[-1]}"


def number(value: float) -> str:
    return f"{value:.2f}".replace("-0.00", "0.00").replace("-", MINUS)


def chance(p: float) -> str:
    """A probability to two digits; none but a certainty is shown as 0 or 1."""
    if 0 < p < 0.005:
        return "under 0.01"
    if 0.995 <= p < 1:
        return "over 0.99"
    return f"{p:.2f}"


def persons(value: float) -> str:
    """Two digits that count: more would claim what no interval carries."""
    if value < 100:
        return f"{value:.0f}"
    place = math.floor(math.log10(value)) - 1
    return f"{round(value, -place):,.0f}"
