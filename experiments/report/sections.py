"""The sections of a report, in their order. A new one is a function of the batch added to SECTIONS."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from math import isnan

from matplotlib.figure import Figure
from undercount.experiments.report import figures, maps, summaries
from undercount.experiments.report.batch import Batch
from undercount.experiments.report.figures import Quantity
from undercount.experiments.report.sentences import Cell, band_cell, cell, count, one, signed
from undercount.model.engine.layout import LISTS
from undercount.model.known.outlines import outlines_of
from undercount.model.known.series import breaks, why_not


@dataclass(frozen=True)
class Picture:
    name: str  # of its files, and unique
    figure: Figure
    caption: str
    folded: str = ""  # a title under which it is folded away


@dataclass(frozen=True)
class Grid:
    caption: str
    head: list[str]
    rows: list[list[Cell]]
    folded: str = ""
    words: bool = True  # at the left of their columns; numbers stand at the right


@dataclass(frozen=True)
class Section:
    key: str
    title: str
    text: list[str] = field(default_factory=list)
    pictures: list[Picture] = field(default_factory=list)
    grids: list[Grid] = field(default_factory=list)


def _part(months: int) -> str:
    """", 3 months" for what is not a whole year."""
    return "" if months == summaries.MONTHS_A_YEAR else f", {months} months"


def referrals(batch: Batch) -> Section:
    """Counts, observed and simulated."""
    partial = batch.periods[~batch.periods["complete"]]
    notes = "; ".join(f"{row.year}: {row.known} of {row.rows} rows" + _part(row.months) for row in partial.itertuples())
    caption = ("Persons counted, total of the rows for which the source has a figure, by period and "
               "scenario. Black: observed. " + batch.reading)
    if notes:
        caption += f"Hollow points and upright bars: totals that are not comparable with the others ({notes}). "
    if ends := breaks([row for row in batch.region.referrals if row.assisted is not None]):
        caption += (f"Another series begins with {', '.join(f'{row.iso3} {row.period}' for row, _ in ends)}: totals "
                    "before and after are not comparable. ")
    pictures = [Picture("referrals-total", figures.referrals_total(
        batch.totals, batch.periods, batch.scenarios, batch.reference), caption + batch.origin)]
    for name in [batch.focus, *(s for s in batch.scenarios if s != batch.focus)]:
        pictures.append(Picture(
            f"referrals-country-{name}", figures.referrals_by_country(
                batch.by_country, batch.observed, name, batch.scenarios.index(name), batch.country_names),
            f"Scenario {name}: persons counted in each row of the observed table, by period. Black: observed. "
            + batch.reading + "Shaded: the source has no figure, which is not zero; what the model gives there is "
            "shown all the same. Vertical scales differ. " + batch.origin,
            folded="" if name == batch.focus else f"By country: {name}"))
    head = ["", *(f"{row.year} ({row.known} of {row.rows})" for row in batch.periods.itertuples())]
    rows = [[cell("observed"), *(cell(count(x)) for x in batch.periods["observed"])]]
    for name in batch.scenarios:
        rows.append([cell(name), *(band_cell(one(batch.totals, scenario=name, year=row.year), count, row.observed)
                                   for row in batch.periods.itertuples())])
    return Section("referrals", "Referrals, observed and simulated", pictures=pictures, grids=[Grid(
        "Persons counted, by period: total over the rows with a figure in the source (their number in brackets); "
        "simulated as median and [5 %; 95 %] of the replicates. ● the interval contains the observed total. "
        + batch.origin, head, rows, words=False)])


def falls(batch: Batch) -> Section:
    """The change between the two compared years."""
    key, years = "falls", batch.years
    if years is None:
        return Section(key, "The fall in referrals", ["The observed table has no two complete years."])
    observed = summaries.observed_changes(batch.observed, years)
    head = ["", *(batch.country_names.get(name, name) for name in observed)]
    rows = [[cell("observed"), *(cell(signed(x)) for x in observed.values())]]
    for name in batch.scenarios:
        rows.append([cell(name), *(cell(signed(value)) if isnan(value) else  # of a group that is not compared
                                   band_cell(one(batch.changes, scenario=name, group=group), signed, value)
                                   for group, value in observed.items())])
    missing = batch.missing_years
    text = [f"{' and '.join(missing)} not run to the end: no simulated change."] if missing else []
    rows_of = dict.fromkeys(row.iso3 for row in batch.region.referrals)
    if apart := [f"{batch.country_names[code]} ({why})" for code in rows_of
                 if (why := why_not(batch.region.referrals, code, years.before, years.after))]:
        text.append(f"Not compared: {'; '.join(apart)}.")
    return Section(key, f"The fall in referrals, {years.before} to {years.after}", text, grids=[Grid(
        f"Change in persons counted from {years.before} to {years.after}, in per cent (minus: a fall), over rows "
        "whose figures of both years can be compared: observed, and simulated as median and [5 %; 95 %] of the "
        "replicates. ● the interval contains the observed change. " + batch.origin, head, rows, words=False)])


def hidden_flow(batch: Batch) -> Section:
    """The truth of the model beside its counts."""
    key, title = "hidden", "The hidden flow beside the counts"
    yearly = batch.hidden_yearly
    if yearly.empty:
        return Section(key, title, ["No whole year was run."])
    whole = batch.whole_referrals
    complete = batch.periods[batch.periods["year"].isin(whole)]
    quantities = [
        Quantity("Newly exploited", "persons", summaries.bands(yearly, ["year"], "newly_exploited"), per="a year"),
        Quantity("In exploitation", "persons", summaries.bands(yearly, ["year"], "in_exploitation")),
        Quantity("Assisted per newly exploited", "assisted\nper 1,000",
                 summaries.bands(yearly, ["year"], "assisted_per_1000"))]
    if whole:
        quantities.insert(0, Quantity("Referrals counted", "persons", batch.totals[batch.totals["year"].isin(whole)],
                                      complete, "a year"))
    return Section(key, title, pictures=[Picture(
        "hidden-flow", figures.rows(quantities, batch.scenarios, batch.reference),
        "By year and scenario (whole years only): persons counted in the rows of the observed table (black: observed); "
        "persons newly exploited in the year, in all countries of the region; persons in exploitation, mean of the "
        "month ends; persons assisted for every 1,000 newly exploited in the same year. All but the black points is "
        "simulated. " + batch.reading + "A column has one scale. " + batch.origin)])


def flow_map(batch: Batch) -> Section:
    """Corridors before and after, for the focus scenario."""
    key, title = "map", f"Flows on the map: {batch.focus}"
    flows = batch.flows[batch.flows["scenario"] == batch.focus]
    spans = {} if batch.years is None else {
        tuple(y for y in batch.years.early if y in batch.whole_years): "before",
        tuple(y for y in (batch.years.after,) if y in batch.whole_years): "after"}
    spans = [span for span in spans if span]
    if not spans:
        return Section(key, title, ["None of the years to compare was run to its end."])
    panels, notes = {}, []
    for span in spans:
        name = span[0] if len(span) == 1 else f"{span[0]} to {span[-1]}, mean of a year"
        panels[name] = found = summaries.corridors(flows, span, batch.replicates[batch.focus])
        shown, within = maps.drawn(found), found[found["origin"] == found["destination"]]["persons"].sum()
        between = found[found["origin"] != found["destination"]]
        left = between["persons"].sum() - shown["persons"].sum()
        notes.append(
            f"{name}: {count(found['persons'].sum())} persons a year; {len(shown)} corridors with "
            f"{count(shown['persons'].sum())} drawn, {len(between) - len(shown)} smaller ones with {count(left)} left "
            f"out, and {count(within)} exploited in their own country")
    text = [] if len(spans) == 2 else ["Only one of the two spans to compare was run to its end."]
    return Section(key, title, text, [Picture(
        "flows-map", maps.flow_map(panels, batch.region),
        f"Scenario {batch.focus}: newly exploited persons a year by country of origin and destination, mean over the "
        "replicates; the width of an arrow is the number of persons, on one scale in both panels. An arrow joins two "
        f"capitals and does not show the path taken. {'. '.join(notes)}. Colour and marker: group of the destination. "
        f"Outlines: {outlines_of(batch.region.map).source or 'those of the map file of the region'}. "
        + batch.origin)])


def methods(batch: Batch) -> Section:
    """Entry modes and venues."""
    pictures = []
    for column, name, words in (("entry_mode", "entry-modes", "way of entry"),
                                ("venue", "venues", "venue of exploitation")):
        table = summaries.shares(batch.flows, column, batch.whole_years)
        if len(table):
            bands = summaries.bands(table, ["year", column], "share")
            spread = "Simulated; median and the middle 90 % of the replicates. "
            pictures.append(Picture(name, figures.shares(bands, column, batch.scenarios), (
                f"Share of each {words} among the newly exploited persons of a year, in per cent, by scenario. "
                + spread + batch.origin)))
    return Section("methods", "Ways of entry and venues", [] if pictures else ["No whole year was run."], pictures)


def actors(batch: Batch) -> Section:
    """Recruiters, officials, bribes."""
    key, title, yearly = "actors", "Recruiters and officials", batch.actors_yearly
    if yearly.empty:
        return Section(key, title, ["No whole year was run."])
    quantities = [Quantity(words, unit, summaries.bands(yearly, ["year"], name), per=per)
                  for name, words, unit, per in (
        ("recruiters_active", "Recruiters active", "cells", ""),
        ("recruiters_in_custody", "Recruiters in custody", "cells", ""),
        ("officials_in_pay", "Officials in pay", "officials", ""),
        ("bribes_taken", "Bribes taken", "bribes", "a year"))]
    return Section(key, title, pictures=[Picture(
        "actors", figures.rows(quantities, batch.scenarios, batch.reference),
        "By year and scenario (whole years only), all countries: recruiter cells active and in custody and officials "
        "in the pay of a network, means over the months; bribes taken, number in the year. Simulated. " + batch.reading
        + batch.origin)])


def lists(batch: Batch) -> Section:
    """How the lists overlap."""
    key, title = "lists", "Which lists hold whom"
    if batch.lists.empty:
        return Section(key, title, ["No person is on any list in these runs."])
    found = summaries.bands(summaries.list_overlap(batch.lists, LISTS, batch.runs), ["year", "held_by"], "persons")
    years = sorted(found["year"].unique())
    head = ["held by", *(y + _part(batch.months_run[y]) for y in years)]
    grids = []
    for name in [batch.focus, *(s for s in batch.scenarios if s != batch.focus)]:
        own = found[found["scenario"] == name]
        rows = [[cell(held), *(band_cell(one(own, year=y, held_by=held), count) for y in years)]
                for held in own["held_by"].unique()]
        grids.append(Grid(
            f"Scenario {name}: persons by the lists that hold them, by year, all countries; median and [5 %; 95 %] of "
            "the replicates. A person listed in two countries counts in both. Simulated. " + batch.origin, head, rows,
            folded="" if name == batch.focus else f"Lists: {name}", words=False))
    return Section(key, title, grids=grids)


def provenance(batch: Batch) -> Section:
    """Where everything on the page comes from."""
    manifest, region = batch.manifest, batch.region
    flat = {k: v for k, v in manifest.items() if isinstance(v, (str, int, float))}
    for part in ("batch", "machine"):
        inner = manifest.get(part)
        flat |= {f"{part}: {k}": v for k, v in (inner.items() if isinstance(inner, dict) else ())
                 if isinstance(v, (str, int, float))}
    for session in manifest.get("sessions", []):
        flat[f"session {session.get('started', '')}"] = f"ended {session.get('ended') or 'unknown'}"
    packages = manifest.get("packages", {})
    flat |= {"packages": ", ".join(f"{k} {v}" for k, v in packages.items())} if packages else {}
    rows = [[cell(k), cell(str(v))] for k, v in flat.items()]
    entries = {e["name"]: e for e in manifest.get("scenarios", [])}
    told = []
    for name in batch.scenarios:
        entry = entries.get(name, {})
        told.append([cell(x) for x in (name, str(entry.get("resolved", {}).get("title", "")),
                                             str(batch.replicates[name]), str(entry.get("key", ""))[:16])])
    sources: dict[str, list[str]] = {}
    for row in region.referrals:
        cells = sources.setdefault(row.source, [])
        if row.iso3 not in cells:
            cells.append(row.iso3)
    origins = [[cell(", ".join(codes)), cell(source)] for source, codes in sources.items()]
    text = [
        "What is real: the observed counts (black points, rows “observed”), which are published aggregate figures; the "
        "outlines of the countries; and the region's inputs, each with its source in the region's folder.",
        "What is synthetic: everything else. All persons, recruiters, officials and organisations are simulated; none "
        "stands for an individual. The hidden flow is what the model's assumptions imply, not an estimate from the "
        "observed counts, and its level depends on parameters that no source gives.",
    ]
    return Section("provenance", "Provenance", text, grids=[
        Grid("The runs, from the manifest of the result folder (which holds every scenario in full).", ["", ""], rows),
        Grid("The scenarios; the key is the beginning of a hash of all that can move a result.",
             ["scenario", "title", "replicates", "key"], told),
        Grid(f"The observed table of {region.title}: sources.", ["rows", "source"], origins)])


SECTIONS: tuple[Callable[[Batch], Section], ...] = (
    referrals, falls, hidden_flow, flow_map, methods, actors, lists, provenance)
