"""The chain of the fall, live: what made the count of the last whole year another than the peak year's, exactly.

The decomposition is the answer's own (`experiments/answer/chain.py`), read from one world that is still running.
"""

from __future__ import annotations

import numpy as np
from undercount.experiments.answer.chain import GROUPS, Chain, OneWorld, chain, grouped, groups_of
from undercount.experiments.reference.quantities import columns, quantities
from undercount.experiments.view.funnel import peak
from undercount.experiments.view.svg import INK, QUIET, WORLDS, svg, text
from undercount.model.known.series import in_both

# group of links -> what it is, whichever way it moved
LINKS = {
    "people": "people in exploitation", "found": "found, of those", "misread": "recognised, of those found",
    "referred": "offered help, of those", "refused": "accepted, of those offered",
    "place": "placed, of those accepting", "home": "came forward at home", "listed": "listing and carry-over",
}


def whole_years(model) -> tuple[int, int] | None:
    """(peak year, last whole year) of what was run; None where no whole year lies behind the peak."""
    last = model.world.month // 12 * 12 - 12
    top = peak(model, last) if last > 0 else None
    return None if top is None else (model.region.start.year + top // 12, model.region.start.year + last // 12)


def live_chain(model) -> Chain | None:
    """The chain of the table's countries between these years; None while there is none."""
    years = whole_years(model)
    if years is None:
        return None
    region = model.region
    world = OneWorld.of(columns(region, ()), quantities((), model.outcome).tolist())
    known = [row for row in region.referrals if row.assisted is not None]
    return chain(world, known, *years) if in_both(known, *map(str, years)) else None


def fall(model, name: str, k: int) -> str:
    """The picture of one world: a bar a group of links, to the left where it made the count fall."""
    found = live_chain(model)
    body = [text(0, 14, name, 13.5, colour=WORLDS[k], more='font-weight="600"')]
    if found is None:
        words = "The chain begins when a whole year lies behind the year in which most were counted."
        return svg(464, 60, [*body, text(0, 36, words, 11.5, colour=QUIET)], f"{name}. {words}")
    can = groups_of([row for row in model.region.referrals if row.iso3 in found.countries])
    parts = [(group, part) for group, part in zip(GROUPS, grouped(found.whole)[0]) if group in can]
    change = float(found.change[0])
    head = f"Counted {percent(change)} from {found.before} to {found.after}: the product of"
    body.append(text(0, 34, head, 12.5))
    reach = max(0.05, *(abs(part) for _, part in parts))
    zero, most = 275.0, 95.0
    for row, (group, part) in enumerate(parts):
        y, width = 46 + row * 21, most * abs(part) / reach
        left = zero - width if part < 0 else zero
        body += [text(164, y + 12, LINKS[group], 12, "end"),
                 f'<rect x="{left:.1f}" y="{y + 2}" width="{max(width, 0.6):.1f}" height="13" fill="{WORLDS[k]}" '
                 f'opacity="{1.0 if part < 0 else 0.45}"/>',
                 text(left + width + 5 if part >= 0 else zero + 5, y + 12, percent(part), 12, colour=INK)]
        if change < -0.05:
            share = f"{round(100 * part / change):d} %".replace("-", "\N{MINUS SIGN}")
            body.append(text(460, y + 12, share, 12, "end", QUIET))
    body.append(f'<path d="M{zero} 44v{21 * len(parts) + 4}" stroke="{QUIET}"/>')
    where = "In the countries of the published table; the funnel is of the whole region."
    body.append(text(0, 233, where, 11, colour=QUIET))
    if change < -0.05:
        body.append(text(460, 34, "share of the fall", 11, "end", QUIET))
    said = ", ".join(f"{LINKS[group]} {percent(part)}" for group, part in parts)
    return svg(464, 238, body, f"{name}: counted {percent(change)} from {found.before} to {found.after}, "
                               f"the product of: {said}.")


def percent(change: float) -> str:
    """A change of a logarithm as per cent."""
    return f"{round(100 * np.expm1(change)):+d} %".replace("+0", "0").replace("-", "\N{MINUS SIGN}")
