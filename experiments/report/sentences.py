"""Numbers and sentences of a report. A sentence says only what the interval carries."""

from __future__ import annotations

import math
from dataclasses import dataclass

from undercount.experiments.report.batch import FEW, Batch
from undercount.experiments.report.summaries import observed_changes

MINUS = "\N{MINUS SIGN}"
NONE = "\N{EN DASH}"  # as in the source: no figure


@dataclass(frozen=True)
class Cell:
    """A cell of a table: one or two lines; `marked` puts a dot to it."""

    lines: tuple[str, ...]
    marked: bool = False


def cell(*lines: str, marked: bool = False) -> Cell:
    return Cell(tuple(lines), marked)


def count(value: float) -> str:
    return NONE if value is None or math.isnan(value) else f"{value:,.0f}".replace("-", MINUS)


def signed(value: float) -> str:
    """A change in per cent without its sign of per cent; nothing is neither up nor down."""
    if math.isnan(value):
        return NONE
    text = f"{value:+.0f}".replace("-", MINUS)
    return "0" if text[1:] == "0" else text


def interval(row, how) -> str:
    """[5 %; 95 %] of the replicates, or nothing where there is one."""
    return f"[{how(row.q05)}; {how(row.q95)}]" if row.n > 1 else ""


def band_cell(row, how, observed: float = math.nan) -> Cell:
    """Median and interval; marked if the interval contains the observed value."""
    if row is None or row.n == 0:
        return cell("not run" if row is None else NONE)
    inside = row.n > 1 and row.q05 <= observed <= row.q95
    return cell(*filter(None, (how(row.q50), interval(row, how))), marked=inside)


def one(table, **keys):
    """The only row with these keys, or None."""
    for name, value in keys.items():
        table = table[table[name] == value]
    return next(table.itertuples(), None)


def movement(row) -> str:
    """"fell (median -30 %, 90 % of replicates -41 to -12 %)", or that nothing clear happened."""
    if row is None or row.n == 0:
        return "cannot be compared"
    if row.n == 1:
        change = signed(row.q50)
        return "did not change in the single run" if change == "0" else f"changed by {change} % in the single run"
    verb = "fell" if row.q95 < 0 else "rose" if row.q05 > 0 else "did not clearly change"
    return f"{verb} (median {signed(row.q50)} %, 90 % of replicates {signed(row.q05)} to {signed(row.q95)} %)"


def summary(batch: Batch) -> list[tuple[str, str]]:
    """(scenario, sentence) for each scenario: what the counts did and what the hidden flow did."""
    years = batch.years
    if years is None:
        return [(name, "cannot be compared: the observed table has no two complete years.") for name in batch.scenarios]
    if batch.missing_years:
        return [(name, f"cannot be compared: {' and '.join(batch.missing_years)} not run to the end.")
                for name in batch.scenarios]
    return [(name, f"from {years.before} to {years.after} the simulated referrals "
                   f"{movement(one(batch.changes, scenario=name, group='total'))}; the newly exploited persons "
                   f"{movement(one(batch.hidden_changes, scenario=name))}.") for name in batch.scenarios]


def observed_sentence(batch: Batch) -> str:
    """What the observed table did between the two years."""
    years = batch.years
    if years is None:
        return "The observed table has no two years for which every country has a figure, so no fall is computed."
    total = batch.periods.set_index("year")["observed"]
    changes = observed_changes(batch.observed, years)
    roles = [f"{name} {signed(value)} %" for name, value in changes.items() if name.endswith(" rows")]
    return (f"In the observed table the total went from {count(total[years.before])} persons in {years.before} to "
            f"{count(total[years.after])} in {years.after} ({signed(changes['total'])} %; {', '.join(roles)}).")


def cautions(batch: Batch) -> list[str]:
    """What a reader must know before the numbers, as far as it is true of these runs."""
    notes = []
    if not batch.results.complete:
        notes.append("Some runs of this batch are missing (`undercount status` says which): the page shows the others.")
    if batch.missing_years:
        notes.append(f"{' and '.join(batch.missing_years)} not run to the end: what needs the year is left out.")
    fewest = min(batch.replicates.values())
    if fewest == 1:
        notes.append("With a single replicate there are no bands: chance cannot be told from effect.")
    elif fewest < FEW:
        notes.append(f"With {fewest} replicates a 90 % interval is little more than the range of the runs.")
    return notes
