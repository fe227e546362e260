"""CSV tables in: typed columns, and every mistake with its line, so that a user mends a file once.

Nothing in a file's content may raise anything but BadInput, or take more than linear time.
"""

from __future__ import annotations

import csv
import hashlib
import io
import math
import re
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from pathlib import Path

from undercount.model.files.problems import BadInput, Problem, nearest

SHOWN = 50  # problems listed before "... and N more": a wrong separator would else fill the screen
LARGEST = 1_000_000_000


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
    """How one cell is read: `parse` raises ValueError where the text is not `allowed`."""

    parse: Callable[[str], object]
    allowed: str
    names: Collection[str] = ()


def text() -> Cell:
    return Cell(str, "some text")


def one_of(names: Collection[str]) -> Cell:
    def parse(value: str) -> str:
        if value not in names:
            raise ValueError(value)
        return value

    return Cell(parse, "one of " + ", ".join(names), names)


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
    return Cell(parse, " ".join(["a finite number with a decimal point", " and ".join(limits)]).strip())


def whole(low: int = 0, high: int = LARGEST) -> Cell:
    def parse(value: str) -> int:
        if not re.fullmatch(r"[+-]?[0-9]{1,18}", value) or not low <= int(value) <= high:
            raise ValueError(value)
        return int(value)

    return Cell(parse, f"a whole number from {low} to {high}")


def flag() -> Cell:
    return Cell(lambda value: one_of(("0", "1")).parse(value) == "1", "0 or 1")


def month() -> Cell:
    return Cell(Month.parse, "a month YYYY-MM between 1900-01 and 2099-12")


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


def read_text(path: Path, problems: Problems) -> tuple[str, str]:
    """The text of a UTF-8 file and the hash of its bytes; ("", "") after reporting a problem."""
    shown = str(path)
    try:
        if not path.is_file():
            problems.add(shown, None, "file", "a folder" if path.is_dir() else "no such file", "a file")
            return "", ""
        data = path.read_bytes()
    except (OSError, ValueError) as error:
        problems.add(shown, None, "file", error, "a readable file")
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
    """Read a CSV file against its columns, adding every mistake to `problems`; lines above the header may be comments,
    which begin with #."""
    content, digest = read_text(path, problems)
    table = Table(str(path), [], digest, readable=bool(content.strip()))
    if not table.readable:
        return table
    reader = csv.reader(io.StringIO(content, newline=""), strict=True)
    header: list[str] | None = None
    before = 0
    try:
        for cells in reader:
            line, before = before + 1, reader.line_num  # a quoted cell may span lines
            if not any(cell.strip() for cell in cells):
                continue
            if header is None and cells[0].startswith("#"):  # comments stand above the header
                continue
            if header is None:
                header = [cell.strip() for cell in cells]
                table.header = tuple(header)
                table.readable = _check_header(table.file, line, header, columns, problems)
                if not table.readable:
                    return table
            else:
                table.rows.append(_read_row(table.file, line, cells, header, columns, problems))
    except csv.Error as error:
        table.readable = False
        problems.add(table.file, before + 1, "row", error, "comma-separated cells, quotes closed")
    return table


def _check_header(file, line, header, columns, problems) -> bool:
    known = [column.name for column in columns]
    wanted = {column.name for column in columns if not column.optional}
    present, twice, good = set(header), set(), True
    for name in header:
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


def _read_row(file, line, cells, header, columns, problems) -> Row:
    row = Row(line, {})
    if len(cells) != len(header):
        problems.add(file, line, "row", f"{len(cells)} cells", f"{len(header)} cells, as in the header")
        row.ok = False
        return row
    texts = dict(zip(header, cells))
    for column in columns:
        value = texts.get(column.name, "").strip()
        if not value and (column.blank or column.optional):
            row.values[column.name] = column.empty
            continue
        try:
            if not value:
                raise ValueError(value)
            row.values[column.name] = column.cell.parse(value)
        except ValueError:
            row.ok = False
            problems.add(file, line, column.name, value, column.cell.allowed, column.cell.names)
    return row


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
    """Report each cell of `column` that is none of `names`; names None means they are not known."""
    if names is None:
        return
    for row in table.rows:
        value = row.values.get(column)
        if value and value not in names:
            row.ok = False
            problems.add(table.file, row.line, column, value, what, names)
