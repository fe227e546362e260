"""A region in: `load_region` reads the folder whole and reports every mistake at once."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection
from pathlib import Path, PurePosixPath

from undercount.model.files.tables_in import (
    Column,
    Month,
    Problems,
    check_names,
    check_unique,
    flag,
    matching,
    month,
    number,
    one_of,
    read_table,
    read_text,
    text,
    whole,
)
from undercount.model.files.toml_in import line_of
from undercount.model.known.observed_in import TOTALS, observed_table, referrals, totals
from undercount.model.known.outlines import read_map
from undercount.model.known.region import (
    Country,
    Crossing,
    NamedRoute,
    Ngo,
    Referral,
    Region,
    RegionEvent,
    Tie,
    Window,
)
from undercount.model.known.region_checks import (
    CROSSING_KINDS,
    ERAS,
    EVENT_KINDS,
    FILES,
    MAY_BE_LEFT_OUT,
    NGO_KINDS,
    RELIABILITY,
    UNNAMED,
    check_countries,
    check_crossings,
    check_events,
    check_figures,
    check_periods,
    check_routes,
    check_span,
    check_visa_area,
    check_window,
    check_windows,
    check_windows_in_table,
)
from undercount.model.known.region_figures import VARIABLES, check_proportions, check_required

# --------------------------------------------------------------------------- columns

_CODE = matching(r"[A-Z]{3}", "a code of three capital letters")
_NOTE = Column("note", text(), blank=True, optional=True, empty="")
_SOURCE = Column("source", text())

_COUNTRIES = [
    Column("iso3", _CODE), Column("name", text()), Column("capital", text()),
    Column("lat", number(-90, 90)), Column("lon", number(-180, 180)),
    Column("origin", flag()), Column("transit", flag()), Column("destination", flag()),
    Column("group", text(), blank=True, empty=""), _SOURCE,
]
_COUNTRY_YEAR = [
    Column("iso3", _CODE), Column("year", whole(1900, 2099)), Column("variable", one_of(tuple(VARIABLES))),
    Column("value", number(0)), Column("unit", text()), _SOURCE, _NOTE,
]
_SOURCES = [Column("code", text()), Column("citation", text())]
_CROSSINGS = [
    Column("a", _CODE), Column("b", _CODE), Column("kind", one_of(CROSSING_KINDS)),
    Column("length_km", number(0), blank=True), _SOURCE, _NOTE,
]
_ROUTES = [
    Column("id", text()), Column("origin", _CODE),
    Column("path", matching(r"[A-Z]{3}(>[A-Z]{3})+", "two or more codes joined by >")),
    Column("era", one_of(ERAS)),
    Column("opens", month(), blank=True, optional=True), Column("closes", month(), blank=True, optional=True),
    Column("since", month(), blank=True), Column("until", month(), blank=True),
    _SOURCE, _NOTE,
]
_TIES = [
    Column("origin", _CODE), Column("destination", _CODE), Column("near", flag()), Column("weight", number(0)), _SOURCE,
]
_EVENTS = [
    Column("when", month()), Column("iso3", _CODE, blank=True, empty=""), Column("kind", one_of(EVENT_KINDS)),
    Column("value", number(0), blank=True), Column("towards", _CODE, blank=True, optional=True, empty=""),
    Column("text", text()), _SOURCE, Column("reliability", one_of(RELIABILITY)),
]
_NGOS = [Column("iso3", _CODE), Column("kind", one_of(NGO_KINDS)), Column("start", month()), _SOURCE, _NOTE]


# --------------------------------------------------------------------------- reading


def load_region(folder: str | Path) -> Region:
    """Read and check a region folder.

    Raises BadInput with every problem found: file, line, column, value, what is allowed.
    """
    folder, problems = Path(folder), Problems()
    head, paths, digest = _read_head(folder, problems)
    problems.raise_any()  # without it no table can be found
    table = {key: read_table(paths[key], columns, problems) for key, columns in (
        ("countries", _COUNTRIES), ("country_year", _COUNTRY_YEAR), ("sources", _SOURCES),
        ("crossings", _CROSSINGS), ("routes", _ROUTES), ("events", _EVENTS), ("ngos", _NGOS),
        ("ties", _TIES), ("totals", TOTALS)) if key in paths}
    codes = check_countries(table["countries"], problems)
    check_visa_area(folder / "region.toml", head, codes, problems)
    check_figures(table["country_year"], table["sources"], codes, problems)
    check_crossings(table["crossings"], codes, problems)
    check_routes(table["routes"], table["countries"], table["crossings"], codes, problems)
    check_events(table["events"], codes, problems)
    if "ties" in table:
        check_names(table["ties"], "origin", codes, problems, "a code of the countries table")
        check_names(table["ties"], "destination", codes, problems, "a code of the countries table")
        check_unique(table["ties"], ["origin", "destination"], problems)
    check_names(table["ngos"], "iso3", codes, problems, "a code of the countries table")
    check_unique(table["ngos"], ["iso3", "kind"], problems)
    check_required(table["country_year"], table["countries"], table["ngos"], head, problems)
    check_proportions(table["country_year"], problems)
    observed = observed_table(paths["referrals"], codes, problems)
    check_periods(observed, Month.parse(head["start"]), Month.parse(head["end"]), problems)
    # Rows that are wrong are told by themselves: what is missing for a window may be among them.
    rows = referrals(observed) if observed.readable and all(row.ok for row in observed.rows) else ()
    check_windows_in_table(folder / "region.toml", head, rows, codes, problems)
    if "totals" in table:
        check_names(table["totals"], "iso3", codes, problems, "a code of the countries table")
    map_digest = read_map(paths["map"], codes or (), problems)[1]
    problems.raise_any()
    hashes = {"region.toml": digest, head["files"]["referrals"]: observed.sha256, head["files"]["map"]: map_digest}
    hashes |= {head["files"][key]: t.sha256 for key, t in table.items()}
    for key in ("changes", "patterns"):
        if key in paths:
            hashes[head["files"][key]] = read_text(paths[key], problems)[1]
    problems.raise_any()
    make = lambda kind, key: tuple(kind(**row.values) for row in table[key].rows)  # noqa: E731
    figures: dict[tuple[str, str], dict[int, float]] = {}
    for row in table["country_year"].rows:
        v = row.values
        figures.setdefault((v["variable"], v["iso3"]), {})[v["year"]] = v["value"]
    return Region(
        name=folder.resolve().name, title=head["title"], folder=folder,
        start=Month.parse(head["start"]), end=Month.parse(head["end"]), visa_area=tuple(head["visa_area"]),
        onset_window=_onset_window(head),
        countries=make(Country, "countries"), crossings=make(Crossing, "crossings"),
        routes=tuple(NamedRoute(**(r.values | {"path": tuple(r.values["path"].split(">"))}))
                     for r in table["routes"].rows),
        events=make(RegionEvent, "events"), ngos=make(Ngo, "ngos"), referrals=referrals(observed),
        figures=figures, files=dict(sorted(hashes.items())), ties=make(Tie, "ties") if "ties" in table else (),
        totals=totals(table["totals"]) if "totals" in table else (), windows=_windows(head),
        map=paths["map"], changes=paths.get("changes"), patterns=paths.get("patterns"),
    )


def read_referrals(path: str | Path, region_countries: Collection[str],
                   span: tuple[Month, Month] | None = None) -> tuple[Referral, ...]:
    """Read an observed table, the region's own or a user's; raises BadInput with every problem.

    span  first and last month that rows may lie in; None: any
    """
    problems = Problems()
    table = observed_table(Path(path), list(region_countries), problems)
    if span:
        check_periods(table, *span, problems)
    problems.raise_any()
    return referrals(table)


# --------------------------------------------------------------------------- region.toml

_HEAD = ("title", "description", "start", "end", "visa_area", "onset_window", "windows", "files")


def _read_head(folder: Path, problems: Problems) -> tuple[dict, dict[str, Path], str]:
    """region.toml checked: the values, the path of each table, the hash."""
    path = folder / "region.toml"
    content, digest = read_text(path, problems)
    if problems.count:
        return {}, {}, digest
    if len(content) > 64_000 or max(map(len, content.split("\n"))) > 1000:
        # tomllib needs memory in the square of a dotted key's length.
        problems.add(path, None, "file", f"{len(content)} characters", "at most 64000, and lines of at most 1000")
        return {}, {}, digest
    try:
        head = tomllib.loads(content)
    except (ValueError, RecursionError) as error:
        found = str(error) or "a nesting too deep"
        problems.add(path, line_of(error, content), "syntax", found, "valid TOML")
        return {}, {}, digest
    at = _lines(content).get
    for key in head:
        if key not in _HEAD:
            problems.add(path, at(key), "key", key, "keys " + ", ".join(_HEAD), _HEAD)
    for key in ("title", "start", "end"):
        if not isinstance(head.get(key), str) or not head[key].strip():
            problems.add(path, at(key), key, head.get(key, ""), "text in quotes")
    if not isinstance(head.get("description", ""), str):
        problems.add(path, at("description"), "description", head["description"], "text in quotes")
    area = head.get("visa_area")
    if not isinstance(area, list) or not all(isinstance(code, str) for code in area):
        problems.add(path, at("visa_area"), "visa_area", "" if area is None else area,
                     "a list of country codes, possibly empty")
    check_span(path, head, at, problems)
    check_window(path, head, at, problems)
    check_windows(path, head, at, problems)
    head["line of windows"] = at("windows")
    head["line of visa_area"] = at("visa_area")
    return head, _table_paths(folder, path, head.get("files"), at, problems), digest


def _windows(head: dict) -> tuple[Window, ...]:
    return tuple(Window(w["before"], w["after"], tuple(w.get("where", ()))) for w in head.get("windows", ()))


def _onset_window(head: dict) -> tuple[Month, Month]:
    """As the region says; otherwise the middle third of its months."""
    if "onset_window" in head:
        first, last = map(Month.parse, head["onset_window"])
        return first, last
    start, months = Month.parse(head["start"]), Month.parse(head["end"]) - Month.parse(head["start"]) + 1
    return start + months // 3, start + (2 * months) // 3


def _table_paths(folder: Path, path: Path, files: object, at, problems: Problems) -> dict[str, Path]:
    if not isinstance(files, dict):
        problems.add(path, at("files"), "files", "" if files is None else files,
                     "a table [files] with " + ", ".join(FILES))
        return {}
    found = {}
    for key in files:
        if key not in (*FILES, *MAY_BE_LEFT_OUT):
            problems.add(path, at(key), "files", key, "names " + ", ".join((*FILES, *MAY_BE_LEFT_OUT))
                         + UNNAMED, (*FILES, *MAY_BE_LEFT_OUT))
    for key in (*FILES, *MAY_BE_LEFT_OUT):
        if key not in files and key in MAY_BE_LEFT_OUT:
            continue
        value = files.get(key)
        inside = isinstance(value, str) and value.strip() and "\\" not in value and "\0" not in value \
            and not PurePosixPath(value).is_absolute() and ".." not in PurePosixPath(value).parts
        if inside:
            found[key] = folder / value
        else:
            problems.add(path, at(key), f"files.{key}", "" if value is None else value,
                         "the name of a file inside the folder")
    return found


def _lines(content: str) -> dict[str, int]:
    """The line on which each TOML key or table stands; tomllib does not keep it."""
    found: dict[str, int] = {}
    for i, line in enumerate(content.split("\n"), 1):
        match = re.match(r"\[{0,2}[\"']?([\w-]+)[\"']?\s*[\]=]", line.strip())
        if match:
            found.setdefault(match[1], i)
    return found
