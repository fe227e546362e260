"""How the bytes of a file become rows of text: CSV with a separator that is consistent, or a spreadsheet."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Collection
from dataclasses import dataclass, field

SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs"}
COMMENT = "#"
BETWEEN = "commas, semicolons or tabs"
_SEP_LINE = re.compile(r'"?sep=(.)"?[ \t]*(\r\n|\n|\r)', re.IGNORECASE)  # what spreadsheets write in front
# What copying leaves at the ends of a cell and nobody sees; blanks of every kind are stripped as well.
_UNSEEN = "\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_SPREADSHEET = b"PK\x03\x04"
# How files begin that are no tables, whatever their names say; in small letters.
_OTHERS = (
    (b"\xd0\xcf\x11\xe0", "an old or a protected spreadsheet"), (b"%pdf", "a PDF"), (b"par1", "a Parquet table"),
    (b"\x1f\x8b", "a compressed file"), (b"<!doctype", "a web page"), (b"<html", "a web page"), (b"<?xml", "XML"))
TABLE = "a table as CSV in UTF-8, or as .xlsx"


class Unreadable(Exception):
    """Why a file is no table: line (None: all of it), key, what was found, what is allowed."""

    def __init__(self, line: int | None, key: str, found: object, allowed: str):
        super().__init__(found)
        self.line, self.key, self.found, self.allowed = line, key, found, allowed


@dataclass
class Rows:
    """The rows that hold anything, comments above the header left out, each with the line that it begins on.

    `broken` says why there are no more of them.
    """

    rows: list[tuple[int, list[str]]] = field(default_factory=list)
    separator: str = ","
    broken: Unreadable | None = None


def rows_of(data: bytes, names: Collection[str] = ()) -> Rows:
    """The rows of a table, cells without blanks at their ends.

    names  columns that the header may have (small letters): what tells its separator; none: as many as possible

    Raises Unreadable where the bytes are no table at all.
    """
    begin = data[:200].lstrip().lower()
    for signature, what in _OTHERS:
        if begin.startswith(signature):
            raise Unreadable(None, "file", what, TABLE)
    if data.startswith(_SPREADSHEET):
        from undercount.model.files.spreadsheet import spreadsheet_rows

        found = Rows([(line, cells) for line, cells in spreadsheet_rows(data) if any(cells)], "")
    else:
        found = _csv_rows(decoded(data), names)
    while found.rows and found.rows[0][1][0].startswith(COMMENT):
        del found.rows[0]
    return found


def decoded(data: bytes) -> str:
    """The text of a table in UTF-8, or in UTF-16 that says so at its begin. Raises Unreadable."""
    if b"\0" in data[:200] and not data.startswith(_UTF16):
        raise Unreadable(1, "encoding", "zeros between the letters: UTF-16 or UTF-32 without its mark",
                         "text in UTF-8 (in a spreadsheet program: save as CSV UTF-8)")
    try:
        content = data.decode("utf-16" if data.startswith(_UTF16) else "utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise Unreadable(line, "encoding", f"byte 0x{data[error.start]:02x}",
                         "text in UTF-8 (in a spreadsheet program: save as CSV UTF-8)") from None
    if not content.strip():
        raise Unreadable(None, "file", "", "a file with content")
    return content


def clean(cell: str) -> str:
    """A cell without what nobody sees at its ends."""
    bare = cell.strip()
    while bare and (bare[0] in _UNSEEN or bare[-1] in _UNSEEN):
        bare = bare.strip(_UNSEEN).strip()
    return bare


def _csv_rows(content: str, names: Collection[str]) -> Rows:
    before, found = 0, Rows()
    if named := _SEP_LINE.match(content):
        before, content, found.separator = 1, content[named.end():], named[1]
        if found.separator not in SEPARATORS:
            raise Unreadable(1, "sep", found.separator, f"cells between {BETWEEN}")
    else:
        found.separator = _separator(content, names)
    reader, offset = csv.reader(io.StringIO(content, newline=""), strict=True, delimiter=found.separator), before
    try:
        for cells in reader:
            line, before = before + 1, offset + reader.line_num  # a quoted cell may span lines
            cells = [clean(cell) for cell in cells]
            if any(cells):
                found.rows.append((line, cells))
    except csv.Error as error:
        text = "a quote that is not closed" if "unexpected end" in str(error) else str(error)
        found.broken = Unreadable(before + 1, "row", text,
                                  f"cells between {SEPARATORS[found.separator]}, quotes closed")
    return found


def _separator(content: str, names: Collection[str]) -> str:
    """Under which the header has most of the names, or most cells; commas if none has more."""
    first = next((line for line in content[:100_000].splitlines() if line.strip() and line[0] != COMMENT), "")

    def fits(separator: str) -> int:
        try:
            cells = next(csv.reader([first], delimiter=separator), [])
        except csv.Error:
            return 0
        return sum(clean(cell).casefold() in names for cell in cells) if names else len(cells)

    return max(SEPARATORS, key=fits)


def other_separator(cells: list[str], wanted: int, separator: str) -> str | None:
    """What separates the cells of a row that would have as many as wanted, were it written like its header."""
    if len(cells) == wanted:
        return None
    return next((name for other, name in SEPARATORS.items()
                 if other != separator and sum(cell.count(other) for cell in cells) + 1 == wanted), None)
