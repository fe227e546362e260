"""Published statistics beyond the observed table, each with its counterpart in the model and its error.

They stand in `observed/statistics.csv` of the region. A row says what was published (`value`, or a bound),
for which countries and months, which of the model's tallies it is compared with (`measure`), and how far a
published figure may lie from that tally (`error`, the standard deviation of the logarithm: an assumption).
The model never reads this file.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from undercount.experiments.patterns.rows import NAME, WHERE_AND_WHEN, check_codes, check_periods, check_share
from undercount.model.engine.layout import PUBLIC
from undercount.model.files.tables_in import (
    Column,
    Month,
    Problems,
    Table,
    check_unique,
    flag,
    number,
    one_of,
    read_table,
    text,
)
from undercount.model.known.region import Region

FILE = Path("observed") / "statistics.csv"

# measure -> what it is in the model, for the page and the documentation.
MEASURES = {
    "public_stock": "persons held in public venues, mean over the months (counterpart of suspected venues)",
    "newly_exploited": "newly exploited persons a year, of the nationals where these are named",
    "share_of_nationals": "share of the nationals among those newly exploited in the countries",
    "registered_nationals": "recognised victims in the countries, times the nationals' share of those newly "
                            "exploited there, a year",
    "arrests": "recruiters' cells arrested in a year",
    "officials_investigated": "officials in pay who came under investigation in a year",
    "assisted": "persons assisted in the countries in a year",
    **{f"registered_by_{who}": f"persons registered in the countries in a year, reported by {words}"
       for who, words in {"police": "the police", "border": "border guards", "inspectors": "inspectors",
                          "care": "hotlines, outreach and shelters"}.items()},
    "share_by_police": "share of those registered in the countries whom the police reported",
    "private_share": "share of private venues among those newly exploited",
}
BOUNDS = ("about", "at least", "at most")

_COLUMNS = [
    Column("name", NAME), Column("measure", one_of(tuple(MEASURES))), *WHERE_AND_WHEN,
    Column("bound", one_of(BOUNDS)), Column("value", number(0)), Column("error", number(0, 3)),
    Column("use", flag()), Column("source", text()), Column("note", text(), blank=True, empty=""),
]


@dataclass(frozen=True)
class Statistic:
    """One published figure. With `against` it is the ratio of its period to that one.

    `bound` "about" means the value itself; "at least" and "at most" that only this is known.
    """

    name: str
    measure: str
    where: tuple[str, ...]
    nationals: tuple[str, ...]
    period: tuple[Month, Month]
    against: tuple[Month, Month] | None
    bound: str
    value: float
    error: float
    use: bool
    source: str
    note: str

    @property
    def definition(self) -> tuple:
        """What decides its counterpart: two statistics with the same one differ in value only."""
        return self.measure, self.where, self.nationals, self.period, self.against


def read_statistics(path: Path, region: Region) -> tuple[Statistic, ...]:
    """The statistics in a file; raises BadInput with every problem."""
    problems = Problems()
    table = read_table(path, _COLUMNS, problems)
    check_unique(table, ["name"], problems)
    for row in table.good():
        _check(table, row, region, problems)
    problems.raise_any()
    return tuple(_statistic(row.values) for row in table.rows)


def shipped_statistics(region: Region) -> tuple[Statistic, ...]:
    """Those of the region's folder; none if it has no such file. Raises BadInput."""
    path = region.folder / FILE
    return read_statistics(path, region) if path.exists() else ()


def _check(table: Table, row, region: Region, problems: Problems) -> None:
    values = row.values
    for key in ("where", "nationals"):
        check_codes(table, row, key, region, problems)
    check_periods(table, row, region, problems)
    check_share(table, row, "value", problems)
    if values["measure"] in ("share_of_nationals", "registered_nationals") and not values["nationals"]:
        problems.add(table.file, row.line, "nationals", "", f"one code or more, for {values['measure']}")
    if values["bound"] == "about" and not values["value"]:
        problems.add(table.file, row.line, "value", "0", "more than 0: its error is that of a logarithm")


def _statistic(v: dict) -> Statistic:
    against = (v["against_from"], v["against_until"]) if v["against_from"] else None
    return Statistic(v["name"], v["measure"], tuple(v["where"].split()), tuple(v["nationals"].split()),
                     (v["from"], v["until"]), against, v["bound"], v["value"], v["error"], v["use"], v["source"],
                     v["note"])


def counterpart(statistic: Statistic, region: Region, hidden: np.ndarray, actors: np.ndarray,
                flows: np.ndarray) -> float:
    """The model's own figure for a statistic, without error; NaN where it would divide by nothing.

    `hidden` and `actors` have shape (months, places), `flows` (months, origins, places, modes, venues).
    """
    places = [region.index[code] for code in statistic.where] or list(range(len(region.countries)))
    nationals = [region.index[code] for code in statistic.nationals] or list(range(len(region.countries)))

    def level(period: tuple[Month, Month]) -> float:
        months = slice(period[0] - region.start, period[1] - region.start + 1)
        flow = flows[months][:, :, places]
        share = _ratio(flow[:, nationals].sum(), flow.sum())
        a_year = 12.0 / (months.stop - months.start)
        match statistic.measure:
            case "public_stock":
                return float(hidden["in_public"][months][:, places].sum(axis=1).mean())
            case "newly_exploited":
                return float(flow[:, nationals].sum()) * a_year
            case "share_of_nationals":
                return share
            case "registered_nationals":
                return float(hidden["recognised"][months][:, places].sum()) * share * a_year
            case "private_share":
                return 1.0 - _ratio(flow[..., PUBLIC].sum(), flow.sum())
            case "assisted":
                return float(hidden["listed_assisted"][months][:, places].sum()) * a_year
            case "share_by_police":
                mine = hidden[months][:, places]
                return _ratio(mine["registered_by_police"].sum(), mine["registered"].sum())
            case name if name.startswith("registered_by_"):
                return float(hidden[name][months][:, places].sum()) * a_year
            case "arrests" | "officials_investigated":
                return float(actors[statistic.measure][months][:, places].sum()) * a_year
        raise KeyError(statistic.measure)

    now = level(statistic.period)
    return now if statistic.against is None else _ratio(now, level(statistic.against))


def _ratio(a: float, b: float) -> float:
    return float(a) / float(b) if b else float("nan")


def published(statistic: Statistic, counterparts: np.ndarray, noise: np.ndarray) -> np.ndarray:
    """What would have been published of each simulated world: its counterpart with the statistic's error.

    `counterparts` and `noise` (standard normal) have shape (worlds,). For "about" the logarithm of
    (1 + figure); for a bound 1 where the figure keeps it and 0 where not. A counterpart that is not
    defined is read as nothing seen.
    """
    with np.errstate(invalid="ignore"):
        figures = np.nan_to_num(counterparts) * np.exp(statistic.error * noise)
    if statistic.bound == "about":
        return np.log(figures + floor(statistic))
    return (figures >= statistic.value if statistic.bound == "at least" else figures <= statistic.value).astype(float)


def as_published(statistic: Statistic) -> float:
    """The published figure itself, on the scale of `published`."""
    return float(np.log(statistic.value + floor(statistic))) if statistic.bound == "about" else 1.0


def floor(statistic: Statistic) -> float:
    """What is added before the logarithm: half a person or case, or a hundredth of a ratio or share."""
    relative = statistic.against is not None or statistic.measure in ("share_of_nationals", "private_share")
    return 0.01 if relative else 0.5
