"""The lists of a user, from a table (CSV or a spreadsheet) or from standard input.

One row a history with a column of counts, or one row a person; a list is a column of 0 and 1 (or false and true,
no and yes). Nothing in the file can raise anything but BadInput.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from undercount.experiments.estimate.cells import on_list, persons, whole
from undercount.experiments.estimate.lists import Lists
from undercount.model.files.counts import COUNT
from undercount.model.files.rows import Unreadable, other_separator, rows_of
from undercount.model.files.tables_in import Problems, read_bytes
from undercount.model.files.toml_in import plain

MOST_LISTS, MOST_STRATA, MOST_COLUMNS = 10, 200, 500
COUNTED_BY = ("count", "counts", "n", "freq", "frequency", "persons")  # names that need no option
STRATIFIED_BY = ("stratum", "strata")
STDIN = "-"
LARGEST_FILE = 200_000_000


@dataclass(frozen=True)
class Given:
    """The lists, where they are from, and what was left aside."""

    lists: Lists
    file: str
    sha256: str
    unused: tuple[str, ...] = ()
    one_row_a_case: bool = False


@dataclass
class _Sheet:
    """Cells as text, with the line of each row."""

    file: str
    header: list[str]
    rows: list[tuple[int, list[str]]] = field(default_factory=list)
    first: int = 1

    def column(self, name: str) -> list[str]:
        place = self.header.index(name)
        return [cells[place] for _, cells in self.rows]


def read_lists(file: str, named: Sequence[str] = (), count: str | None = None,
               strata: str | None = None) -> Given:
    """Read FILE, or standard input for "-". Raises BadInput with every mistake.

    `named`: the columns that are lists (default: those of 0 and 1); `count`, `strata`: the columns of counts
    and strata (default: those named as in COUNTED_BY and STRATIFIED_BY, in any case of letters).
    """
    problems = Problems()
    sheet, digest = _sheet(file, problems)
    count = _chosen(sheet, "--count", count, COUNTED_BY, problems)
    strata = _chosen(sheet, "--strata", strata, STRATIFIED_BY, problems)
    problems.raise_any()
    columns = _list_columns(sheet, named, {count, strata}, problems)
    problems.raise_any()
    unused = tuple(name for name in sheet.header if name not in {*columns, count, strata})
    if count is None:
        _check_persons(sheet, [*columns, *[strata] * (strata is not None)], unused, problems)
    lists = _counted(sheet, sorted(columns), count, strata, problems)
    problems.raise_any()
    return Given(lists, sheet.file, digest, unused, count is None)


def _sheet(file: str, problems: Problems) -> tuple[_Sheet, str]:
    """Cells as a table's reader finds them (`model/files/rows.py`), and the hash of the bytes."""
    shown = "standard input" if file == STDIN else plain(file)
    data = sys.stdin.buffer.read(LARGEST_FILE + 1) if file == STDIN else read_bytes(Path(file), problems)
    problems.raise_any()
    sheet = _Sheet(shown, [])
    if len(data) > LARGEST_FILE:
        problems.add(shown, None, "table", "too much", f"at most {LARGEST_FILE // 1_000_000} million bytes")
        problems.raise_any()
    try:
        found = rows_of(data)
    except Unreadable as wrong:
        problems.add(shown, wrong.line, wrong.key, wrong.found, wrong.allowed)
        problems.raise_any()
    for line, cells in found.rows:
        if not sheet.header:
            sheet.header, sheet.first = cells, line
        elif len(cells) == len(sheet.header):
            sheet.rows.append((line, cells))
        else:
            other = other_separator(cells, len(sheet.header), found.separator)
            problems.add(shown, line, "row", f"cells between {other}" if other else f"{len(cells)} cells",
                         f"{len(sheet.header)} cells, as in the header")
    if found.broken:
        problems.add(shown, found.broken.line, found.broken.key, found.broken.found, found.broken.allowed)
    _check_sheet(sheet, problems)
    problems.raise_any()
    return sheet, hashlib.sha256(data).hexdigest()


def _check_sheet(sheet: _Sheet, problems: Problems) -> None:
    if len(sheet.header) > MOST_COLUMNS:
        problems.add(sheet.file, sheet.first, "header", f"{len(sheet.header)} columns", f"at most {MOST_COLUMNS}")
    for name in sorted({name for name in sheet.header if sheet.header.count(name) > 1}):
        problems.add(sheet.file, sheet.first, plain(name) or "a column without a name", "the column twice",
                     "each column once, with a name")
    if not sheet.rows and not problems.count:
        problems.add(sheet.file, None, "rows", "none", "at least one row below the header")


def _chosen(sheet: _Sheet, option: str, name: str | None, usual: tuple[str, ...], problems: Problems) -> str | None:
    """The column that an option names, or one with a usual name, or None."""
    if name is None:
        names = {each.lower(): each for each in sheet.header}
        return next((names[each] for each in usual if each in names), None)
    if name not in sheet.header:
        problems.add(sheet.file, sheet.first, option, name, "a column of the file", sheet.header)
    return name


def _list_columns(sheet: _Sheet, named: Sequence[str], taken: set[str | None], problems: Problems) -> list[str]:
    """The columns that are lists: those named, or those in which at least half of the cells are 0 or 1."""
    for name in named:
        if name not in sheet.header or name in taken:
            problems.add(sheet.file, sheet.first, "--lists", name,
                         "a column of the file that is neither count nor stratum", sheet.header)
    columns = list(dict.fromkeys(named))
    if not named:
        columns = [name for name in sheet.header if name not in taken and name
                   and 2 * sum(on_list(cell) is not None for cell in sheet.column(name)) >= len(sheet.rows)]
    if not problems.count and len(columns) < 2:
        problems.add(sheet.file, None, "lists", f"{len(columns)} column{'s' * (len(columns) != 1)} of 0 and 1",
                     "at least two lists, kept independently of each other: from one list nothing can be said "
                     "of who is on none")
    if len(columns) > MOST_LISTS:
        problems.add(sheet.file, None, "lists", f"{len(columns)} columns of 0 and 1",
                     f"at most {MOST_LISTS}: name them with --lists, or merge some")
    return columns


def _check_persons(sheet: _Sheet, columns: list[str], unused: tuple[str, ...], problems: Problems) -> None:
    """A row a person? Hardly where every history stands once, beside whole numbers that do not number the rows."""
    rows = list(zip(*(sheet.column(name) for name in columns)))
    if len(set(rows)) < len(rows):
        return
    for name in unused:
        counts = [whole(cell) for cell in sheet.column(name)]
        if None in counts or sorted(counts) == list(range(min(counts), min(counts) + len(counts))):
            continue
        problems.add(sheet.file, sheet.first, plain(name), "each history once, beside whole numbers",
                     f"--count {plain(name)} if these are persons; no such column if every row is one person")


def _counted(sheet: _Sheet, names: list[str], count: str | None, strata: str | None, problems: Problems) -> Lists:
    places = [sheet.header.index(name) for name in names]
    layers = sorted(set(sheet.column(strata))) if strata else [""]
    if len(layers) > MOST_STRATA:
        problems.add(sheet.file, None, strata, f"{len(layers)} strata", f"at most {MOST_STRATA}")
        problems.raise_any()
    low, high = (np.zeros((len(layers), 1 << len(names))) for _ in range(2))
    seen: dict[tuple[int, int], int] = {}
    for line, cells in sheet.rows:
        stratum = layers.index(cells[sheet.header.index(strata)]) if strata else 0
        history = _history(sheet, line, names, [cells[place] for place in places], problems)
        known = (1, 1) if count is None else persons(cells[sheet.header.index(count)])
        if known is None:
            problems.add(sheet.file, line, plain(count), cells[sheet.header.index(count)], COUNT)
        if history is None or known is None:
            continue
        least, most = known
        if history == 0 and most > 0:
            problems.add(sheet.file, line, "history", f"{most} on no list" if count else "a person on no list",
                         "persons on at least one list: who is on none is what is estimated")
        elif count is not None and (stratum, history) in seen:
            problems.add(sheet.file, line, "history", ",".join(cells[place] for place in places),
                         f"each history once{' in a stratum' * bool(strata)} (also on line {seen[stratum, history]})")
        seen.setdefault((stratum, history), line)
        low[stratum, history] += least
        high[stratum, history] += most
    return Lists(tuple(map(plain, names)), tuple(map(plain, layers)), low, high)


def _history(sheet: _Sheet, line: int, names: list[str], cells: list[str], problems: Problems) -> int | None:
    wrong = [(name, cell) for name, cell in zip(names, cells) if on_list(cell) is None]
    for name, cell in wrong:
        problems.add(sheet.file, line, plain(name), cell, "0 (not on that list) or 1 (on it)")
    return None if wrong else sum(1 << bit for bit, cell in enumerate(cells) if on_list(cell))


def check_estimable(given: Given) -> None:
    """Raise BadInput where no number should be given, with what would be needed."""
    lists, problems = given.lists, Problems()
    total = lists.high.sum(axis=0)
    if not total.sum():
        problems.add(given.file, None, "counts", "no person on any list", "lists with persons on them")
        problems.raise_any()
    histories = np.arange(len(total))
    for bit, name in enumerate(lists.names):
        if not total[histories >> bit & 1 == 1].sum():
            problems.add(given.file, None, name, "a list with nobody on it",
                         "lists with persons on them: leave it out with --lists")
    shared = total[[history for history in range(len(total)) if history.bit_count() > 1]].sum()
    if not problems.count and not shared:
        problems.add(given.file, None, "overlaps", "nobody on two lists",
                     "lists that share persons: without any overlap every number of hidden persons fits as well; "
                     "link the lists by a shared identifier, lengthen the period, or add a list that overlaps")
    problems.raise_any()


