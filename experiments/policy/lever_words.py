"""The comparison of levers in plain words and as JSON; nothing is said that the tables do not carry."""

from __future__ import annotations

from typing import Any

import pandas as pd
from undercount.experiments.paired.basis import ALL, DRAWS
from undercount.experiments.policy.plan import Comparison
from undercount.experiments.policy.tables import FLAGS
from undercount.experiments.policy.trial import NETWORKS

CAVEAT = "Effects within the model, not forecasts: they follow from stated assumptions and swept ranges."
EFFORT = ("Each lever moves one parameter by the same fraction, the effort, of the way from its drawn value to the end "
          "of its swept range that protects. Costs are not known and not compared.")
METHOD = ("Every draw is simulated with and without the lever with the same luck, from the start month to the end of "
          "the period; once with networks that never relearn, once with networks that relearn routes and methods. "
          "Figures: median and the middle 90 % of the draws. A direction is named if significantly more than half of "
          "the draws have it (sign test, 5 %).")
MEASURES = ("persons_kept", "persons_kept_percent", "person_months_avoided", "person_months_percent", "counts_change",
            "counts_percent")


def words(plan: Comparison, summary: pd.DataFrame, rank: pd.DataFrame, draws: int) -> list[str]:
    """Lines for a reader, at the main effort and over all draws."""
    titles = {lever.name: lever.title for lever in plan.levers}
    own = summary[(summary["scope"] == ALL) & (summary["effort"] == plan.main_effort)]
    lines = [CAVEAT, EFFORT, f"Draws: {plan.basis.words}."]
    if draws < DRAWS:
        lines.append(f"Only {draws} draws: {DRAWS} or more are advised.")
    lines.append(f"Effort {plan.main_effort:g} from {plan.start} to {plan.region.end}. Person-months of exploitation "
                 "avoided, in per cent of the same draw without the lever (middle 90 % of the draws):")
    for lever in own[own["networks"] == "adapting"].sort_values("rank")["lever"]:
        pieces = []
        for networks in NETWORKS:
            row = _one(own, lever, networks)
            low, middle, high = (_tenths(getattr(row, f"person_months_percent{end}")) for end in ("_05", "", "_95"))
            pieces.append(f"{networks} {middle} ({low} to {high}), counts {_tenths(row.counts_percent, '+')} %")
        lines.append(f"  {titles[lever]}: " + "; ".join(pieces))
    for name in FLAGS:
        for networks in NETWORKS:
            flagged = own[(own["flag"] == name) & (own["networks"] == networks)]["lever"]
            if len(flagged):
                lines.append(f"{name[0].upper()}{name[1:]} (networks {networks}): "
                             + ", ".join(titles[lever] for lever in flagged) + ".")
    if not (own["flag"] == FLAGS[0]).any():
        lines.append("No lever is seen to lower counts and not harm.")
    kept = rank[(rank["scope"] == ALL) & rank["keeps_rank"]]["lever"]
    lines.append("Same rank by person-months avoided, frozen and adapting: "
                 + (", ".join(titles[lever] for lever in kept) or "no lever")
                 + f" ({len(kept)} of {len(plan.levers)}).")
    return lines


def as_json(plan: Comparison, summary: pd.DataFrame, rank: pd.DataFrame, draws: int, complete: bool) -> dict[str, Any]:
    """The content of policy.json; its keys are stable.

    caveat, effort, method, words            plain words
    complete                                 whether every draw is in it
    posterior, draws                         whether a posterior was drawn from, and which
    start, end, efforts, main_effort         what was tried; `main_effort` is the one of ranks and words
    people_per_agent, levers                 the scale; each lever with its parameter and source
    scopes -> all or an explanation -> draws, levers -> name ->
        rank: frozen, adapting, kept         among all levers, by person-months avoided in per cent
        effects: a list of networks and effort, each with rank, rank_kept, harm_falls, counts_fall, flag, and
            median, low and high (90 % of the draws) of every measure
    """
    scopes: dict[str, Any] = {}
    for scope in summary["scope"].unique():
        levers = {}
        for lever in plan.levers:
            mine = summary[(summary["scope"] == scope) & (summary["lever"] == lever.name)]
            place = next(rank[(rank["scope"] == scope) & (rank["lever"] == lever.name)].itertuples())
            levers[lever.name] = {
                "rank": {"frozen": int(place.rank_frozen), "adapting": int(place.rank_adapting),
                         "kept": bool(place.keeps_rank)},
                "effects": [
                    {"networks": row.networks, "effort": float(row.effort), "rank": int(row.rank),
                     "rank_kept": _number(row.rank_kept), "harm_falls": _number(row.harm_falls),
                     "counts_fall": _number(row.counts_fall), "flag": row.flag or None}
                    | {name: {"median": _number(getattr(row, name)), "low": _number(getattr(row, f"{name}_05")),
                              "high": _number(getattr(row, f"{name}_95"))} for name in MEASURES}
                    for row in mine.itertuples()]}
        scopes[scope] = {"draws": int(summary[summary["scope"] == scope]["draws"].iloc[0]), "levers": levers}
    return {
        "caveat": CAVEAT, "effort": EFFORT, "method": METHOD, "complete": complete, "posterior": plan.basis.posterior,
        "draws": plan.basis.words, "start": str(plan.start), "end": str(plan.region.end), "efforts": list(plan.efforts),
        "main_effort": plan.main_effort, "people_per_agent": plan.people_per_agent,
        "levers": [{"name": v.name, "title": v.title, "prong": v.prong, "parameter": v.parameter, "toward": v.toward,
                    "where": v.where, "source": v.source} for v in plan.levers],
        "scopes": scopes, "words": words(plan, summary, rank, draws)}


def _one(table: pd.DataFrame, lever: str, networks: str) -> Any:
    return next(table[(table["lever"] == lever) & (table["networks"] == networks)].itertuples())


def _tenths(value: float, sign: str = "-") -> str:
    return f"{round(value, 1) + 0.0:{sign}.1f}"


def _number(value: float) -> float:
    return float(f"{value:.10g}")
