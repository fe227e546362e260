"""The sections of a verdict's report, in their order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd
from undercount.experiments.paired.basis import ALL
from undercount.experiments.report import answer_sections, attribution_figures, policy_figures
from undercount.experiments.report import verdict_figures as figures
from undercount.experiments.report.observed_sections import observed
from undercount.experiments.report.sections import Grid, Picture, Section
from undercount.experiments.report.sentences import cell, count
from undercount.experiments.verdict.answer_words import CHECKS, chance, number, persons, titles
from undercount.experiments.verdict.criteria import RECOGNISED, STAYED_WORDS
from undercount.model.known.region import Region


@dataclass(frozen=True)
class Study:
    """What `undercount attribute` or `undercount policy` found: its JSON and its tables by name."""

    folder: str
    found: Mapping[str, Any]
    tables: Mapping[str, pd.DataFrame]
    command: str


@dataclass(frozen=True)
class Sources:
    """Everything that the page is made from. `names` are countries' names by code, as far as they are known."""

    found: Mapping[str, Any]
    predictive: pd.DataFrame
    manifest: Mapping[str, Any]
    names: Mapping[str, str]
    attribution: Study | None = None
    policy: Study | None = None
    region: Region | None = None


def checks(sources: Sources) -> Section:
    """Every test of the verdict."""
    found = sources.found["checks"]
    rows = [[cell(CHECKS.get(name, name.replace("_", " ")).split(" (")[0]), cell(_value(check["value"])),
             cell(check["bound"]), cell("holds" if check["holds"] else "fails", marked=not check["holds"])]
            for name, check in found.items()]
    return Section("checks", "The checks", grids=[Grid(
        "Each test with its value and bound; ● fails. A family is named as most probable only if the tests of the "
        "methods hold. Data: verdict.json, checks.", ["check", "value", "bound", ""], rows)])


def which(sources: Sources) -> Section:
    """Probabilities of explanations and families."""
    found = sources.found
    smc = (" ABC-SMC divides between its two explanations what the forest gives both together."
           if found["third_opinion"] else "")
    rows = []
    for question in figures.asked(found):
        marks, names = figures.letters(found, question), titles(found)
        for family in found[question]["families"]:
            rows.append([cell(figures.QUESTIONS[question]), cell(marks[" / ".join(family["members"])]),
                         cell(", ".join(names[name] for name in family["members"])),
                         cell(chance(family["probability"])), cell(chance(family["rejection"]))])
    return Section("which", "Which explanation", pictures=[Picture(
        "verdict-probabilities", figures.probabilities(found),
        "Where the methods lie apart the probability is not settled; probabilities are among these "
        f"{len(titles(found))} explanations only, which count equally before the data.{smc} "
        "Data: tables/probabilities.csv.")], grids=[Grid(
            "The families that can be told apart, found from the confusion matrix: merged until a world's "
            f"family is recognised in {RECOGNISED:.2f} of the cases on average. Data: verdict.json, families.",
            ["question", "family", "members", "forest", "rejection"], rows)])


def tells(sources: Sources) -> Section:
    """Confusion matrices and calibration."""
    found = sources.found
    questions = figures.asked(found)
    diagonals = " and ".join(f"{number(found[question]['mean_diagonal']['value'])} ({figures.QUESTIONS[question]})"
                             for question in questions)
    pictures = [Picture(
        "verdict-confusion", figures.confusion(found),
        "The diagonal is the share of test worlds whose explanation was recognised, on average "
        f"{diagonals}; the rest of a row is what it was taken for. Data: tables/confusion.csv.")]
    text = []
    several = [question for question in questions if len(found[question]["families"]) > 1]
    if several:
        pictures.append(Picture(
            "verdict-families", figures.confusion_of_families(found),
            "The same for the families of each question, whose members stand in the table above by letter. "
            "Data: tables/confusion.csv."))
    else:
        text.append("No families can be told apart: merged by the confusion between them, all explanations end in one.")
    pictures.append(Picture(
        "verdict-calibration", figures.calibration(found),
        "On the dashed line stated probabilities come true as often as they say; bars: 90 % intervals of the share. "
        "Data: verdict.json, calibration."))
    return Section("tells", "Can it tell, and are its probabilities honest?", text, pictures)


def fits(sources: Sources) -> Section:
    """Predictive bands."""
    found, names = sources.found, titles(sources.found)
    best = found["fit"]["best"]
    rows = []
    for name in figures.by_probability(found):
        own = found["fit"]["by_explanation"][name]
        rows.append([cell(names[name])] + [part for each in (own, own["prior"]) for part in (
            cell(number(each["cells_covered"])),
            cell(f"{sum(t['inside'] for t in each['totals'].values())} of {len(each['totals'])}"),
            cell("fits" if each["fits"] else "does not fit", marked=not each["fits"]))])
    return Section("fits", "Does an explanation fit at all?", pictures=[Picture(
        "verdict-fit", figures.fit_by_country(sources.predictive, best, sources.names),
        f"Leading explanation, {names[best]}: an observed point outside the blue bar is a count that the explanation "
        "does not reach after the data; grey bars may leave a panel, and vertical scales differ. "
        "Data: tables/predictive.csv.")], grids=[Grid(
            "Share of the cells, and number of yearly totals, inside the 90 % bands: after the data, and from the "
            "priors alone. ● does not fit. Data: verdict.json, fit.",
            ["explanation", "cells", "totals", "", "cells, priors", "totals, priors", ""], rows)])


def hidden_flow(sources: Sources) -> Section:
    """What the counts do not show."""
    found = sources.found
    flow = found["hidden_flow"]
    rows = []
    for key, question in figures.FLOWS.items():
        for name, meaning in (flow["quantities"].items() if found[key] else ()):
            how = number if name == "assisted_ratio" else persons
            rows.append([cell(question), cell(meaning), *(
                cell(how(values[len(values) // 2]), f"[{how(values[0])}; {how(values[-1])}]")
                for values in found[key]["averaged"][name].values()),
                cell(", ".join(chance(found[key]["change"][name][way]) for way in ("fell", "stayed", "rose")))])
    head = ["question", "quantity", *flow["averaged"]["newly_exploited"],
            f"fell, stayed, rose, {flow['peak']} to {flow['last']}"]
    return Section("hidden", "The hidden flow beside the counts", pictures=[
        Picture("verdict-hidden-flow", figures.hidden(found),
                "The black line is what was counted, the blue fans are what by the model happened unseen, averaged "
                "over explanations; where a fan fills the dashed lines the data added nothing. "
                "Data: tables/hidden_flow.csv."),
        Picture("verdict-hidden-change", figures.change(found),
                f"Whether the hidden flow fell from {flow['peak']} to {flow['last']}, averaged and under each "
                "explanation: rows that differ say that the answer hangs on the explanation. "
                "Data: verdict.json, hidden_flow.")],
        grids=[Grid("Median and 90 % interval by year, averaged over the explanations; probabilities that the quantity "
                    f"fell by {STAYED_WORDS} or more, stayed, or rose by {STAYED_WORDS} or more. "
                    "Data: tables/hidden_flow.csv.",
                    head, rows)])


def prediction(sources: Sources) -> Section:
    """The year that was held out."""
    key, title, held = "prediction", "Does it predict?", sources.found["prediction"]
    if held is None:
        return Section(key, title, ["The table has no two full years, so none could be held out."])
    rows = [[cell("from the years before"), cell(number(held["score"])), cell("last year persists"),
             cell(number(held["last_year_persists"]))],
            [cell("and the year's total"), cell(number(held["score_with_total"])), cell("last year's shares"),
             cell(number(held["last_years_shares"]))]]
    return Section(key, title, pictures=[Picture(
        "verdict-prediction", figures.prediction(sources.found, sources.names),
        f"{held['period']} forecast without having seen it: the forecast is of use where its median lies nearer to the "
        "observed point than the year before does; values below 1 are drawn at 1. Data: tables/prediction.csv.")],
        grids=[Grid("Sum over the countries of |forecast − observed|, relative to the sum observed: 0 is perfect. "
                    "Data: verdict.json, prediction.", ["forecast", "score", "naive forecast", "score"], rows)])


def stable(sources: Sources) -> Section:
    """The same question asked in other ways."""
    share = sources.found["stability"]["same_family"]
    return Section("stability", "Is it stable?", pictures=[Picture(
        "verdict-stability", figures.stability(sources.found),
        "Each row asks the table in another way, bold is its most probable explanation: the most probable family is "
        f"the same in {100 * share:.0f} % of the variants. Data: tables/stability.csv.")])


def further(sources: Sources) -> Section:
    """What else could be published."""
    if not sources.found["further_observation"]["candidates"]:
        return Section("further", "What further observation would tell", ["None was tried."])
    return Section("further", "What further observation would tell", pictures=[Picture(
        "verdict-further", figures.further(sources.found),
        "What each figure, published for every year, would add to the share of test worlds whose explanation is "
        "recognised; grey: the interval does not exclude that it adds nothing. Data: tables/further_observation.csv.")])


def informed(sources: Sources) -> Section:
    """What comes from data and what from priors."""
    found, names, rows = sources.found["informed"], titles(sources.found), []
    for name in figures.by_probability(sources.found):
        known = [(u, c["contraction"]) for u, c in found[name].items() if c["informed"]]
        known = sorted(known, key=lambda entry: -entry[1]["value"])
        rows.append([cell(names[name]), cell(f"{len(found[name]) - len(known)} of {len(found[name])}"),
                     cell(", ".join(f"{u} ({number(c['value'])})" for u, c in known[:6])
                          + (f" and {len(known) - 6} more" if len(known) > 6 else "") or "none")])
    return Section("informed", "What comes from data, what from priors", grids=[Grid(
        "Unknowns of each explanation that the data did not inform (contraction below 0.2: their answer is that of the "
        "prior), and those that they informed most, with the contraction: 0 as wide as before, 1 known. "
        "Data: tables/informed.csv.", ["explanation", "not informed", "informed most"], rows)])


def attribution(sources: Sources) -> Section | None:
    """What `undercount attribute` found."""
    study = sources.attribution
    if study is None:
        return None
    window = study.found["window"]
    before, after = str(window["from"]), str(window["to"])
    summary, totals = study.tables["summary"], study.tables["totals"]
    scopes = [scope for scope in summary["scope"].unique() if scope != ALL]
    pictures = [Picture(
        "verdict-attribution", attribution_figures.waterfall(
            totals, summary, before, after, observed=window["observed"][1] - window["observed"][0]),
        f"Step by step from the change without the causes to the change with all of them. {study.found['caveat']} "
        f"Draws: {study.found['draws']}. Data: {study.folder}/summary.csv and totals.csv.")]
    if scopes:
        pictures.append(Picture(
            "verdict-attribution-explanations", attribution_figures.by_explanation(summary, scopes, before, after),
            "What a cause makes of the counts differs with the explanation that is true: read along a column. "
            f"Data: {study.folder}/summary.csv."))
    return Section("attribution", "Which mechanism made the fall, within the model", _incomplete(study), pictures)


def policy(sources: Sources) -> Section | None:
    """What `undercount policy` found."""
    study = sources.policy
    if study is None:
        return None
    levers = {lever["name"]: (lever["title"], lever["prong"]) for lever in study.found["levers"]}
    effort = study.found["main_effort"]
    return Section("policy", "What levers would do", [study.found["effort"], *_incomplete(study)], [Picture(
        "verdict-policy", policy_figures.pairs(study.tables["summary"], levers, effort),
        f"Each lever at effort {effort:g}: where the two marks of a row lie apart, networks that adapt undo the lever "
        "or add to it, and a triangle marks a lever that the counts misjudge; medians and 90 % of the draws. "
        f"{study.found['caveat']} Data: {study.folder}/summary.csv.")])


def _incomplete(study: Study) -> list[str]:
    return [] if study.found["complete"] else [f"Not finished; to go on: {study.command}"]


def statistics(sources: Sources) -> Section | None:
    """Evidence beyond the table."""
    everything = sources.found["table_and_statistics"]
    if everything is None:
        return None
    rows = [[cell(s["name"]), cell(f"{s['value']:,g}"), cell(s["bound"]), cell(f"{s['error']:g}"), cell(s["source"])]
            for s in everything["statistics"]]
    return Section("statistics", "Statistics beyond the table", grids=[Grid(
        "What was published, how it is read (the value itself, or a bound), the assumed standard deviation of its "
        "logarithm, and its source. Data: observed/statistics.csv of the region.",
        ["statistic", "value", "read as", "error", "source"], rows)])


def provenance(sources: Sources) -> Section:
    """Where everything on the page comes from."""
    found, manifest = sources.found, sources.manifest
    reference, observed = found["reference"], found["observed"]
    flat = {
        "observed table": f"{observed['file']}: {observed['cells']} known cells, {observed['masked']} without a figure",
        "reference table": str(manifest.get("reference", "")),
        "worlds": f"{count(reference['worlds'])}, at least {count(reference['worlds_an_explanation'])} of each "
                  f"explanation; {count(reference['held_out'])} kept out of all training",
        "seed of the reference": str(reference["seed"]), "persons an agent": count(reference["people_per_agent"]),
        "code digest": reference["code"], "undercount": found["undercount"], "commit": str(manifest.get("commit", "")),
        "seed of the methods": str(found["seed"]), "effort": found["effort"],
        "packages": ", ".join(f"{k} {v}" for k, v in manifest.get("packages", {}).items())}
    text = [
        "What is real: the observed counts and the published statistics, each with its source; and the region's "
        "inputs.",
        "What is synthetic: all else. The hidden flow is what the model's assumptions imply given these counts, not a "
        "count of persons; every person in it is simulated."]
    rows = [[cell(k), cell(v)] for k, v in flat.items() if v]
    explanations = [[cell(name), cell(title)] for name, title in reference["explanations"].items()]
    return Section("provenance", "Provenance", text, grids=[
        Grid("From verdict.json and manifest.json.", ["", ""], rows),
        Grid("The explanations.", ["name", "title"], explanations)])


def _value(value: Any) -> str:
    return str(value) if isinstance(value, int) else f"{value:.3f}".rstrip("0").rstrip(".")


SECTIONS = (checks, which, tells, fits, hidden_flow, prediction, stable, further, informed, attribution, policy,
            statistics, provenance)


ALWAYS = (attribution, policy, provenance)  # whether single explanations were compared or not


def sections(sources: Sources) -> list[Section]:
    """The answer's sections, then those of the single explanations if there are any."""
    found = sources.found
    first = answer_sections.sections(found["answer"]) if "answer" in found else []
    if sources.region is not None:
        first.append(observed(sources.region))
    rest = (make(sources) for make in (SECTIONS if "table" in found else ALWAYS))
    return first + [section for section in rest if section is not None]


