"""Sentences about a world: what was counted, what happened, and what follows from the two."""

from __future__ import annotations

from html import escape

from undercount.experiments.view import posterior, series
from undercount.experiments.view.naming import change, count, country, event_text, events_of, month_name, region_month
from undercount.experiments.view.svg import WORLDS
from undercount.experiments.view.twin import FROZEN, Settings
from undercount.model.country.observation import observe
from undercount.model.engine.layout import WARM_UP

LEAD = "A published table counts only victims who were found, seen as victims, offered help and willing to take it. "


def introduction(settings: Settings) -> str:
    """What the worlds of these settings are, and no more than they show."""
    found, drawn = posterior.posterior(), [posterior.is_draw(name) for name in (settings.scenario, settings.second)]
    if found is None or not drawn[0]:
        return LEAD + "Press Play and compare what is counted with what happens."
    moved = [found.moved(name) for name, is_drawn in zip((settings.scenario, settings.second), drawn) if is_drawn]
    before, after = found.years
    if all(drawn):
        return ("Two draws of the verdict whose counts rise and fall like the published ones. From "
                f"{before} to {after} the hidden flow moves by {moved[0]} in the first and by {moved[1]} in the "
                "second: counts alone do not tell which.")
    same = "; the second is the same people where networks do not act on what they learn" \
        if settings.second == FROZEN else ""
    return f"The first world is a draw of the verdict: its hidden flow moves by {moved[0]}, {before} to {after}{same}."


def date(model) -> str:
    """The month that was run last, or that nothing was."""
    return month_name(model.region, model.world.t - 1) if model.world.month else "Not started: press Play"


def sentences(model) -> str:
    """This year's counts and hidden flow against last year's, and what to make of it."""
    world, region = model.world, model.region
    if world.month == 0:
        return (f"The world is ready: the {WARM_UP} months before {region_month(region, 0)} have been run, so that the "
                "trade is under way and in balance.")
    first, end, done = series.year_now(model)
    last = end - 1
    listed, exploited = series.counted(model), model.outcome.hidden["newly_exploited"].sum(axis=1)
    counted, flow = listed[first:end].sum(), exploited[first:end].sum()
    year = region.start.year + first // 12
    text = f"{year}{'' if done else ' so far'}: {count(counted)} victims counted"
    if first == 0:
        return f"{text}, {count(flow)} people newly exploited: {_in_a_hundred(counted, flow)}."
    before = slice(first - 12, last - 11)
    counted_before, flow_before = listed[before].sum(), exploited[before].sum()
    same = "" if done else "the same months of "
    text += f", {change(counted, counted_before)} {same}{year - 1}"
    text += f". {count(flow)} people newly exploited, {change(flow, flow_before)} {same and 'those months'}"
    text = f"{text.rstrip()} {'' if same else year - 1}".rstrip() + f": {_in_a_hundred(counted, flow)}. "
    return text + _verdict(counted, counted_before, flow, flow_before)


def _in_a_hundred(counted: float, flow: float) -> str:
    return f"{100 * counted / flow:.1f} counted for every 100" if flow else "nobody was exploited"


def _verdict(counted: float, counted_before: float, flow: float, flow_before: float) -> str:
    down, less = counted < 0.95 * counted_before, flow < 0.95 * flow_before
    if down and not less:
        return "The count falls while the trade goes on."
    if down and less:
        return "Both fall."
    if counted > 1.05 * counted_before:
        return "Both rise." if flow > 1.05 * flow_before else \
            f"The count rises, though the trade {'shrinks' if less else 'has not grown'}."
    return "The count stands still" + (" while the trade shrinks." if less else ".")


def news(model, months: int = 4) -> list[tuple[str, list[str]]]:
    """(month, dated events) of the last few months that had any, the newest first."""
    found = []
    for month in range(model.world.month - 1, -1, -1):
        texts = events_of(model.region, model.scenario, month)
        if texts:
            found.append((region_month(model.region, month), texts))
        if len(found) == months:
            break
    return found


def news_html(model) -> str:
    rows = [f"<b>{escape(month)}</b> {escape('; '.join(texts))}" for month, texts in news(model)]
    return "<br>".join(rows) or "Laws, visa rules and missions appear here in their month."


def country_html(models, names, iso3: str) -> str:
    """A country in every world: the truth, its actors, and its rows of the observed table."""
    region = models[0].region
    place = region.index[iso3]
    head = "".join(f'<th style="color:{WORLDS[k]}">{escape(name)}</th>' for k, name in enumerate(names))
    rows = [(words, [_last_year(m, table, name, place) for m in models]) for words, table, name in (
        ("people newly exploited here", "hidden", "newly_exploited"), ("victims found here", "hidden", "identified"),
        ("assisted here", "hidden", "assisted"), ("came back here after exploitation", "hidden", "returned"),
        ("left home to look for work abroad", "actors", "set_out"), ("bribes taken here", "actors", "bribes_taken"))]
    rows.insert(1, ("of its own people, newly exploited anywhere", [
        int(m.outcome.flows[_year(m), place].sum()) for m in models]))
    held = [int(m.world.hidden["in_exploitation"][m.world.t - 1, place]) for m in models]
    body = _rows(rows) + _rows([("held in exploitation at the end of the month", held)])
    text = (f"<h3>{escape(country(region, place))}</h3>"
            f"<table><tr><th>In the last twelve months</th>{head}</tr>{body}</table>")
    return text + _observed_rows(models, head, place, iso3) + _country_events(region, iso3)


def _year(model) -> slice:
    """The last twelve months of the region's period that were run."""
    months = model.outcome.months
    return slice(max(0, months - 12), months)


def _last_year(model, table: str, name: str, place: int) -> int:
    return int(getattr(model.outcome, table)[name][_year(model), place].sum())


def _rows(rows) -> str:
    return "".join(f"<tr><td>{escape(words)}</td>" + "".join(f"<td>{count(v)}</td>" for v in values) + "</tr>"
                   for words, values in rows)


def _observed_rows(models, head: str, place: int, iso3: str) -> str:
    region = models[0].region
    if all(row.iso3 != iso3 for row in region.referrals):
        return "<p>The published table has no row for this country.</p>"
    counts = [observe(region, m.outcome.hidden) for m in models]
    body = ""
    for n, row in enumerate(region.referrals):
        if row.iso3 == iso3:
            done = row.last - region.start < models[0].world.month
            values = "".join(f"<td>{count(c[n]) if done else '…'}</td>" for c in counts)
            known = "no figure" if row.assisted is None else count(row.assisted)
            body += f"<tr><td>{row.period}: {row.counts}</td><td>{known}</td>{values}</tr>"
    return f"<table><tr><th>Rows of the table</th><th>published</th>{head}</tr>{body}</table>"


def _country_events(region, iso3: str) -> str:
    own = [e for e in region.events if e.iso3 == iso3 and region.start <= e.when <= region.end and e.kind != "context"]
    if not own:
        return ""
    lines = "".join(f"<li>{region_month(region, e.when - region.start)}: {escape(event_text(region, e))}</li>"
                    for e in own)
    return f"<p>Dated events</p><ul>{lines}</ul>"
