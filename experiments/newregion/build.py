"""Writes a new region's folder, whole or not at all."""

from __future__ import annotations

import re
import shutil
import tempfile
from pathlib import Path

from undercount.experiments.newregion.rows import FEWEST, Shape
from undercount.experiments.newregion.tables import minimal
from undercount.experiments.reference.shipped import FOLDER as REFERENCE
from undercount.model.assumed.scenario import load_scenario
from undercount.model.assumed.scenario_files import region_at
from undercount.model.engine.layout import MAX_PLACES
from undercount.model.files.problems import BadInput, Problem
from undercount.model.files.tables_in import Month, Problems, month
from undercount.model.files.toml_in import Source


def shape_of(origins: str | None, between: str | None, destinations: str | None, start: str | None,
             end: str | None) -> Shape:
    """The shape that options ask for, codes joined by commas; what is not given is that of the minimal region.

    Raises BadInput, every mistake at once.
    """
    problems, own, plain = Problems(), origins or destinations, Shape()
    codes = {"--origins": origins or ("" if own else ",".join(plain.origins)),
             "--between": between or ("" if own else ",".join(plain.between)),
             "--destinations": destinations or ("" if own else ",".join(plain.destinations))}
    lists = {option: _codes(option, text, problems) for option, text in codes.items()}
    for option in ("--origins", "--destinations"):
        if not codes[option]:
            problems.add("command line", None, option, "", "codes such as AAA,BBB: both are needed")
    for code in set(lists["--between"]) & {*lists["--origins"], *lists["--destinations"]}:
        problems.add("command line", None, "--between", code, "countries that are neither origin nor destination")
    months = {"--start": start or str(plain.start), "--end": end or str(plain.end)}
    for option, text in months.items():
        try:
            month().parse(text)
        except ValueError:
            problems.add("command line", None, option, text, month().allowed)
    problems.raise_any()
    shape = Shape(*lists.values(), *map(Month.parse, months.values()))
    if len(shape.years) < FEWEST:
        problems.add("command line", None, "--start, --end", f"{shape.start} to {shape.end}",
                     f"{FEWEST} full years or more")
    if not 2 <= len(shape.chain) <= MAX_PLACES:
        problems.add("command line", None, "--origins, --destinations", f"{len(shape.chain)} countries",
                     f"2 to {MAX_PLACES} countries")
    problems.raise_any()
    return shape


def _codes(option: str, text: str, problems: Problems) -> tuple[str, ...]:
    codes = [code.strip() for code in text.split(",")] if text else []
    for n, code in enumerate(codes):
        if not re.fullmatch("[A-Z]{3}", code) or code in codes[:n]:
            problems.add("command line", None, option, code,
                         "codes of three capital letters, each once, joined by commas")
    return tuple(codes)


def write_region(folder: Path, like: str | None, shape: Shape | None = None) -> Path:
    """Make `folder`: a region of this shape, or the tables of the region `like` (a name or a path) without its results.

    Raises BadInput if the folder exists and holds anything, cannot be made, or `like` is no region.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise BadInput(Problem("command line", "DIR", str(folder), "a folder that does not exist yet, or an empty one"))
    source = None
    if like is not None:
        problems = Problems()
        source = region_at(Source("--from", problems), Path(), like)
        problems.raise_any()
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".new-region-") as beside:
            made = Path(beside) / "region"
            if source is None:
                _write(made, minimal(folder.name, shape))
            else:
                shutil.copytree(source.folder, made, ignore=shutil.ignore_patterns(REFERENCE))
            load_scenario("no-change", str(made))  # nothing is handed over that does not load
            if folder.exists():
                folder.rmdir()
            made.rename(folder)
    except OSError as error:
        found = str(error.strerror or error)
        raise BadInput(Problem("command line", "DIR", found, "a folder that can be made")) from None
    return folder


def _write(folder: Path, files: dict[str, str]) -> None:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
