"""The tables of a folder of runs as one workbook, a sheet each (extra `xlsx`: openpyxl).

The same tables give the same bytes: what a workbook and its archive date is dated the same for all.
"""

from __future__ import annotations

import math
import shutil
import zipfile
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from undercount.experiments.runs.export import DICTIONARY, Exported
from undercount.experiments.runs.results import Results
from undercount.experiments.store.folder import replacing
from undercount.model.files.problems import BadInput, Problem
from undercount.model.files.toml_in import plain

MOST_ROWS = 2**20 - 1  # of a sheet, below its head
EXACT = 2**53  # numbers of a spreadsheet are doubles: whole numbers beyond lose digits
EPOCH = (1980, 1, 1, 0, 0, 0)
WIDTH = 16  # of a column, in characters
LONG = {"scenario": 24, "content_sha256": 20, "description": 70, "column": 30}


def need_openpyxl() -> None:
    """Raises BadInput if openpyxl is not installed."""
    try:
        import openpyxl  # noqa: F401
    except ImportError:
        raise BadInput(Problem("installation", "openpyxl", "not installed",
                               "the extra `xlsx`: pip install 'undercount[xlsx]'; or --csv")) from None


def export_xlsx(results: Results, out: Path, wanted: Sequence[str] = ()) -> Path:
    """Write the tables as sheets of OUT, after `about` (version, command, seed) and `columns` (what they mean).

    The file is whole or absent. Raises BadInput without openpyxl, if OUT is no name of a workbook, a table is damaged,
    or has more rows than a sheet takes.
    """
    need_openpyxl()
    from openpyxl import Workbook
    from openpyxl.writer.excel import ExcelWriter

    tables = Exported(results, wanted)
    _check(tables, out)
    book = Workbook(write_only=True)
    book.properties.creator = "undercount"
    book.properties.created = book.properties.modified = datetime(*EPOCH)
    _sheet(book, "about", ["what", "value"], _about(results), {"value": 90})
    columns = tables.columns()
    _sheet(book, DICTIONARY, list(columns), columns.itertuples(index=False), LONG)
    for name in tables.names:
        rows = (row for group in tables.groups(name) for row in zip(*(each.to_pylist() for each in group.columns)))
        _sheet(book, name, tables.schema(name).names, rows, LONG)
    out.parent.mkdir(parents=True, exist_ok=True)
    with replacing(out) as (temporary,):
        ExcelWriter(book, _Undated(temporary, "w", zipfile.ZIP_DEFLATED)).save()
    return out


def _check(tables: Exported, out: Path) -> None:
    if out.suffix.lower() != ".xlsx" or out.is_dir():
        raise BadInput(Problem("--out", str(out), "a folder" if out.is_dir() else "no name of a workbook",
                               "a file that ends in .xlsx"))
    problems = [Problem(tables.source(name), name, f"{rows:,} rows", f"at most {MOST_ROWS:,} in a sheet; --csv takes "
                        "any number, --table NAME only the tables named")
                for name in tables.names if (rows := tables.rows(name)) > MOST_ROWS]
    if problems:
        raise BadInput(problems)


def _about(results: Results) -> Iterator[tuple[str, Any]]:
    manifest = results.manifest
    yield "undercount", manifest["undercount"]
    yield "command", manifest["command"]
    yield "state", manifest["state"]
    yield "seed", manifest["batch"]["seed"]
    yield "region", manifest["batch"]["region"]["name"]
    yield "scenarios", ", ".join(results.scenarios)
    yield "note", "Figures of the model are not estimates of victims. They say what follows from stated assumptions."


def _sheet(book: Any, name: str, head: Sequence[str], rows: Any, widths: dict[str, int]) -> None:
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    sheet = book.create_sheet(name)
    sheet.freeze_panes = "A2"
    for n, column in enumerate(head, start=1):
        sheet.column_dimensions[get_column_letter(n)].width = widths.get(column, WIDTH)

    def text(value: str) -> Any:
        # Said to be text, as a name that begins with = would be taken for a formula.
        cell = WriteOnlyCell(sheet, plain(value))
        cell.data_type = "s"
        return cell

    def written(value: Any) -> Any:
        if isinstance(value, str):
            return text(value) if value[:1] == "=" or not value.isprintable() else value
        if isinstance(value, float) and not math.isfinite(value):
            return None if math.isnan(value) else str(value)
        return str(value) if isinstance(value, int) and abs(value) > EXACT else value

    titles = [text(column) for column in head]
    for title in titles:
        title.font = Font(bold=True)
    sheet.append(titles)
    for row in rows:
        sheet.append([written(value) for value in row])


class _Undated(zipfile.ZipFile):
    """An archive whose members are all of one day."""

    def writestr(self, name, data, *args, **options):
        super().writestr(self._entry(name), data, *args, **options)

    def write(self, filename, arcname=None, *args, **options):
        with open(filename, "rb") as source, self.open(self._entry(arcname or filename), "w") as target:
            shutil.copyfileobj(source, target)

    def _entry(self, name: str) -> zipfile.ZipInfo:
        entry = zipfile.ZipInfo(name, EPOCH)
        entry.compress_type = self.compression
        return entry
