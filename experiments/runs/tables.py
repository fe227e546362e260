"""From part files to the tables, a group of runs at a time, so that memory does not grow with runs.

The rows are those of `model.outcome.Outcome`, behind the columns scenario, replicate, seed; a test
compares them. They are built with numpy here because a DataFrame per run costs forty times as much.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext, suppress
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from undercount.experiments.runs.dictionary import described
from undercount.experiments.runs.outputs import outputs, outputs_of
from undercount.experiments.runs.tallies import SPARSE, Tallies
from undercount.model.country.observation import observe
from undercount.model.engine.layout import (
    ACTOR_FIELDS,
    HELD_FIELDS,
    HIDDEN,
    HIDDEN_FIELDS,
    HISTORIES,
    LISTS,
    MODES,
    ON_ASSISTANCE,
    ON_HOTLINE,
    ON_POLICE,
    VENUES,
)
from undercount.model.known.region import Region

# Runs that are worked up at once, and rows of a row group, which many groups of few rows may fill: every row group
# costs memory until its file is closed. Of the format: other numbers give other bytes.
GROUP, ROWS = 25, 100_000
# Tables written at a time. More are no faster, and every thread keeps memory of its own.
THREADS = 2

Columns = dict[str, pa.Array]


class RowGroup:
    """Some runs of one region and length, in their final order, and the rows that they make."""

    def __init__(self, region: Region, tallied: Sequence[Tallies]):
        self.region, self.tallied = region, tallied
        heads = [one.head for one in tallied]
        self.months = heads[0]["months"]
        self.countries = [country.iso3 for country in region.countries]
        self.month_names = [region.month_name(t) for t in range(self.months)]
        self.scenarios = [head["scenario"] for head in heads]
        self.replicates = np.array([head["replicate"] for head in heads], np.int64)
        self.seeds = np.array([head["seed"] for head in heads], np.int64)
        self.points = np.array([head["point"] for head in heads], np.int64) if "point" in heads[0] else None
        self.hidden = np.stack([one.arrays["hidden"] for one in tallied]).astype(np.int64)

    def keys(self, run: np.ndarray) -> Columns:
        """The leading columns of rows that belong to these runs (positions in the group)."""
        point = {} if self.points is None else {"point": pa.array(self.points[run])}
        return {"scenario": _text(self.scenarios, run), **point, "replicate": pa.array(self.replicates[run]),
                "seed": pa.array(self.seeds[run])}

    def runs(self) -> Columns:
        columns = self.keys(np.arange(len(self.tallied)))
        for name in ("people_per_agent", "months", "persons", "agents"):
            columns[name] = pa.array([one.head[name] for one in self.tallied], pa.int64())
        for name in ("newly_exploited", "assisted"):
            columns[name] = pa.array(self.hidden[:, HIDDEN_FIELDS.index(name)].sum(axis=(1, 2)))
        columns["content_sha256"] = pa.array([one.content for one in self.tallied])
        return columns

    def referrals(self) -> Columns:
        complete = [n for n, row in enumerate(self.region.referrals) if row.last - self.region.start < self.months]
        counts = np.stack([observe(self.region, self._tallies(run))[complete] for run in range(len(self.tallied))])
        rows = [self.region.referrals[n] for n in complete]
        run = np.repeat(np.arange(len(self.tallied)), len(rows))
        columns = self.keys(run)
        places = np.array([self.region.index[row.iso3] for row in rows], np.int32)
        columns["country"] = _words(self.countries, np.tile(places, len(self.tallied)))
        columns["year"] = _text([row.period for row in rows], np.tile(np.arange(len(rows)), len(self.tallied)))
        return columns | {"assisted": pa.array(counts.ravel())}

    def outputs(self) -> Columns:
        """One row a run: what is asked of a world, `outputs.outputs_of`."""
        counts = np.stack([observe(self.region, self._tallies(run)) for run in range(len(self.tallied))])
        found = outputs(self.region, self.hidden.sum(axis=3), counts)
        columns = {name: pa.array(column, from_pandas=True) for name, column in found.items()}  # NaN is nothing at all
        return self.keys(np.arange(len(self.tallied))) | columns

    def _tallies(self, run: int) -> np.ndarray:
        """The hidden tallies of a run as `observe` takes them."""
        tallies = np.zeros((self.region.months, len(self.countries)), HIDDEN)
        for field, name in enumerate(HIDDEN_FIELDS):
            tallies[name][: self.months] = self.hidden[run, field]
        return tallies

    def hidden_flow(self) -> Columns:
        return self._by_month_and_country(self.hidden, HIDDEN_FIELDS)

    def actors(self) -> Columns:
        tallies = np.stack([one.arrays["actors"] for one in self.tallied])
        return self._by_month_and_country(tallies, ACTOR_FIELDS)

    def _by_month_and_country(self, tallies: np.ndarray, fields: Sequence[str]) -> Columns:
        months, places = self.months, len(self.countries)
        runs = len(self.tallied)
        columns = self.keys(np.repeat(np.arange(runs), months * places))
        columns["month"] = _text(self.month_names, np.tile(np.repeat(np.arange(months), places), runs))
        columns["country"] = _words(self.countries, np.tile(np.arange(places), runs * months))
        for field, name in enumerate(fields):
            columns[name] = pa.array(tallies[:, field].reshape(-1), pa.int64())
        return columns

    def flows(self) -> Columns:
        index = [one.arrays["flow_index"] for one in self.tallied]
        run = np.repeat(np.arange(len(index)), [len(each) for each in index])
        shape = self.tallied[0].head["shapes"]["flows"]
        month, origin, destination, mode, venue = np.unravel_index(np.concatenate(index), shape)
        value = np.concatenate([one.arrays["flow_value"] for one in self.tallied])
        return self.keys(run) | {
            "month": _text(self.month_names, month), "origin": _words(self.countries, origin),
            "destination": _words(self.countries, destination), "entry_mode": _words(MODES, mode),
            "venue": _words(VENUES, venue), "newly_exploited": pa.array(value, pa.int64())}

    def lists(self) -> Columns:
        years = sorted({month[:4] for month in self.month_names})
        year_of = np.array([years.index(month[:4]) for month in self.month_names])
        shape = (len(self.tallied), len(years), len(self.countries), HISTORIES)
        by_year, again = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
        held = np.zeros((*shape, len(VENUES), 2), np.int64)
        for run, one in enumerate(self.tallied):
            for name, into in (("history", by_year), ("exposure", held), ("relisted", again)):
                month, *rest = np.unravel_index(one.arrays[f"{name}_index"], one.head["shapes"][SPARSE[name]])
                np.add.at(into[run], (year_of[month], *rest), one.arrays[f"{name}_value"])
        by_year[..., 0] = 0  # on no list: not seen by anybody
        run, year, place, history = np.nonzero(by_year)
        columns = self.keys(run) | {"year": _text(years, year), "country": _words(self.countries, place)}
        for name, bit in zip(LISTS, (ON_POLICE, ON_ASSISTANCE, ON_HOTLINE)):
            columns[name] = pa.array((history & bit) != 0)
        of_them = held[run, year, place, history].swapaxes(1, 2).reshape(len(run), -1)
        return columns | {"persons": pa.array(by_year[run, year, place, history])} | {
            name: pa.array(of_them[:, n]) for n, name in enumerate(HELD_FIELDS)} | {
            "relisted": pa.array(again[run, year, place, history])}


def _text(words: Sequence[str], code: np.ndarray) -> pa.Array:
    """Plain text: months and periods compare and sort as they read, also with one that no row has."""
    coded = pa.DictionaryArray.from_arrays(pa.array(code, pa.int32()), pa.array(list(words), pa.string()))
    return coded.dictionary_decode()


def _words(words: Sequence[str], code: np.ndarray) -> pa.DictionaryArray:
    """Codes and kinds, few and always the same: in a DataFrame ordered categories, which compare and sort."""
    return pa.DictionaryArray.from_arrays(pa.array(code, pa.int32()), pa.array(list(words), pa.string()), ordered=True)


MAKERS: dict[str, Callable[[RowGroup], Columns]] = {
    "runs": RowGroup.runs, "referrals": RowGroup.referrals, "hidden": RowGroup.hidden_flow, "flows": RowGroup.flows,
    "actors": RowGroup.actors, "lists": RowGroup.lists, "outputs": RowGroup.outputs}


def write_tables(region: Region, runs: Iterable[Tallies], paths: dict[str, Path],
                 about: Mapping[str, str] | None = None) -> list[str]:
    """Write each table that has a path from runs in their final order; the names of those that have rows.

    `about` goes into the metadata of the files, beside the meaning of every column.
    """
    makers = [name for name in MAKERS if name in paths]
    tables = {name: _Table(paths[name]) for name in makers}

    def write(name: str, group: RowGroup) -> None:
        asked = {each.name: each for each in outputs_of(region, group.months)} if name == "outputs" else {}
        tables[name].add(described(name, pa.table(MAKERS[name](group)), about or {}, asked))

    whole = False
    try:
        # Each table has its own writer, so the bytes do not depend on who is first.
        with ThreadPoolExecutor(THREADS) as threads:
            for some in _groups(runs):
                group = RowGroup(region, some)
                for written in [threads.submit(write, name, group) for name in makers]:
                    written.result()
        whole = True
    finally:
        # Only now: a writer that is closed while a thread writes with it takes the process down.
        for table in tables.values():
            with nullcontext() if whole else suppress(OSError):
                table.close(whole)
    return [name for name in makers if tables[name].writer is not None]


class _Table:
    """A table as it is written: pieces are kept until they fill a row group."""

    def __init__(self, path: Path):
        self.path, self.pieces, self.rows = path, [], 0
        self.writer: pq.ParquetWriter | None = None

    def add(self, piece: pa.Table) -> None:
        if self.writer is None:
            # Statistics of a count help nobody; a dictionary makes small counts small and fast.
            self.writer = pq.ParquetWriter(self.path, piece.schema, compression="zstd", use_dictionary=True,
                                           write_statistics=False)
        self.pieces.append(piece)
        self.rows += len(piece)
        if self.rows >= ROWS:
            self._flush()

    def _flush(self) -> None:
        whole = pa.concat_tables(self.pieces).unify_dictionaries()
        self.pieces, self.rows = [], 0
        self.writer.write_table(whole, row_group_size=max(1, len(whole)))

    def close(self, whole: bool) -> None:
        """`whole`: with the rows that are kept; else only the file is closed."""
        if self.writer is not None:
            if whole and (self.rows or self.pieces):
                self._flush()
            self.writer.close()


def _groups(runs: Iterable[Tallies]) -> Iterator[list[Tallies]]:
    some: list[Tallies] = []
    for run in runs:
        some.append(run)
        if len(some) == GROUP:
            yield some
            some = []
    if some:
        yield some
