"""What the observed table counts, what of it is not used and why, and the published totals beside it."""

from __future__ import annotations

from undercount.experiments.report.sections import Grid, Section
from undercount.experiments.report.sentences import cell
from undercount.model.known.region import Region
from undercount.model.known.series import breaks

KINDS = {
    "assisted": "persons assisted and on the country's list", "repatriated": "persons brought home, on the list",
    "identified": "persons recognised as victims, as far as the figures cover them",
    "registered": "persons recognised and reported by somebody: police, border guards, inspectors or care bodies"}


def observed(region: Region) -> Section:
    """Kinds of count, intervals, masked figures with their reasons, where a series ends, totals."""
    kinds: dict[str, list[str]] = {}
    for row in region.referrals:
        codes = kinds.setdefault(f"{KINDS[row.counts]} ({row.role})", [])
        codes += [row.iso3] if row.iso3 not in codes else []
    grids = [Grid("What the rows count.", ["rows", "persons"],
                  [[cell(", ".join(codes)), cell(kind)] for kind, codes in kinds.items()])]
    masked = [row for row in region.referrals if row.masked]
    if masked:
        grids.append(Grid("Published and not used (masked), with the reason. What the model gives there is shown all "
                          "the same and compared with nothing.", ["row", "figure", "reason"],
                          [[cell(f"{row.iso3} {row.period}"), cell(row.shown), cell(row.masked)] for row in masked]))
    intervals = [row for row in region.referrals if row.interval]
    if intervals:
        grids.append(Grid("Known to lie between two ends only: simulated counts inside them are all read as the "
                          "observed one.", ["row", "persons"],
                          [[cell(f"{row.iso3} {row.period}"), cell(row.shown)] for row in intervals]))
    if ends := breaks(region.referrals):
        grids.append(Grid("Where a series ends and another begins, changes are not compared.", ["row", "from here on"],
                          [[cell(f"{row.iso3} {row.period}"), cell(what)] for row, what in ends]))
    if region.totals:
        grids.append(Grid("Published figures of more, or others, than the model has: compared with nothing.",
                          ["row", "persons", "definition", "note"],
                          [[cell(f"{t.iso3} {t.period}"),
                            cell("" if t.count is None else "-".join(map(str, dict.fromkeys(t.count)))),
                            cell(t.definition), cell(t.note)] for t in region.totals], folded="Published totals"))
    return Section("observed", "What the observed table counts", grids=grids)
