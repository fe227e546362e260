"""What makes a region usable: every check of its tables, each mistake with file, line and column."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from undercount.model.engine.layout import MAX_PLACES
from undercount.model.files.tables_in import Month, Problems, Row, Table, add_once, check_names, check_unique, month
from undercount.model.known.region import Referral, period_months
from undercount.model.known.region_figures import PERSONS, VARIABLES
from undercount.model.known.series import in_both, why_not

CROSSING_KINDS = ("land", "sea", "air")
ERAS = ("old", "new", "standing")
# What the rules know of (`known/facts.py`).
ACTING_KINDS = ("law_partial", "law_full", "visa_free", "accession", "free_work")
OF_AN_ORIGIN = ("visa_free", "accession", "free_work")  # those that concern the nationals of an origin
OF_A_PAIR = ("free_work",)  # those that concern an origin (iso3) and a destination (towards)
# The others are context, shown and nothing else: what they may have moved stands in the region's changes.
EVENT_KINDS = (*ACTING_KINDS, "protocol", "presence", "operation", "programme", "handover", "passport",
               "context")
NGO_KINDS = ("shelter", "hotline", "outreach", "prevention")
RELIABILITY = ("source seen", "recalled, unverified")
FILES = ("countries", "country_year", "sources", "crossings", "routes", "events", "ngos", "referrals", "map")
MAY_BE_LEFT_OUT = ("ties", "changes", "patterns", "totals")  # a region may do without
UNNAMED = "; observed/statistics.csv is read without being named"  # not by the model (`experiments/reference`)


def check_span(path: Path, head: dict, at, problems: Problems) -> None:
    months = {}
    for key in ("start", "end"):
        if isinstance(head.get(key), str) and head[key].strip():
            try:
                months[key] = Month.parse(head[key])
            except ValueError:
                problems.add(path, at(key), key, head[key], month().allowed)
    if len(months) == 2 and months["end"] < months["start"]:
        problems.add(path, at("end"), "end", head["end"], f"a month not before the start, {head['start']}")


def _period(head: dict) -> tuple[Month, Month] | None:
    """The region's first and last month; None where they are none, which was said already."""
    try:
        return Month.parse(head["start"]), Month.parse(head["end"])
    except (ValueError, TypeError, KeyError):
        return None


def check_window(path: Path, head: dict, at, problems: Problems) -> None:
    """The months in which onsets may lie: two months in order, inside the region's."""
    window, period = head.get("onset_window"), _period(head)
    if window is None or period is None:
        return
    start, end = period
    try:
        first, last = map(Month.parse, window)
        if not start <= first <= last <= end:
            raise ValueError
    except (ValueError, TypeError, KeyError):
        problems.add(path, at("onset_window"), "onset_window", window,
                     'two months in order between start and end, such as ["2001-07", "2003-06"]')


def check_windows(path: Path, head: dict, at, problems: Problems) -> None:
    """[[windows]]: two full years of the region in order each, and perhaps countries of the observed table."""
    windows, period = head.get("windows", []), _period(head)
    if period is None:
        return
    start, end = period
    try:
        for window in windows:
            before, after, where = window["before"], window["after"], window.get("where", [])
            whole = all(type(year) is int and start <= Month(year, 1) and Month(year, 12) <= end
                        for year in (before, after))
            if not (whole and before < after and set(window) <= {"before", "after", "where"}
                    and isinstance(where, list) and all(isinstance(code, str) for code in where)):
                raise ValueError
    except (ValueError, TypeError, KeyError, AttributeError):
        problems.add(path, at("windows"), "windows", windows, "tables [[windows]] with before and after, two full "
                     'years of the region in order, and perhaps where, a list of codes such as ["AAA"]')


def check_windows_in_table(path: Path, head: dict, rows: Sequence[Referral], codes, problems: Problems) -> None:
    """Every window must have a country whose figures of both years are of one series, and name none without a row in
    both."""
    periods, line = {(row.iso3, row.period) for row in rows}, head["line of windows"]
    for window in head.get("windows", []):
        named = window.get("where", [])
        before, after = str(window["before"]), str(window["after"])
        able = in_both(rows, before, after)
        for code in dict.fromkeys(named or (row.iso3 for row in rows)):
            why = why_not(rows, code, before, after)
            absent = named and not {(code, before), (code, after)} <= periods
            if codes is not None and code not in codes:
                problems.add(path, line, "windows.where", code, "a code of the countries table", codes)
            elif rows and why and (absent or not set(able) & set(named or able)):
                problems.add(path, line, f"windows, {before} to {after}", code,
                             f"countries whose figures of both years can be compared ({', '.join(able) or 'none'}); of "
                             f"{code}: {why}")


def check_countries(table: Table, problems: Problems) -> dict[str, int] | None:
    """The codes of the region, or None if they could not be read (then nobody checks against them)."""
    check_unique(table, ["iso3"], problems)
    if not table.readable:
        return None
    if len(table.rows) > MAX_PLACES:  # compiled rules would write beyond their records
        problems.add(table.file, table.rows[MAX_PLACES].line, "rows", f"{len(table.rows)} countries",
                     f"at most {MAX_PLACES}")
    for role in ("origin", "destination"):
        if all(row.values.get(role) is False for row in table.rows):
            problems.add(table.file, 1, role, "no country with 1", f"at least one country that is {role}")
    if any("iso3" not in row.values for row in table.rows):
        return None
    return {row.values["iso3"]: row.line for row in table.rows}


def check_visa_area(path: Path, head: dict, codes, problems: Problems) -> None:
    line, seen = head["line of visa_area"], set()
    for code in head["visa_area"]:
        if codes is not None and code not in codes:
            problems.add(path, line, "visa_area", code, "a code of the countries table", codes)
        elif code in seen:
            problems.add(path, line, "visa_area", code, "each code only once")
        seen.add(code)


def check_figures(table: Table, sources: Table, codes, problems: Problems) -> None:
    check_names(table, "iso3", codes, problems, "a code of the countries table")
    check_unique(table, ["iso3", "year", "variable"], problems)
    check_unique(sources, ["code"], problems)
    known, wrong = {row.values["code"] for row in sources.good()}, {}
    for row in table.good():
        low, high = VARIABLES[row.values["variable"]]
        if not low <= row.values["value"] <= high:
            problems.add(table.file, row.line, "value", f"{row.values['value']:g}",
                         f"at least {low:.10g} and at most {high:.10g} for {row.values['variable']}"
                         + (", in persons" if row.values["variable"] in PERSONS else "")
                         + "; leave out the row of what is unknown")
        for code in row.values["source"].split("+") if sources.readable else ():
            if code not in known:
                wrong.setdefault(code, []).append(row.line)
    add_once(table, "source", wrong, known, problems, "codes of the sources table joined by +")


def check_crossings(table: Table, codes, problems: Problems) -> None:
    for column in ("a", "b"):
        check_names(table, column, codes, problems, "a code of the countries table")
    for row in table.good():
        if row.values["a"] == row.values["b"]:
            problems.add(table.file, row.line, "b", row.values["b"], "another country than a")
    # A crossing has no direction: A-B and B-A are one.
    check_unique(table, ["a", "b", "kind"], problems, key=frozenset)


def check_routes(table: Table, countries: Table, crossings: Table, codes, problems: Problems) -> None:
    check_unique(table, ["id"], problems)
    links = {frozenset((r.values.get("a"), r.values.get("b"))) for r in crossings.rows}
    ends = {r.values["iso3"] for r in countries.rows if "iso3" in r.values and r.values.get("destination") is not False}
    starts = {r.values["iso3"] for r in countries.rows if "iso3" in r.values and r.values.get("origin") is not False}
    for row in table.good():
        path, add = row.values["path"].split(">"), problems.add
        unknown = [code for code in path if codes is not None and code not in codes]
        for code in unknown:
            add(table.file, row.line, "path", code, "codes of the countries table", codes)
        if row.values["origin"] != path[0]:
            add(table.file, row.line, "origin", row.values["origin"], f"the first of the path, {path[0]}")
        if len(set(path)) != len(path):
            add(table.file, row.line, "path", row.values["path"], "each country once")
        if codes is not None and not unknown:
            if path[0] not in starts:
                add(table.file, row.line, "path", path[0], "a first country that is an origin", starts)
            if path[-1] not in ends:
                add(table.file, row.line, "path", path[-1], "a last country that is a destination", ends)
            for a, b in zip(path, path[1:]) if crossings.readable else ():
                if a != b and frozenset((a, b)) not in links:
                    add(table.file, row.line, "path", f"{a}>{b}", "neighbours in the crossings table")
        since, until = row.values["since"], row.values["until"]
        if since and until and until < since:
            add(table.file, row.line, "until", until, f"a month not before since, {since}")


def check_events(table: Table, codes, problems: Problems) -> None:
    for column in ("iso3", "towards"):
        check_names(table, column, codes, problems, "a code of the countries table")
    first: dict[tuple, int] = {}
    for row in table.good():
        v = row.values
        if not v["iso3"] and v["kind"] != "context":
            problems.add(table.file, row.line, "iso3", "", "a country; only context may concern the whole region")
        if v["kind"] in OF_A_PAIR and not v["towards"]:
            problems.add(table.file, row.line, "towards", "", f"the country whose labour market opens, for {v['kind']}")
        elif v["kind"] in ACTING_KINDS and v["kind"] not in OF_A_PAIR and v["towards"]:
            problems.add(table.file, row.line, "towards", v["towards"], f"nothing for {v['kind']}")
        if v["kind"] == "presence" and v["value"] is None:
            problems.add(table.file, row.line, "value", "", "a number of persons for presence")
        # An effect twice in a month would count double; context is only shown.
        key = (v["when"], v["iso3"], v["kind"], v["towards"], v["text"] if v["kind"] == "context" else "")
        if key in first:
            problems.add(table.file, row.line, "when+iso3+kind", f"{v['when']} {v['iso3']} {v['kind']}",
                         f"each only once (also on line {first[key]})")
        first.setdefault(key, row.line)


def check_periods(table: Table, start: Month, end: Month, problems: Problems) -> None:
    """Observed periods lie inside the region's months, and those of one country do not overlap."""
    rows: dict[str, list[tuple[Month, Month, Row]]] = {}
    for row in table.good():
        first, last = period_months(row.values["period"])
        if start <= first <= last <= end:
            rows.setdefault(row.values["iso3"], []).append((first, last, row))
        else:
            problems.add(table.file, row.line, "period", row.values["period"],
                         f"a period inside the simulated months, {start} to {end}")
    for iso3, own in rows.items():
        own.sort(key=lambda each: (each[0], each[1], each[2].line))
        latest = own[0]
        for each in own[1:]:
            if each[0] <= latest[1] and each[:2] != latest[:2]:  # the same period twice is told by `check_unique`
                other, row = sorted((latest[2], each[2]), key=lambda row: row.line)
                problems.add(table.file, row.line, "period", f"{iso3} {row.values['period']}",
                             "periods of a country that do not overlap (some of its months are in "
                             f"{other.values['period']}, line {other.line}, too)")
            latest = max(latest, each, key=lambda other: other[1])
