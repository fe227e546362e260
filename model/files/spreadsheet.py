"""The one sheet of a spreadsheet as rows of text; what cannot be read without a guess is named."""

from __future__ import annotations

import datetime
import io
import re
import warnings
import zipfile
from collections.abc import Iterator

from undercount.model.files.rows import TABLE, Unreadable, clean

LARGEST = 8_000_000  # bytes unpacked
MOST_CELLS = 2_000_000  # empty ones included
EXTRA = "CSV in UTF-8; to read spreadsheets: pip install 'undercount[xlsx]'"


def spreadsheet_rows(data: bytes) -> list[tuple[int, list[str]]]:
    """The number of each row, and its cells: whole numbers without a point, dates as YYYY-MM-DD, "" where empty.

    Raises Unreadable where there is not exactly one sheet with content, or cells are merged, or a formula has no value.
    """
    try:
        import openpyxl
    except ImportError:
        raise Unreadable(None, "file", "a spreadsheet", EXTRA) from None
    try:
        _check_archive(data)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of styles and extensions that nobody needs here
            book = openpyxl.load_workbook(io.BytesIO(data), read_only=True)
            title, rows, formulas = _only_sheet(book)
            if formulas:
                values = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
                rows = _valued(dict(_filled(values[title])), formulas)
        return [(line, [_text(cell) for cell in cells]) for line, cells in rows.items()]
    except Unreadable:
        raise
    except Exception as error:  # a reader of other people's archives and XML raises a dozen kinds
        raise Unreadable(None, "file", f"a damaged spreadsheet ({type(error).__name__})", TABLE) from error


def _check_archive(data: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = {info.filename: info.file_size for info in archive.infolist()}
        if "mimetype" in names:
            raise Unreadable(None, "file", "an OpenDocument file", TABLE)
        if "xl/workbook.xml" not in names:
            raise Unreadable(None, "file", "an archive", TABLE)
        if sum(names.values()) > LARGEST:
            raise Unreadable(None, "file", f"a spreadsheet of more than {LARGEST // 1_000_000} MB unpacked",
                             "a smaller one, or CSV in UTF-8")
        for name in names:
            if name.startswith("xl/worksheets/") and (found := re.search(rb'<mergeCell ref="([A-Z0-9:]{1,20})"',
                                                                        archive.read(name))):
                raise Unreadable(None, found[1].decode(), "merged cells", "cells that are not merged")


def _only_sheet(book) -> tuple[str, dict[int, list], set[tuple[int, int]]]:
    """Title and rows of the sheet with content, and where its formulas stand."""
    found = {sheet.title: rows for sheet in book.worksheets if (rows := dict(_filled(sheet)))}
    if len(found) != 1:
        names = ": " + ", ".join(found) if found else ""
        raise Unreadable(None, "sheets", f"{len(found)} with content{names}"[:200], "one sheet with content")
    (title, rows), = found.items()
    formulas = {(line, place) for line, cells in rows.items() for place, cell in enumerate(cells)
                if isinstance(cell, str) and cell.startswith("=") or type(cell).__name__.endswith("Formula")}
    return title, rows, formulas


def _filled(sheet) -> Iterator[tuple[int, list]]:
    """Number and values of every row that holds anything."""
    seen = 0
    for line, cells in enumerate(sheet.iter_rows(values_only=True), start=1):
        seen += max(1, len(cells))
        if seen > MOST_CELLS:
            raise Unreadable(None, "sheet", f"more than {MOST_CELLS} cells, empty ones included",
                             "a sheet without stray cells far away, or CSV in UTF-8")
        if any(cell is not None for cell in cells):
            yield line, list(cells)


def _valued(values: dict[int, list], formulas: set[tuple[int, int]]) -> dict[int, list]:
    """The values that were saved with the formulas. A cell whose value was never computed would read as unknown."""
    for line, place in sorted(formulas):
        cells = values.get(line, [])
        if place >= len(cells) or cells[place] is None:
            raise Unreadable(line, f"column {place + 1}", "a formula without a value",
                             "values: open and save it in a spreadsheet program")
    return values


def _text(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return str(cell).upper()  # as CSV would have it: no number
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    if isinstance(cell, datetime.datetime) and cell.time() == datetime.time():
        return cell.date().isoformat()
    return clean(str(cell))
