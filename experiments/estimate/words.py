"""What the lists say, in plain words: from the document of `answer.py`, for the terminal and the page."""

from __future__ import annotations

from typing import Any

from undercount.experiments.estimate.methods import CHAO

FAR = 1.5  # a list left out that moves the estimate by more than this factor is named
SAME = 1.001  # estimates no further apart are said to be the same
NAMED = 10  # empty overlaps that are named
OFF = 1.25  # a list that the others estimate wrongly by more than this factor


def number(value: float | None) -> str:
    return "no upper end" if value is None else f"{value:,.0f}"


def times(value: float) -> str:
    return f"{value:.2f} times" if value < 10 else f"{value:,.0f} times"


def sentence(text: str) -> str:
    """With a capital at its beginning."""
    return text[:1].upper() + text[1:]


def joined(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def told(found: dict[str, Any]) -> tuple[str, list[tuple[str, str]]]:
    """A headline, and paragraphs as (lead, text)."""
    parts = [("What is known.", known(found)), ("Do the methods agree?", agreement(found)),
             ("Empty overlaps.", empty(found)), ("Models without an estimate.", without(found)),
             ("If a list had not been kept.", left_out(found)), ("Lists against each other.", consistent(found)),
             ("What no list can tell.", assumption(found)), ("Withheld counts.", withheld(found))]
    return headline(found), [(lead, text) for lead, text in parts if text]


def headline(found: dict[str, Any]) -> str:
    gaps = found["suppressed"]
    if not gaps or gaps["least"] is None or not found["agreement"]["methods"]:
        return _headline(found)
    ends = f"from {number(gaps['least'])} to {number(gaps['most'])}"
    if gaps["without"]:
        ends += ", and for some values no number at all"
    return f"{_headline(found)}; by what the withheld counts may be, {ends}"


def _headline(found: dict[str, Any]) -> str:
    agreed, by_key = found["agreement"], {method["method"]: method for method in found["methods"]}
    if not agreed["methods"]:
        return "No number: none of the models has an estimate"
    least, most = by_key[agreed["least"]]["estimate"], by_key[agreed["most"]]["estimate"]
    if agreed["verdict"] == "contradict":
        return f"No one number: from {number(least)} to {number(most)} by the rule that is chosen"
    if agreed["verdict"] == "alone":
        return f"{number(least)} persons by the one method that has an estimate"
    if agreed["ratio"] <= SAME or number(least) == number(most):
        return f"{number(most)} persons by every method that has an estimate, if the assumptions hold"
    return f"Between {number(least)} and {number(most)} persons, if the assumptions hold"


def known(found: dict[str, Any]) -> str:
    held = ", ".join(f"{name} {number(count)}" for name, count in found["persons_by_list"].items())
    text = f"{number(found['cases'])} persons on {len(found['lists'])} lists ({held})."
    several = sum(each["persons"] for each in found["histories"] if len(each["lists"]) > 1)
    text += f" {number(several)} of them are on more than one list; every estimate rests on these."
    if len(found["strata"]) > 1:
        text += f" {len(found['strata'])} strata, with one model for all and numbers of their own."
    if found["columns_not_used"]:
        text += f" Columns that are no list and were not used: {joined(found['columns_not_used'])}."
    return text


def agreement(found: dict[str, Any]) -> str:
    agreed, by_key = found["agreement"], {method["method"]: method for method in found["methods"]}
    if not agreed["methods"]:
        return "No method has an estimate."
    if agreed["methods"] == 1:
        return "There is one estimate only, and nothing to compare it with."
    least, most = by_key[agreed["least"]], by_key[agreed["most"]]
    both = (f"{sentence(least['title'])} gives {number(least['estimate'])}, "
            f"{most['title']} {number(most['estimate'])}: {times(agreed['ratio'])} as many.")
    if agreed["ratio"] <= SAME:
        both = f"All {agreed['methods']} estimates are {number(most['estimate'])}."
    closing = {"agree": "They agree, which would also be so if they shared one wrong assumption.",
               "differ": "They differ; a report has to give the range, and the reason for a choice within it.",
               "contradict": "They contradict each other. The number depends on the rule by which the model is chosen, "
                             "not on the lists; without a reason from outside for one rule, no number can be given.",
               }[agreed["verdict"]]
    inside = "" if agreed["intervals_overlap"] else " Some of the intervals have no value in common."
    return f"{both} {closing}{inside}"


def empty(found: dict[str, Any]) -> str:
    pairs = [" with ".join(each["lists"]) for each in found["overlaps"] if not each["persons"]]
    if not pairs:
        return "Every two lists share at least one person."
    share = "shares" if len(pairs) == 1 else "share"
    named = "; ".join(pairs[:NAMED]) + (f"; and {len(pairs) - NAMED} more" if len(pairs) > NAMED else "")
    text = (f"{len(pairs)} of {len(found['overlaps'])} pairs of lists {share} nobody: {named}. An empty overlap may "
            "be chance, or lists that exclude each other, or records that were not linked; a model with that pair puts "
            "its term at minus infinity.")
    alone = [name for name, held in found["persons_by_list"].items() if held and not any(
        each["persons"] for each in found["overlaps"] if name in each["lists"])]
    if alone:
        text += (f" Nobody on {joined(alone)} is on any other list: it may be a list of other people, and the number "
                 "with it and the one without it (--lists) should both be looked at.")
    taken = [method["title"] for method in found["methods"] if method["minus_infinity"] and not method["why"]]
    return text + (f" So in: {'; '.join(taken)}." if taken else "")


def without(found: dict[str, Any]) -> str:
    text = [f"{sentence(method['title'])}: {method['why']}." for method in found["methods"] if method["why"]]
    if found["strata_without_overlap"] and len(found["strata"]) > 1:
        text.append(f"Nobody is on two lists in {joined(found['strata_without_overlap'])}: merge with a stratum "
                    "that is alike, or leave out.")
    for models in found["models"].values():
        if models["without_estimate"]:
            counts = ", ".join(f"{count} ({code})" for code, count in models["without_estimate"].items())
            text.append(f"Of {number(models['tried'])} models tried for BIC without an estimate: {counts}.")
    failed = [(method, method["bootstrap"]) for method in found["methods"] if method.get("bootstrap")]
    text += [f"{sentence(method['title'])}: {drawn['without_estimate']} of {drawn['resamples']} resamples have no "
             "estimate and count as endless." for method, drawn in failed if drawn["without_estimate"]]
    return " ".join(text) or "None."


def left_out(found: dict[str, Any]) -> str:
    changes = found["leave_one_out"]
    whole = next((method["estimate"] for method in found["methods"] if method["method"] == "stepwise"), None)
    if not changes or whole is None:
        return ""
    there = [each for each in changes if each["population"] is not None]
    if not there:
        return "Without any one of them there is no estimate."
    least, most = (pick(there, key=lambda each: each["population"]) for pick in (min, max))
    text = f"The stepwise estimate of {number(whole)} becomes {number(least['population'])} without {least['what']}"
    text += "." if least == most else f" and {number(most['population'])} without {most['what']}, the furthest."
    far = [each["what"] for each in there if not 1 / FAR <= each["population"] / whole <= FAR]
    if far:
        text += f" It hangs on {joined(far)}: more than {FAR:g} times up or down."
    gone = [each["what"] for each in changes if each["population"] is None]
    return text + (f" Without {joined(gone)} there is no estimate." if gone else "")


def consistent(found: dict[str, Any]) -> str:
    tried = [each for each in found["consistency"] if each["population"] is not None]
    if not tried:
        return ""
    text = "The size of each list as the other lists estimate it, beside its true size: "
    text += "; ".join(f"{each['what']} {number(each['population'])} for {number(each['truth'])}" for each in tried)
    wrong = [each["what"] for each in tried if not 1 / OFF <= each["population"] / each["truth"] <= OFF]
    outside = [each["what"] for each in tried
               if not each["low"] <= each["truth"] <= (each["high"] or float("inf"))]
    text += f". {len(tried) - len(wrong)} of {len(tried)} come within a quarter;"
    return text + f" {len(tried) - len(outside)} of {len(tried)} intervals hold the truth."


def assumption(found: dict[str, Any]) -> str:
    if not found["sensitivity"]:
        return ""
    rows = next((each for each in found["sensitivity"] if each["method"] == "stepwise"), found["sensitivity"][0])
    title = next(method["title"] for method in found["methods"] if method["method"] == rows["method"])
    ends = sorted((rows["estimates"][0], rows["estimates"][-1]))
    what = ("the odds of being on one list are the same for those on the other" if len(found["lists"]) == 2 else
            f"the interaction of all {len(found['lists'])} lists together is nothing")
    return (f"Every method assumes that {what}; the lists hold nothing about it. If it were off by a factor of "
            f"{rows['factors'][-1]:g} either way, {title} would give {number(ends[0])} or {number(ends[1])}. "
            "No number should be given without a reason, from outside the lists, why it should hold.")


def withheld(found: dict[str, Any]) -> str:
    gaps = found["suppressed"]
    if not gaps:
        return ""
    text = f"{gaps['counts']} counts are withheld and stand at the middle of what they may be."
    if gaps["least"] is None:
        return text + " At their ends no model has an estimate."
    return (f"{text} Over {gaps['ways']} ways of filling them in, {gaps['method']} gives from {number(gaps['least'])} "
            f"to {number(gaps['most'])}, and its intervals reach from {number(gaps['low'])} to {number(gaps['high'])}.")


def method_lines(found: dict[str, Any]) -> list[str]:
    """The methods as a table of text."""
    rows = [("method", "persons", "95 % interval", "from")]
    for method in found["methods"]:
        if method["estimate"] is None:
            rows.append((method["title"], "none", method["why"], ""))
            continue
        at_least = "at least " if method["method"] == CHAO else ""
        rows.append((method["title"], at_least + number(method["estimate"]),
                     f"{number(method['low'])} to {number(method['high'])}", method["interval"]))
    widths = [max(len(row[i]) for row in rows) for i in range(4)]
    lines = [f"{a:<{widths[0]}}  {b:>{widths[1]}}  {c:<{widths[2]}}  {d}".rstrip() for a, b, c, d in rows]
    return lines + [f"{sentence(method['title'])}: {method['note']}." for method in found["methods"] if method["note"]]
