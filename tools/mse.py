"""The part of docs/estimate.md on simulated worlds, from a folder of a trial: `python -m tools.mse FOLDER`.

FOLDER is that of `undercount estimate --simulated`. Its document and three of its figures are kept in docs/; without
FOLDER the text is written anew from the document that is kept. A test compares.
"""

from __future__ import annotations

import json
import shlex
import shutil
import sys
from pathlib import Path
from typing import Any

from undercount.experiments.estimate.methods import STEPWISE
from undercount.experiments.estimate.trial_words import TITLES
from undercount.experiments.estimate.worlds import ADAPT, DO_NOT, EVER_HELD, NEW
from undercount.experiments.store.folder import MANIFEST

DOCS = Path(__file__).parents[1] / "docs"
PAGE, KEPT = DOCS / "estimate.md", DOCS / "estimate-simulated.json"
START, END = "<!-- simulated: generated -->", "<!-- end of simulated -->"
FIGURES = {"falls-by-adaptation": "P(MSE says “fell”) where the counts fell, by what the flow did",
           "conditions": "What makes it worse", "dependence": "Coverage by the odds ratio between two lists"}
ENOUGH, FEW = 200, 40  # worlds; years in which the counts fell
TOLD = ("What was tried.", "How lists are kept.", "What makes it worse.", "At what dependence they stop.",
        "Does it see that the flow did not fall?", "Where networks adapt, and where they do not.")


def keep(folder: Path) -> None:
    """The document and the figures of the folder into docs/."""
    found = json.loads((folder / "simulated.json").read_bytes())
    words = shlex.split(json.loads((folder / MANIFEST).read_bytes())["command"])
    found["command"] = shlex.join([*words[:words.index("--out")], "--out", "results/estimate-simulated"])
    KEPT.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    for name in FIGURES:
        shutil.copyfile(folder / "figures" / f"{name}.png", DOCS / f"estimate-{name}.png")


def section(found: dict[str, Any]) -> str:
    """The text between the marks."""
    words = dict(found["words"])
    figures = [f"![{title}](estimate-{name}.png)" for name, title in FIGURES.items()]
    said = [f"**{lead}** {words[lead]}" for lead in TOLD if lead in words]
    pilot = [f"**A pilot of {found['worlds']} worlds at a coarse scale**: persons who travel together are found "
             "together at it, so that intervals cover less than those of single persons; and shares of few cases say "
             f"little. At least {ENOUGH} worlds at the pooled scale are asked for."] * (found["worlds"] < ENOUGH)
    cases = sum(row["cases"] for row in found["falls_by_adaptation"] if row["method"] == STEPWISE)
    answer = [f"**{found['headline']}.**", figures[0], _falls(found["falls_by_adaptation"])] if cases >= FEW else [
        f"**Whether MSE says “fell” where the counts fall and the flow does not: not answered yet**, {cases} cases are "
        "too few."]
    parts = [*pilot, *answer, f"`{found['command']}`",
             said[0], _performance(found["performance"]), *said[1:3], figures[1], *said[3:4], figures[2], *said[4:]]
    return "\n\n".join(parts)


def _falls(rows: list[dict[str, Any]]) -> str:
    columns = [(adapts, truth) for adapts in (ADAPT, DO_NOT) for truth in ("fell", "stayed", "rose")
               if any((row["adapts"], row["truth"]) == (adapts, truth) for row in rows)]
    by_key = {(row["adapts"], row["truth"], row["method"]): row for row in rows}
    head = [f"networks {adapts}, the flow {truth}" for adapts, truth in columns]
    lines = [_row(["says “fell” where the counts fell", *head]), _row(["---", *["---:"] * len(head)])]
    cases = [next(row["cases"] for row in rows if (row["adapts"], row["truth"]) == column) for column in columns]
    lines.append(_row(["cases", *map(str, cases)]))
    for name, title in TITLES.items():
        here = [by_key.get((*column, name)) for column in columns]
        lines.append(_row([title, *(f"{100 * row['says_fell']:.0f} %" if row else "" for row in here)]))
    return "\n".join(lines)


def _performance(rows: list[dict[str, Any]]) -> str:
    lines = [_row(["method", "no estimate", *(f"over {target}: middle (nine in ten)" for target in (EVER_HELD, NEW)),
                   "intervals that hold those ever held"]), _row(["---", *["---:"] * 4])]
    for name, title in TITLES.items():
        held, new = (next((row for row in rows if (row["target"], row["method"]) == (target, name)), None)
                     for target in (EVER_HELD, NEW))
        if held and new:
            lines.append(_row([title, _share(held["without_estimate"]), _ratio(held), _ratio(new),
                               _share(held["coverage"])]))
    return "\n".join(lines)


def _ratio(row: dict[str, Any]) -> str:
    if row["ratio_q50"] is None:
        return ""
    return f"{row['ratio_q50']:.2f} ({row['ratio_q05']:.2f}-{row['ratio_q95']:.2f})"


def _share(value: float | None) -> str:
    return "" if value is None else f"{100 * value:.0f} %"


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def updated(page: str) -> str:
    """The page with its section as the kept document gives it."""
    before, after = page.split(START)[0], page.split(END)[1]
    return f"{before}{START}\n{section(json.loads(KEPT.read_bytes()))}\n{END}{after}"


if __name__ == "__main__":
    if len(sys.argv) > 1:
        keep(Path(sys.argv[1]))
    PAGE.write_text(updated(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
