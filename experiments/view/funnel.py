"""From persons in exploitation to those counted: this year beside the year in which most were counted.

Where the steps lose people is where the undercount arises; where they lose more than in the peak year is where it grew.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from undercount.experiments.view.naming import MONTHS, count
from undercount.experiments.view.series import counted, year_now
from undercount.experiments.view.svg import INK, QUIET, WORLDS, svg, text

STEPS = {
    "exploited": "in exploitation", "found": "found", "recognised": "recognised as victims", "offered": "offered help",
    "accepted": "accepted it", "placed": "given a place", "counted": "counted in the table",
}


@dataclass(frozen=True)
class Year:
    """Persons at each of STEPS in the first `months` months of a year of the whole region."""

    year: int
    months: int
    persons: tuple[float, ...]

    @property
    def passed(self) -> tuple[float, ...]:
        """Share of the step before that came to each step after the first; NaN where nobody was there, or where more
        came than were there: a table of registered persons counts others than those given a place."""
        return tuple(after / before if 0 < before >= after else np.nan
                     for before, after in zip(self.persons, self.persons[1:]))

    @property
    def words(self) -> str:
        return str(self.year) if self.months == 12 else f"{self.year} to {MONTHS[self.months - 1]}"


def steps(model, first: int, months: int) -> Year:
    """A year from its first month. In exploitation are those held when it began and those newly exploited since."""
    hidden, end = model.outcome.hidden, first + months
    t = model.world.t - model.world.month + first  # of the arrays that include the warm-up
    held = float(model.world.hidden["in_exploitation"][t - 1].sum()) if t > 0 else 0.0
    total = {name: float(hidden[name][first:end].sum()) for name in (
        "newly_exploited", "identified", "recognised", "offered_help", "refused", "assisted")}
    return Year(model.region.start.year + first // 12, months, (
        held + total["newly_exploited"], total["identified"], total["recognised"], total["offered_help"],
        total["offered_help"] - total["refused"], total["assisted"], float(counted(model)[first:end].sum())))


def peak(model, first: int) -> int | None:
    """First month of the whole year before `first` in which most were counted; None where there is none."""
    listed = counted(model)
    years = [(listed[month: month + 12].sum(), -month) for month in range(0, first, 12)]
    return -max(years)[1] if years and max(years)[0] > 0 else None


def compared(model) -> tuple[Year, Year | None]:
    """This year as far as it has come, and the same months of the peak year."""
    first, end, _ = year_now(model)
    top = peak(model, first)
    return steps(model, first, end - first), None if top is None else steps(model, top, end - first)


def lost_most(now: Year, then: Year) -> int | None:
    """Which step (from 1 on) lets fewer through than in the peak year, and most so; None if none does."""
    ratios = [a / b if a == a and b == b and b > 0 else 1.0 for a, b in zip(now.passed, then.passed)]
    low = int(np.argmin(ratios))
    return low + 1 if ratios[low] < 0.98 else None


def funnel(model, name: str, k: int) -> str:
    """The picture of one world, `k` the world's number."""
    now, then = compared(model)
    worst = lost_most(now, then) if then else None
    body = [text(0, 14, name, 13.5, colour=WORLDS[k], more='font-weight="600"')]
    columns = ((262, now, 1.0), (372, then, 0.35))
    for x, year, _ in columns:
        if year is not None:
            body += [text(x + 38, 34, year.words + ("" if year is now else " (peak)"), 11.5, "middle",
                          more='font-weight="600"')]
    body.append(text(460, 48, "in % of the step before", 10.5, "end", QUIET))
    top = max(now.persons[0], then.persons[0] if then else 0.0, 1.0)
    for row, words in enumerate(STEPS.values()):
        y = 56 + row * 28
        weight = 'font-weight="700"' if row == worst else ""
        body.append(text(138, y + 14, words, 12, "end", more=weight))
        for n, (x, year, opacity) in enumerate(columns):
            if year is None:
                continue
            width = max(1.0, 112.0 * year.persons[row] / top)
            body.append(f'<rect x="143" y="{y + 10 * n}" width="{width:.1f}" height="9" fill="{WORLDS[k]}" '
                        f'opacity="{opacity}"/>')
            passed = year.passed[row - 1] if row else np.nan
            share = "" if np.isnan(passed) else f"{100 * passed:.0f} %"
            body += [text(x + 40, y + 14, count(year.persons[row]), 12, "end", more=weight),
                     text(x + 86, y + 14, share, 12, "end", INK if row == worst else QUIET, weight)]
    end = "" if worst is None else (
        f"Bold: the step whose losses grew most since the peak year ({[*STEPS.values()][worst]}).")
    body.append(text(0, 266, end, 11, colour=QUIET))
    return svg(464, 270, body, f"{name}, from persons in exploitation to those counted. {_said(now, then)}{end}")


def _said(now: Year, then: Year | None) -> str:
    return "".join(f"{year.words}: " + ", ".join(f"{words} {count(persons)}" for words, persons in
                                                zip(STEPS.values(), year.persons)) + ". "
                   for year in (now, then) if year is not None)
