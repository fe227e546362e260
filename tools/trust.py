"""docs/trust.md, "Can I trust it?", from results/published: failures first, no figure by hand.

`python -m tools.findings` writes it with the findings; `tests/regression/test_findings.py` holds it against the files.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from undercount.experiments.answer.chain import GROUPS

from tools.findings import PUBLISHED, ROOT, table

PAGE = ROOT / "docs" / "trust.md"
# What a check asks, by how its name ends; a check of no kind here is told by its own name and bound.
ASKS = {
    "as far out as this or farther": "Could the model have made a table like the observed one?",
    "90 % intervals cover": "Of worlds whose truth is known, do as many lie inside the interval as it says?",
    "ranks uniform": "Is the truth as often low as high in what is stated (simulation-based calibration)?",
    "expected coverage": "Does what is stated of several quantities at once hold, not only of each (TARP)?",
    "bias": "Is what is stated off to one side on average?",
    "estimate and truth correlate": "Do estimates follow the truth from world to world?",
    "P(fell) ranks worlds (AUC)": "Does a higher stated probability of a fall mean that more worlds fell?",
    "P(fell) comes true": "Of worlds told to have fallen with probability p, did a share p fall?",
    "inside their 90 % bands": "Are the observed changes inside what the answer's own worlds make?",
    "averaged relative difference": "Would the last year have been foretold from those before?",
    "held out, its total given": "Given the year's total, would its rows have been foretold?",
    "truths inside their 90 % intervals": "In worlds set by hand, of one cause or two, does the answer hold the truth?",
    "answers moved by more than half their interval": "Does any other assumption move the answer far?",
}
FORETOLD = "Is a published figure that nothing was learnt from inside what the answer foretells (not beyond a bound)?"
LIMITS = """## What no check can tell

- **All checks but the observed table and the figures foretold are made on simulated worlds.** They say whether the
  methods recover what the model holds true, not whether the model is true. What contradicts the sources still stands
  in [The worlds against their sources](patterns.md).
- **The level of the hidden flow rests mostly on assumptions.** Counts narrow it and do not settle it; ranges without a
  source are swept, or fixed ([ODD](ODD.md), section 7). No figure here is an estimate of victims
  ([limits of use](limits.md)).
- **A cause that is not in the model cannot be named.** Probabilities are among the rivals that it has.
- **More worlds would not meet the goals.** Checks whose bound says *goal* ask how sharp the answer is. From 1,800 to
  3,600 worlds the correlation grew by 0.01 at most, and no other learner does better ([learners](learners.md)): these
  counts do not say more.

## Check it yourself

| question | where |
|---|---|
| every check with its figure | [Findings](findings.md#checks) |
| how a check is made, and each key of the document | [The verdict](verdict.md) |
| do worlds agree with the statements of the sources? | [The worlds against their sources](patterns.md) |
| could each explanation have won? | [A fair trial](trial.md) |
| would the tests notice a fault in a rule? | [Would the tests notice?](mutants.md) |
| which assumptions matter, and which are fixed | [Screening](screening.md), [Mechanisms](mechanisms.md) |
| do estimates from overlapping lists find simulated truths? | [Estimation](estimate.md) |
| the same bytes on your machine | the commands above, then `undercount diff A B` |"""


def page(published: Path = PUBLISHED) -> str:
    """The page as Markdown."""
    verdict = json.loads((published / "verdict" / "verdict.json").read_bytes())
    checks = verdict["answer"]["checks"]
    failed = [check for check in checks if not check["holds"]]
    parts = [_head(verdict, published, len(failed), len(checks)), _failures(failed), _missed(verdict["answer"]),
             _kinds(checks), LIMITS]
    return "\n\n".join(part for part in parts if part) + "\n"


def _head(verdict: Mapping[str, Any], published: Path, failed: int, number: int) -> str:
    said = "; ".join(f"{key.replace(':', ' to ')}: **{window['says']}**" +
                     (f", because {' and '.join(window['reasons'])}" if window["reasons"] else "")
                     for key, window in verdict["answer"]["says"].items())
    commands = "\n".join(json.loads(path.read_bytes())["command"] for path in (
        published / "verdict" / "reference-manifest.json", published / "verdict" / "manifest.json"))
    worlds = verdict["answer"]["worlds"]
    return f"""# Can I trust it?

Generated from `results/published/` by `python -m tools.findings`; no figure here is typed by hand.

As far as it goes, and it says how far. Of {number} checks of the published answer **{failed} fail**; they come first.
The answer itself, were fewer people trafficked when the counts fell, is: {said}.

Version {verdict['undercount']}, seed {verdict['seed']}, {verdict['reference']['worlds']:,} simulated worlds, of which
{worlds['checked']:,} were kept for checks only.

```
{commands}
```"""


def asks(name: str) -> str:
    """The question of a check."""
    if name.startswith("foretold: "):
        return FORETOLD
    return next((words for end, words in ASKS.items() if name.endswith(end)), "")


def _failures(failed: Sequence[Mapping[str, Any]]) -> str:
    if not failed:
        return "## What fails\n\nNothing that is checked. What is not checked stands below."
    rows = [(check["name"], f"{check['value']:.3g}", check["bound"], asks(check["name"])) for check in failed]
    return "## What fails\n\n" + table(("check", "value", "should be", "what it asks"), rows)


def _missed(answer: Mapping[str, Any]) -> str:
    """Truths and published figures outside their intervals, one by one."""
    rows = [(f"{case['words']}: {GROUPS.get(name, name)}", f"{e['true']:+.2f}", f"{e['low']:+.2f} to {e['high']:+.2f}")
            for case in answer["by_hand"] for name, e in case["estimands"].items() if not e["inside"]]
    number = sum(len(case["estimands"]) for case in answer["by_hand"])
    text = f"### Truths that the answer missed\n\nIn {len(answer['by_hand'])} worlds set by hand {len(rows)} of " \
        f"{number} truths lie outside their 90 % interval, where {number / 10:.0f} would be expected " \
        "(changes of logarithms)." if number else ""
    if rows:
        text += "\n\n" + table(("world and quantity", "true", "90 % interval"), rows)
    figures = answer["foretold"]["figures"]
    out = [(f["name"], f"{f['bound']} {f['value']:g}", f"{f['posterior'][0]:.3g} to {f['posterior'][2]:.3g}")
           for f in figures if not f["inside"]]
    if figures:
        text += f"\n\n### Figures that were not foretold\n\n{len(out)} of {len(figures)} published figures that " \
            "nothing was learnt from lie outside what the answer foretells."
    if out:
        text += "\n\n" + table(("figure", "published", "foretold, 90 %"), out)
    return text.strip()


def _kinds(checks: Sequence[Mapping[str, Any]]) -> str:
    """All checks by what they ask."""
    by: dict[str, list[bool]] = {}
    for check in checks:
        by.setdefault(asks(check["name"]) or check["name"], []).append(check["holds"])
    rows = [(words, f"{sum(held)} of {len(held)}", "" if all(held) else f"**{len(held) - sum(held)} fail**")
            for words, held in sorted(by.items(), key=lambda each: sum(each[1]) / len(each[1]))]
    return "## What is checked\n\n" + table(("question", "holds", ""), rows)


def write() -> None:
    PAGE.write_text(page(), encoding="utf-8")
