"""What a run leaves behind, and its result tables as DataFrames, tidy and in a fixed order.

pandas is imported when a table is asked for: whoever simulates by the thousand reads the arrays.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from undercount.model.country.observation import observe
from undercount.model.engine.layout import (
    ACTOR_FIELDS,
    HELD_FIELDS,
    HIDDEN_FIELDS,
    LISTS,
    MODES,
    ON_ASSISTANCE,
    ON_HOTLINE,
    ON_POLICE,
    VENUES,
)
from undercount.model.known.region import Region

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Outcome:
    """What a run leaves behind: the tallies of its months, as arrays.

    hidden (months, places) of `layout.HIDDEN`; actors (months, places) of `layout.ACTORS`; flows
    (months, origin, destination, mode, venue); histories (months, places, 8); exposures (months, places, 8,
    venues, 2): of those listed, the persons held in the country in the calendar year, and the ends of its months
    at which they were; relisted (months, places, 8): persons on these lists who were listed again, at home, in
    the same year, by the month of the second entry; months is the number of months that were run.
    """

    region: Region
    hidden: np.ndarray
    actors: np.ndarray
    flows: np.ndarray
    histories: np.ndarray
    exposures: np.ndarray
    relisted: np.ndarray
    months: int

    @property
    def _months(self) -> list[str]:
        return [self.region.month_name(t) for t in range(self.months)]

    @property
    def _countries(self) -> list[str]:
        return [country.iso3 for country in self.region.countries]

    def referrals(self) -> pd.DataFrame:
        """country, year, assisted: simulated counts in the rows of the observed table.

        Rows whose period was not run to its end are left out.
        """
        counts = observe(self.region, self.hidden)
        rows = [(row.iso3, row.period, int(count)) for row, count in zip(self.region.referrals, counts)
                if row.last - self.region.start < self.months]
        return _frame(rows, columns=["country", "year", "assisted"])

    def hidden_flow(self) -> pd.DataFrame:
        """month, country and the tallies of `layout.HIDDEN_FIELDS` (persons): the truth."""
        return self._by_month_and_country(self.hidden, HIDDEN_FIELDS)

    def actor_counts(self) -> pd.DataFrame:
        """month, country and the tallies of `layout.ACTOR_FIELDS`."""
        return self._by_month_and_country(self.actors, ACTOR_FIELDS)

    def flow_counts(self) -> pd.DataFrame:
        """month, origin, destination, entry mode, venue, newly exploited persons; zeros left out."""
        flows = self.flows[: self.months]
        month, origin, destination, mode, venue = np.nonzero(flows)
        months, countries = np.array(self._months), np.array(self._countries)
        return _frame({
            "month": months[month] if len(month) else months[:0], "origin": countries[origin],
            "destination": countries[destination], "entry_mode": np.array(MODES)[mode],
            "venue": np.array(VENUES)[venue],
            "newly_exploited": flows[month, origin, destination, mode, venue]})

    def list_counts(self) -> pd.DataFrame:
        """year, country, police, assistance, hotline, persons: how many are on which lists.

        Of them held_*: held in this country in the year, by venue, and months_*: for how many months in all;
        relisted: listed once more in the same year, at home.
        """
        years = np.array([month[:4] for month in self._months])
        rows = []
        for year in np.unique(years):
            by_place = self.histories[: self.months][years == year].sum(axis=0)
            held = self.exposures[: self.months][years == year].sum(axis=0)  # (places, histories, venues, 2)
            again = self.relisted[: self.months][years == year].sum(axis=0)
            for place, country in enumerate(self._countries):
                for history in range(1, by_place.shape[1]):
                    if by_place[place, history]:
                        on = [bool(history & bit) for bit in (ON_POLICE, ON_ASSISTANCE, ON_HOTLINE)]
                        rows.append((year, country, *on, int(by_place[place, history]),
                                     *held[place, history].T.ravel().tolist(), int(again[place, history])))
        return _frame(rows, columns=["year", "country", *LISTS, "persons", *HELD_FIELDS, "relisted"])

    def _by_month_and_country(self, tallies: np.ndarray, fields) -> pd.DataFrame:
        shape = (self.months, len(self._countries))
        columns = {"month": np.repeat(self._months, shape[1]), "country": np.tile(self._countries, shape[0])}
        columns.update({name: tallies[name][: self.months].ravel() for name in fields})
        return _frame(columns)


def _frame(rows, columns=None) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame(rows, columns=columns)
