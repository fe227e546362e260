"""The sections of the answer in a verdict's report; they come first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from undercount.experiments.answer.estimands import WAYS
from undercount.experiments.answer.words import band, percent, where
from undercount.experiments.report import answer_figures as figures
from undercount.experiments.report.sections import Grid, Picture, Section
from undercount.experiments.report.sentences import cell
from undercount.experiments.verdict.answer_words import chance, number, persons


def flow(answer: Mapping[str, Any]) -> Section:
    """Did the hidden flow fall?"""
    rows = []
    for key, own in answer["flow"].items():
        for which, words in (("balanced_prior", "before the data"), ("posterior", "after the data"),
                             ("robust", "with an error in every cell"), ("table_prior", "by the table's own prior"),
                             ("informed", "with the statistics beyond the table")):
            if not own[which]:
                continue
            rows.append([cell(key.replace(":", " to ")), cell(words), cell(band(own[which]["quantiles"])),
                         cell(", ".join(chance(own[which]["ways"][way]) for way in WAYS))])
    ratios = [[cell(key.replace(":", " to ")), *(cell("none" if r is None else number(r)) for r in (
        own["likelihood_ratios"][way] for way in WAYS))] for key, own in answer["flow"].items()]
    return Section("answer", "Were fewer people trafficked?", pictures=[Picture(
        "answer-flow", figures.flow(answer["flow"]),
        "Where the blue line lies on the dashed one, the counts say nothing of the hidden flow. "
        f"Prior: {answer['prior']}. {answer['error_model'].capitalize()}. Data: tables/answer_flow.csv.")],
        grids=[Grid(f"Change of persons newly exploited {where(answer)}: median, 90 % interval; probabilities that "
                    "they fell by a tenth or more, stayed, rose by a tenth or more.",
                    ["years", "", "change", "fell, stayed, rose"], rows),
               Grid("How probable the data are if the flow fell, stayed, rose, relative to the most favoured: no "
                    "balance of the prior changes this.", ["years", *WAYS], ratios)])


def chain(answer: Mapping[str, Any]) -> Section:
    """What made the count fall."""
    pictures, grids = [], []
    for key, own in answer["chain"].items():
        pictures.append(Picture(
            f"answer-chain-{key.replace(':', '-')}", figures.chain(own),
            "In every simulated world the steps multiply to its own change exactly; here each is the mean after the "
            "data, and the grey one is what these worlds leave of the observed change. Data: tables/answer_chain.csv."))
        rows = [[cell(link["words"]), cell(percent(link["share"]), f"[{percent(link['share_low'])}; "
                                           f"{percent(link['share_high'])}]"), cell(number(link["mean"])),
                 cell(number(link["check"]["correlation"])),
                 cell("" if link["check"]["says"] else "says nothing", marked=not link["check"]["says"])]
                for link in (*own["groups"].values(), *own["parts"].values())]
        rows.append([cell("not matched"), cell(percent(own["unmatched"] / own["change"] if own["change"] else None)),
                     cell(number(own["unmatched"])), cell(""), cell("")])
        grids.append(Grid(
            f"{own['from']} to {own['to']}: share of the change of ln(counted), with 90 % interval; the change itself; "
            "correlation of estimate and truth on worlds of known truth. The last but one rows part “fewer people”.",
            ["", "share", "change", "correlation", ""], rows))
        grids.append(Grid(
            f"{own['from']} to {own['to']} by country: change of ln(counted) by each step, mean.",
            ["country", *(link["words"] for link in own["groups"].values())],
            [[cell(code), *(cell(number(link["mean"])) for link in links.values())]
             for code, links in own["by_country"].items()]))
    return Section("chain", "The chain of the fall", pictures=pictures, grids=grids)


def ordinary(answer: Mapping[str, Any]) -> Section:
    """Is the observed table like the simulated ones?"""
    usual = answer["ordinary"]
    text = [f"{chance(usual['tail'])} of {usual['worlds']} simulated tables lie as far out as the observed one or "
            f"farther (below {usual['bound']:g} it is out of the ordinary). Without one country: "
            + ", ".join(f"{code} {chance(tail)}" for code, tail in usual["without"].items()) + "."]
    rows = [[cell(c["iso3"]), cell(c["period"]), cell(f"{c['observed']:.0f}"),
             cell(f"{c['low']:.0f} to {c['high']:.0f}"), cell(f"{c['tail']:.3f}")] for c in usual["conflicts"]]
    seen = [[cell(c["group"]), cell(f"{c['before']} to {c['after']}"), cell(_change(c["observed"])),
             cell(band(c["prior"])), cell(band(c["posterior"]), "" if c["inside"] else "outside")]
            for c in answer["changes"]]
    grids = [Grid("Changes of the counts by group of rows: observed, and in the simulated worlds before and after the "
                  "data. Data: tables/answer_changes.csv.", ["rows", "years", "observed", "before", "after"], seen)]
    if rows:
        grids.insert(0, Grid(
            f"Cells in conflict with the others of the table (tail probability below {usual['conflict_bound']:g}, "
            f"of {len(usual['cells'])} cells). Data: tables/answer_cells.csv.",
            ["country", "period", "observed", "expected, 90 %", "tail"], rows))
    return Section("ordinary", "Is the observed table out of the ordinary?", text, grids=grids)


def _change(change: float) -> str:
    return band([change] * 3).split(" (")[0]


def rivals(answer: Mapping[str, Any]) -> Section:
    """Which rivals happened, and how large the flow was."""
    grids = []
    if answer["rivals"]:
        grids.append(Grid(
            "Probability that each rival happened, and on worlds of known truth how often one that did is stated more "
            "probable than one that did not (AUC; 0.5 is a coin).", ["rival", "before", "after", "AUC"],
            [[cell(name), cell(chance(v["prior"])), cell(chance(v["posterior"])),
              cell("" if v["auc"] is None else number(v["auc"]))] for name, v in answer["rivals"]["alone"].items()]))
        pairs = sorted(answer["rivals"]["pairs"], key=lambda p: -abs(p["posterior"] - p["prior"]))[:8]
        grids.append(Grid("The pairs whose probability the data moved most. Data: tables/answer_rivals.csv.",
                          ["pair", "before", "after"],
                          [[cell(" and ".join(p["pair"])), cell(chance(p["prior"])), cell(chance(p["posterior"]))]
                           for p in pairs]))
    grids.append(Grid(
        f"Persons newly exploited {where(answer)}, 90 %: what the counts do not narrow is of the assumptions.",
        ["year", "before", "after", ""],
        [[cell(year), *(cell(f"{persons(v[k][0])} to {persons(v[k][-1])}") for k in ("prior", "posterior")),
          cell("" if v["check"]["says"] else "says nothing", marked=not v["check"]["says"])]
         for year, v in answer["level"].items()]))
    if found := answer.get("adaptation"):
        rows = [[cell(words), *(cell(band(found[k][w])) for w in ("prior", "quantiles")),
                 cell(number(found[k]["check"]["correlation"])),
                 cell("" if found[k]["check"]["says"] else "says nothing", marked=not found[k]["check"]["says"])]
                for k, words in (("counted", "persons counted"), ("flow", "persons newly exploited"))]
        grids.append(Grid(
            f"What adaptation of routes and methods changed, {found['from']} to {found['to']}, learnt from "
            f"{found['worlds']} worlds in which it was taken away: median and 90 %; correlation of estimate and truth.",
            ["", "before", "after", "correlation", ""], rows))
    return Section("rivals", "Which rivals, and what level", grids=grids)


def checks(answer: Mapping[str, Any]) -> Section:
    """Every test of the answer."""
    rows = [[cell(row["name"]), cell(f"{row['value']:.3f}".rstrip("0").rstrip(".")), cell(row["bound"]),
             cell("holds" if row["holds"] else "fails", marked=not row["holds"])] for row in answer["checks"]]
    scores = [[cell(m["family"]), cell(m["method"]), cell(number(m["log_score"]), f"[{number(m['low'])}; "
               f"{number(m['high'])}]"), cell("chosen" if m["chosen"] else "")] for m in answer["methods"]]
    grids = [Grid("Each test with its value and bound; ● fails. Data: tables/answer_checks.csv.",
                  ["test", "value", "bound", ""], rows),
             Grid("Methods by held-out log score (nats; higher is better), on the worlds that levels are set by. "
                  "Data: tables/answer_methods.csv.", ["of", "method", "log score", ""], scores)]
    if answer["by_hand"]:
        grids.append(Grid(
            "Worlds built by hand: stated probability that the flow fell, truths inside their 90 % intervals. "
            "Data: tables/answer_by_hand.csv.",
            ["world", "counted", "change of the flow: true, stated", "fell", "inside"],
            [[cell(c["words"]), cell(f"{c['counted'][0]:.0f} to {c['counted'][1]:.0f}"),
              cell(_change(c["estimands"]["flow"]["true"]),
                   band([c["estimands"]["flow"][k] for k in ("low", "median", "high")])),
              cell(chance(c["fell"])), cell(f"{c['inside']} of {c['of']}")] for c in answer["by_hand"]]))
    return Section("answer-checks", "Is the answer to be believed?", pictures=[Picture(
        "answer-checks", figures.checks(answer),
        f"On {answer['worlds']['checked']} worlds of known truth that nothing was trained or set on. "
        "Data: tables/answer_chain.csv and answer_checks.csv.")], grids=grids)


def assumptions(answer: Mapping[str, Any]) -> Section:
    """How far the answer moves when something else is assumed."""
    rows = [[cell(row["window"].replace(":", " to ")), cell(row["kind"]), cell(row["name"]), cell(band(row["ends"])),
             cell(chance(row["fell"])), cell(percent(row["by"]), marked=row["far"])] for row in answer["sensitivity"]]
    return Section("assumptions", "What if something else is assumed?", grids=[Grid(
        "Change of the hidden flow under another assumption, and how far its median moved, in per cent of the width of "
        "the stated interval; ● more than half. Data: tables/answer_sensitivity.csv.",
        ["years", "kind", "assumption", "change", "fell", "moved"], rows)])


SECTIONS = (flow, chain, ordinary, rivals, checks, assumptions)


def sections(answer: Mapping[str, Any]) -> list[Section]:
    """Every section of the answer, in order."""
    return [section(answer) for section in SECTIONS]
