"""Between which periods a change is attributed, and what is measured in both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from undercount.model.country.observation import observe
from undercount.model.files.problems import Problem, nearest
from undercount.model.files.tables_in import Month
from undercount.model.files.toml_in import describe
from undercount.model.known.region import Referral, Region
from undercount.model.known.series import in_both
from undercount.model.outcome import Outcome

# What is attributed -> what it is, in words with its unit.
OUTCOMES = {
    "counted": "persons counted by the observed table",
    "newly_exploited": "persons newly exploited, everywhere (or where the region's window asks)",
    "in_exploitation": "persons in exploitation, likewise, mean over the months",
}

# The same on the scale on which changes of causes multiply -> what it is. One person is added before each logarithm.
LOGS = {
    "ln_counted": "change of ln(persons counted by the observed table)",
    "ln_newly_exploited": "change of ln(persons newly exploited, likewise)",
}
EVERY = OUTCOMES | LOGS
ADDED = 1.0


@dataclass(frozen=True)
class Window:
    """Two periods of the observed table, and the countries whose figures of both are compared."""

    before: str
    after: str
    months: tuple[tuple[Month, Month], tuple[Month, Month]]  # first and last of each, both included
    countries: tuple[str, ...]
    observed: tuple[int, int]  # their totals
    where: tuple[str, ...] = ()  # the countries whose hidden flow is asked for; none is the whole region

    @property
    def length(self) -> int:
        """Months of either period."""
        first, last = self.months[0]
        return last - first + 1

    def about(self) -> dict:
        return {"from": self.before, "to": self.after, "countries": list(self.countries),
                "observed": list(self.observed), **({"where": list(self.where)} if self.where else {})}


def find_window(region: Region, before: str | None, after: str | None, problems: list[Problem]) -> Window | None:
    """The periods asked for; otherwise the first window that the region states, or else from the year of the table's
    peak to its last year.

    A year counts for this if as many countries have a figure in it as in any other. None after adding
    to `problems`.
    """
    periods = _periods(region.referrals)
    names = sorted(periods)
    for option, name in (("--from", before), ("--to", after)):
        if name is not None and name not in names:
            problems.append(Problem("command line", option, describe(name), "a period of the observed table: "
                                    + ", ".join(names), nearest=nearest(name, names)))
            return None
    known = {name: {row.iso3: row.assisted for row in rows if row.assisted is not None}
             for name, rows in periods.items()}
    years = [name for name in names if _months(periods[name]) == 12]
    fullest = max((len(known[name]) for name in years), default=0)
    full = [name for name in years if len(known[name]) == fullest > 0]
    asked = next(iter(region.windows), None) if before is None and after is None else None
    if asked:
        before, after = str(asked.before), str(asked.after)
    if before is None and full:
        before = max(full, key=lambda name: (sum(known[name].values()), name))
    if after is None and full:
        after = full[-1]
    if before is None or after is None or periods[before][0].first >= periods[after][0].first:
        problems.append(Problem("command line", "--from, --to", f"{before} to {after}",
                                "two periods in order (by default the year of the peak and the last year)"))
        return None
    if _months(periods[before]) != _months(periods[after]):
        problems.append(Problem("command line", "--from, --to", f"{before} and {after}", "periods of the same length"))
        return None
    countries = tuple(code for code in in_both(region.referrals, before, after)
                      if not (asked and asked.where) or code in asked.where)
    if not countries:
        problems.append(Problem("command line", "--from, --to", f"{before} and {after}",
                                "periods in which one country at least has figures that can be compared"))
        return None
    months = tuple((periods[name][0].first, periods[name][0].last) for name in (before, after))
    totals = tuple(int(sum(known[name][code] for code in countries)) for name in (before, after))
    return Window(before, after, months, countries, totals, asked.where if asked else ())


def _periods(rows: Sequence[Referral]) -> dict[str, list[Referral]]:
    found: dict[str, list[Referral]] = {}
    for row in rows:
        found.setdefault(row.period, []).append(row)
    return found


def _months(rows: Sequence[Referral]) -> int:
    return rows[0].last - rows[0].first + 1


def measure(window: Window, outcome: Outcome) -> np.ndarray:
    """OUTCOMES in both periods, shape (outcomes, 2), whole numbers; the stock in person-months."""
    region, hidden = outcome.region, outcome.hidden
    there = [region.index[code] for code in window.where] or slice(None)
    counts = observe(region, hidden)
    found = np.zeros((len(OUTCOMES), 2), np.int64)
    for k, (period, (first, last)) in enumerate(zip((window.before, window.after), window.months)):
        months = slice(first - region.start, last - region.start + 1)
        found[0, k] = sum(count for count, row in zip(counts, region.referrals)
                          if row.period == period and row.iso3 in window.countries)
        found[1, k] = hidden["newly_exploited"][months][:, there].sum()
        found[2, k] = hidden["in_exploitation"][months][:, there].sum()
    return found


def changes(figures: np.ndarray, window: Window) -> np.ndarray:
    """From `measure`d figures (..., OUTCOMES, 2) to changes (..., EVERY): OUTCOMES in persons, then LOGS."""
    scale = np.array([1.0, 1.0, window.length])
    persons = (figures[..., 1] - figures[..., 0]) / scale
    logs = np.log(figures[..., : len(LOGS), :] + ADDED)
    return np.concatenate([persons, logs[..., 1] - logs[..., 0]], axis=-1)
