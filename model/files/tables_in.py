"""Tables in, CSV or a spreadsheet: typed columns, and every mistake with its line, so that a user mends a file once.

Nothing in a file's content may raise anything but BadInput, or take more than linear time.
"""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from pathlib import Path

from undercount.model.files.counts import COUNT, DASHES, LARGEST, parse_count, parse_whole
from undercount.model.files.problems import BadInput, Problem, nearest
from undercount.model.files.rows import BETWEEN, SEPARATORS, Rows, Unreadable, other_separator, rows_of

SHOWN = 50  # problems listed before "... and N more": a wrong column would else fill the screen


@dataclass(frozen=True, order=True)
class Month:
    """A calendar month; the difference of two is a number of months."""

    year: int
    month: int

    @classmethod
    def parse(cls, text: str) -> Month:
        match = re.fullmatch(r"((?:19|20)[0-9]{2})-(0[1-9]|1[0-2])", text)
        if not match:
            raise ValueError(text)
        return cls(int(match[1]), int(match[2]))

    def __sub__(self, other: Month) -> int:
        return (self.year - other.year) * 12 + self.month - other.month

    def __add__(self, months: int) -> Month:
        year, month = divmod(self.year * 12 + self.month - 1 + months, 12)
        return Month(year, month + 1)

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.month:02d}"


# --------------------------------------------------------------------------- problems


@dataclass(frozen=True)
class _More(Problem):
    """The last line of a long list."""

    def __str__(self) -> str:
        return f"... and {self.found} more"


@dataclass
class Problems:
    """Collects mistakes; beyond SHOWN it only counts, so that a bad large file stays cheap."""

    listed: list[Problem] = field(default_factory=list)
    count: int = 0

    def add(self, file, line, key, found, allowed, names: Collection[str] = ()) -> None:
        self.count += 1
        if len(self.listed) < SHOWN:
            hint = nearest(str(found)[:40], names) if 0 < len(names) <= 1000 else None
            self.listed.append(Problem(file, str(key)[:60], brief(found), allowed, line, hint))

    def raise_any(self) -> None:
        """Raise BadInput if anything was found."""
        if self.count > len(self.listed):
            more = self.count - len(self.listed)
            raise BadInput([*self.listed, _More("", "", str(more), "")])
        if self.listed:
            raise BadInput(self.listed)


def brief(value: object) -> str:
    """A found value in quotes, cut short: a cell may hold a whole file."""
    try:
        text = str(value)
    except RecursionError:
        return "a nesting too deep"
    if not text:
        return "nothing"
    return repr(text if len(text) <= 60 else text[:57] + "...")


# --------------------------------------------------------------------------- cells


@dataclass(frozen=True)
class Cell:
    """How one cell is read: `parse` raises ValueError where the text is not `allowed`.

    A `figure` may be unknown, which tables write in many ways.
    """

    parse: Callable[[str], object]
    allowed: str
    names: Collection[str] = ()
    figure: bool = False


def text() -> Cell:
    return Cell(str, "some text")


def one_of(names: Collection[str]) -> Cell:
    def parse(value: str) -> str:
        if value not in names:
            raise ValueError(value)
        return value

    quoted = any(not re.fullmatch(r"[\w-]+", name) for name in names)  # one that holds a comma looks like two
    return Cell(parse, "one of " + ", ".join(map(repr, names) if quoted else names), names)


def number(low: float = -math.inf, high: float = math.inf) -> Cell:
    def parse(value: str) -> float:
        # Python's own float() also takes "nan", "inf" and "1_000".
        if not re.fullmatch(r"[+-]?[0-9]{1,30}(\.[0-9]{1,30})?([eE][+-]?[0-9]{1,4})?", value):
            raise ValueError(value)
        result = float(value)
        if not (math.isfinite(result) and low <= result <= high):
            raise ValueError(value)
        return result

    limits = [f"at least {low:g}"] * (low > -math.inf) + [f"at most {high:g}"] * (high < math.inf)
    return Cell(parse, " ".join(["a finite number with a decimal point", " and ".join(limits)]).strip(), figure=True)


def whole(low: int = 0, high: int = LARGEST) -> Cell:
    def parse(value: str) -> int:
        result = parse_whole(value)
        if not low <= result <= high:
            raise ValueError(value)
        return result

    return Cell(parse, f"a whole number from {low} to {high}, without thousands separators", figure=True)


def count() -> Cell:
    """A count, or what is known of a withheld one, as a pair: the least and the most that it may be."""
    return Cell(parse_count, COUNT, figure=True)


def flag() -> Cell:
    def parse(value: str) -> bool:
        if value.upper() in ("TRUE", "FALSE"):  # as spreadsheets have them
            return value.upper() == "TRUE"
        if (result := parse_whole(value)) > 1:
            raise ValueError(value)
        return result == 1

    return Cell(parse, "0 or 1")


def month() -> Cell:
    # A spreadsheet makes 2001-03 the first day of that month.
    return Cell(lambda value: Month.parse(re.sub(r"(?<=-[0-9]{2})-01$", "", value)),
                "a month YYYY-MM between 1900-01 and 2099-12")


def period() -> Cell:
    """A year, half, quarter or month, however its letter is written: 2003, 2003-H2, 2004-Q1, 2004-03."""
    def parse(value: str) -> str:
        match = re.fullmatch(r"((?:19|20)[0-9]{2})(?:\.0|-(0[1-9]|1[0-2])|[- ]?([QqHh][1-4]))?", value)
        part = (match[2] or match[3] or "").upper() if match else ""
        if not match or part in ("H3", "H4"):
            raise ValueError(value)
        return f"{match[1]}-{part}" if part else match[1]

    return Cell(parse, "a year, half, quarter or month: 2003, 2003-H2, 2004-Q1, 2004-03")


def matching(pattern: str, allowed: str) -> Cell:
    def parse(value: str) -> str:
        if not re.fullmatch(pattern, value):
            raise ValueError(value)
        return value

    return Cell(parse, allowed)


@dataclass(frozen=True)
class Column:
    """One column: `blank` cells are read as `empty`; an `optional` column may be absent."""

    name: str
    cell: Cell
    blank: bool = False
    optional: bool = False
    empty: object = None


# --------------------------------------------------------------------------- tables


@dataclass
class Row:
    """A row as read; a cell that could not be read is absent from `values`, and `ok` is False."""

    line: int
    values: dict[str, object]
    ok: bool = True


@dataclass
class Table:
    file: str
    rows: list[Row]
    sha256: str
    readable: bool = True  # False where file or header is so wrong that rows mean nothing
    header: tuple[str, ...] = ()

    def good(self) -> list[Row]:
        return [row for row in self.rows if row.ok]


def read_bytes(path: Path, problems: Problems) -> bytes | None:
    """The content of a file; None after reporting a problem."""
    shown = str(path)
    try:
        if not path.is_file():
            problems.add(shown, None, "file", "a folder" if path.is_dir() else "no such file", "a file")
            return None
        return path.read_bytes()
    except (OSError, ValueError) as error:
        problems.add(shown, None, "file", error, "a readable file")
        return None


def read_text(path: Path, problems: Problems) -> tuple[str, str]:
    """The text of a UTF-8 file and the hash of its bytes; ("", "") after reporting a problem."""
    shown = str(path)
    data = read_bytes(path, problems)
    if data is None:
        return "", ""
    try:
        content = data.decode("utf-8-sig")  # spreadsheets write the mark in front
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        problems.add(shown, line, "encoding", f"byte 0x{data[error.start]:02x}", "text in UTF-8")
        return "", ""
    if not content.strip():
        problems.add(shown, None, "file", "", "a file with content")
    return content, hashlib.sha256(data).hexdigest()


def read_table(path: Path, columns: list[Column], problems: Problems) -> Table:
    """Read a table against its columns, adding every mistake to `problems`; lines above the header may be comments,
    which begin with #."""
    table = Table(str(path), [], "", readable=False)
    data = read_bytes(path, problems)
    if data is None:
        return table
    table.sha256 = hashlib.sha256(data).hexdigest()
    names = {column.name.casefold(): column.name for column in columns}
    try:
        found = rows_of(data, names)
    except Unreadable as wrong:
        problems.add(table.file, wrong.line, wrong.key, wrong.found, wrong.allowed)
        return table
    if found.rows:
        _read_rows(table, found, names, columns, problems)
    elif not found.broken:  # separators and nothing between them
        problems.add(table.file, None, "header", "nothing", ", ".join(column.name for column in columns))
    if found.broken:
        table.readable = False
        problems.add(table.file, found.broken.line, found.broken.key, found.broken.found, found.broken.allowed)
    return table


def _read_rows(table: Table, found: Rows, names: dict[str, str], columns: list[Column], problems: Problems) -> None:
    (line, first), *rest = found.rows
    header = [names.get(name.casefold(), name) for name in first]
    if not set(header) & set(names.values()):
        problems.add(table.file, line, "header", first[0] if len(first) == 1 else ", ".join(first)[:1000],
                     f"a first line that names the columns {', '.join(names.values())}, separated by {BETWEEN}")
        return
    while header and not header[-1]:  # columns that a spreadsheet wrote though nothing is in them
        header.pop()
    table.header = tuple(header)
    nameless = next(((below, cells[place]) for below, cells in rest for place, name in enumerate(header[:len(cells)])
                     if not name and cells[place]), None)
    if nameless:
        problems.add(table.file, nameless[0], "a column without a name", nameless[1],
                     "a name above every column that holds anything (a table of pandas: index=False)")
    table.readable = _check_header(table.file, line, header, columns, problems) and not nameless
    if table.readable:
        table.rows = [_read_row(table.file, line, cells, header, columns, found.separator, problems)
                      for line, cells in rest]


def _check_header(file, line, header, columns, problems) -> bool:
    known = [column.name for column in columns]
    wanted = {column.name for column in columns if not column.optional}
    present, twice, good = set(header), set(), True
    for name in header:
        if not name:
            continue  # nothing stands below it
        if name not in known:
            problems.add(file, line, "column", name, "columns " + ", ".join(known), known)
        elif name in twice:
            problems.add(file, line, name, "the column twice", "each column once")
            good = False
        twice.add(name)
    for name in known:
        if name in wanted and name not in present:
            problems.add(file, line, name, "no such column", "columns " + ", ".join(known))
            good = False
    return good


def _read_row(file, line, cells, header, columns, separator, problems) -> Row:
    row = Row(line, {})
    cells = cells[:len(header)] if not any(cells[len(header):]) else cells
    if len(cells) < len(header) and not separator:
        cells = cells + [""] * (len(header) - len(cells))  # a spreadsheet keeps no empty cells
    if len(cells) != len(header):
        other = other_separator(cells, len(header), separator)
        problems.add(file, line, "row", f"cells between {other}" if other else f"{len(cells)} cells",
                     f"{len(header)} cells" + (f" between {SEPARATORS[separator]}" if separator else "")
                     + ", as in the header; quote text that holds one")
        row.ok = False
        return row
    texts = dict(zip(header, cells))
    for column in columns:
        value = texts.get(column.name, "")
        if not value and (column.blank or column.optional):
            row.values[column.name] = column.empty
            continue
        try:
            if not value:
                raise ValueError(value)
            row.values[column.name] = column.cell.parse(value)
        except ValueError:
            if value and value in DASHES and (column.blank or column.optional):
                row.values[column.name] = column.empty
                continue
            row.ok = False
            problems.add(file, line, column.name, value, column.cell.allowed + _if_unknown(column, value),
                         column.cell.names)
    return row


def _if_unknown(column: Column, value: str) -> str:
    """What to do about a figure that nobody knows."""
    if column.blank or column.optional:
        return "; leave empty what is unknown"
    unknown = not value or value in DASHES or not any(letter.isdigit() for letter in value)
    return "; leave out the row of what is unknown" if column.cell.figure and unknown else ""


def check_unique(table: Table, names: list[str], problems: Problems, key=tuple) -> None:
    """Report each row whose `names` cells repeat those of an earlier row."""
    first: dict[object, int] = {}
    for row in table.good():
        this = key(row.values[name] for name in names)
        if this in first:
            found = " ".join(str(row.values[name]) for name in names)
            problems.add(table.file, row.line, "+".join(names), found, f"each only once (also on line {first[this]})")
        first.setdefault(this, row.line)


def check_names(table: Table, column: str, names: Collection[str] | None, problems: Problems, what: str) -> None:
    """Report each value of `column` that is none of `names`, on its first line; names None means they are not known."""
    if names is None:
        return
    wrong: dict[str, list[int]] = {}
    for row in table.rows:
        value = row.values.get(column)
        if value and value not in names:
            row.ok = False
            wrong.setdefault(value, []).append(row.line)
    add_once(table, column, wrong, names, problems, what)


def add_once(table: Table, column: str, wrong: dict[str, list[int]], names: Collection[str], problems: Problems,
             what: str) -> None:
    """Report each wrong value on the first of its lines: a name that changed stands in every row."""
    for value, lines in wrong.items():
        more = f" (also on {len(lines) - 1} more lines)" if len(lines) > 2 else f" (also on line {lines[1]})" \
            if len(lines) == 2 else ""
        problems.add(table.file, lines[0], column, value, what + more, names)
