"""docs/mechanisms.md: what switching each mechanism off moves. `python -m tools.mechanisms [--draws N]`.

Paired with common random numbers: the same draw and the same luck, with and without the mechanism. Over the
priors (draws of the mixture of all explanations) and at its point values (several lucks).
"""

from __future__ import annotations

import argparse
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from undercount.experiments.design import design, world_seed
from undercount.experiments.patterns.scale import COARSE
from undercount.model.assumed.mechanisms import MECHANISMS
from undercount.model.assumed.scenario import Scenario, load_scenario

from tools.outcomes import OUTCOMES, outcomes

PAGE = Path(__file__).parents[1] / "docs" / "mechanisms.md"
SCENARIO, POINT = "everything", "full-adaptation"
WEAK = 0.03  # a mechanism that moves no outcome by this much on average, and surely, is called weak
SUPPORT = """## What the sources support of D5 to D9, B5 and D2

- **D7 `international_presence`**: dated. The market follows the soldiers (SFOR 33,000 in 1999, 19,000 at the
  beginning of 2002, 12,000 in January 2003; KFOR some 50,000, 38,000 in May 2002, 26,000 in June 2003: rows of kind
  `presence` in `events.csv`, factors in `changes.toml`). How large a market they made is swept; one source has a
  fifth of Kosovo's clients in 2004, the low end of that range. Civilians are counted in 1999 only. Dating
  the soldiers lowers Bosnia's count of 2003 by 21 to 41 % at the point values; the sums below hardly move.
- **D8 `client_penalty`**: exactly nothing, as the sources have it. That the demand side is almost never punished is
  their own statement (Vreja 2005 l.537-546), and the OSCE found those who use victims unprosecuted in Kosovo, whose
  regulation of January 2001 makes it an offence. The law is a row of `events.csv`; the share of cases in which a
  client's knowledge is proved stays 0. It acts as a lever (`penalty-for-clients`).
- **D9 `market_regime`**: exactly nothing. The sources name five regimes and, but for Germany (2002), no country and
  date. A regime multiplies how openly police look, which has a swept factor of its own in every Balkan destination
  (`looks-...`): in the rows that were counted the two could not be told apart.
- **D5 `intelligence_sharing`**: one date (SECI task force, May 2000) and a direction; lag and strength are
  assumptions, fixed in `everything`; an onset raises the strength.
- **D2 `captured_officials`** (tip-offs), **D6 `testimony_led_policing`**: directions only (Human Rights Watch 2002;
  the Balkan route paper). The 15 officials investigated in Romania in 2003 are out of reach: never more than 3 in
  240 prior worlds of `no-change`, which have few posts.
- **B5 `internal_trafficking`**: said to rise in 2004, no share before 2006. Bosnia, Kosovo and FYR Macedonia are no
  origins here, so their own women are not among those exploited.
- **Others that are weak**: the sources give directions only. What they do to one person or cell is tested; what
  they do to these outcomes is small beside luck.
"""


def differences(bases: list[Scenario], lucks: list[int], people_per_agent: int) -> dict[str, np.ndarray]:
    """Mechanism -> (worlds, outcomes): without it less with it."""
    jobs = [(name, n) for name in ("", *MECHANISMS) for n in range(len(bases))]

    def one(job: tuple[str, int]) -> np.ndarray:
        name, n = job
        scenario = bases[n].with_values({f"mechanisms.{name}": False}) if name else bases[n]
        return outcomes(scenario, lucks[n], people_per_agent)

    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        found = dict(zip(jobs, pool.map(one, jobs)))
    return {name: np.array([found[name, n] - found["", n] for n in range(len(bases))]) for name in MECHANISMS}


def drawn(count: int, seed: int) -> tuple[list[Scenario], list[int]]:
    """Draws of the prior of the mixture, and their lucks."""
    scenario = load_scenario(SCENARIO)
    free = list(scenario.free())
    points = design(scenario.name, len(free), 1.0, seed, 0, count)
    return ([scenario.draw(dict(zip(free, point.tolist()))) for point in points],
            [world_seed(scenario.name, 1.0, seed, n) for n in range(count)])


def is_weak(values: np.ndarray) -> bool:
    """Is every mean effect small, or within two standard errors of nothing?"""
    mean, error = values.mean(axis=0), values.std(axis=0, ddof=1) / np.sqrt(len(values))
    return not ((np.abs(mean) >= WEAK) & (np.abs(mean) > 2.0 * error)).any()


def table(found: dict[str, np.ndarray]) -> list[str]:
    """Markdown: mean effect and the 5 to 95 % of worlds in brackets; then whether it is weak."""
    lines = ["| code | mechanism | " + " | ".join(OUTCOMES) + " | |", "|---|---|" + "---|" * (len(OUTCOMES) + 1)]
    for name, values in found.items():
        mean, low, high = values.mean(axis=0), *np.quantile(values, (0.05, 0.95), axis=0)
        cells = [f"{m:+.2f} ({a:+.2f} to {b:+.2f})" for m, a, b in zip(mean, low, high)]
        weak = "weak" if is_weak(values) else ""
        lines.append(f"| {MECHANISMS[name].code} | `{name}` | " + " | ".join(cells) + f" | {weak} |")
    return lines


def page(draws: int, lucks: int, seed: int) -> str:
    priors = differences(*drawn(draws, seed), COARSE)
    point = load_scenario(POINT)
    points = differences([point] * lucks, list(range(seed, seed + lucks)), COARSE)
    weak = [name for name in MECHANISMS
            if is_weak(priors[name]) and is_weak(points[name])]
    words = ", ".join(f"`{name}`" for name in weak) or "none"
    lines = [
        "# What each mechanism moves", "",
        f"Generated by `python -m tools.mechanisms --draws {draws} --lucks {lucks} --seed {seed}`, worlds of {COARSE}",
        "persons an agent. Each cell is an outcome without the mechanism less the same world with it (common random",
        "numbers): the mean over worlds, and in brackets where 90 % of the worlds lie. All outcomes are logarithms, so",
        "-0.10 is about a tenth less.", "",
        *(f"- **{name}**: {meaning}." for name, meaning in OUTCOMES.items()), "",
        f"A mechanism is called weak if it moves no outcome by {WEAK:g} on average and by two standard errors. Weak in",
        f"both tables: {words}.", "", SUPPORT,
        f"## Over the priors of `{SCENARIO}` ({draws} draws)", "", *table(priors), "",
        f"## At the point values of `{POINT}` ({lucks} lucks)", "", *table(points), ""]
    return "\n".join(lines)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=96)
    parser.add_argument("--lucks", type=int, default=24)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    PAGE.write_text(page(given.draws, given.lucks, given.seed), encoding="utf-8")
