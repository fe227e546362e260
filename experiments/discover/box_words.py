"""The boxes in plain words, from the document alone."""

from __future__ import annotations

from typing import Any

from undercount.experiments.discover.boxes import QUASI_P

CAVEAT = ("What simulated worlds with the outcome have in common, as far as the priors reach: what one would have to "
          "believe, not what happened.")
SECOND = {"PRIM": "PRIM", "tree": "a shallow tree, as a second look"}


def page(content: dict[str, Any]) -> str:
    """The page as Markdown."""
    lines = ["# What would one have to believe?", CAVEAT,
             f"Ranges were sought in {content['worlds'] - content['tested']:,} worlds and are judged here on "
             f"{content['tested']:,} others."]
    for question in content["questions"]:
        lines.append(f"## {question['title'] or question['where']}")
        lines += paragraphs(question)
    return "\n\n".join(lines) + "\n"


def paragraphs(question: dict[str, Any]) -> list[str]:
    """What was asked, and a paragraph for each method."""
    meant = "; ".join(f"`{name}`: {words}" for name, words in question["outcomes"].items())
    found = [f"`{question['where']}` ({meant}). It is so in {question['worlds']:,} worlds, "
             f"{_percent(question['share'])} of all."]
    for method, boxes in question["methods"].items():
        holding = [sentence(box) for box in boxes if box["holds"]]
        lost = len(boxes) - len(holding)
        if not holding:
            found.append(f"By {SECOND[method]}: no ranges that make it more frequent in worlds they were not sought in"
                         + (f" ({lost} tried)." if lost else "."))
            continue
        more = f" {lost} more did not hold in other worlds." if lost else ""
        found.append(f"By {SECOND[method]}:\n\n" + "\n".join(f"- {each}" for each in holding)
                     + (f"\n\n{more.strip()}" if more else ""))
    return found


def sentence(box: dict[str, Any]) -> str:
    """One box: its ranges, then how it does on the worlds that test."""
    parts = [restriction["words"] + _doubt(restriction) for restriction in box["restrictions"]]
    tested = box["tested"]
    return (f"Where {'; and '.join(parts)}: {_percent(tested['density'])} of the worlds are so "
            f"({_percent(box['density_low'])} to {_percent(box['density_high'])}; of all worlds "
            f"{_percent(tested['with_outcome'] / tested['worlds'])}), and they are {_percent(tested['coverage'])} of "
            "those that are.")


def _doubt(restriction: dict[str, Any]) -> str:
    sure = [restriction[key] for key in ("quasi_p_low", "quasi_p_high") if restriction[key] is not None]
    return " (perhaps not needed)" if max(sure) > QUASI_P else ""


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"
