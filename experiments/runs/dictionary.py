"""What stands in every table of a folder of runs: column, unit, meaning.

docs/tables.md and the metadata of the files are made from it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import pyarrow as pa
from undercount.experiments.runs.outputs import Output

import undercount

PERSONS, COUNT = "persons", "number"


class Column(NamedTuple):
    """unit, meaning, and whether the column is part of the table's key."""

    unit: str
    meaning: str
    key: bool = False


RUN = {
    "scenario": Column("", "name of the scenario", True),
    "point": Column("", "point of the sweep, 0: the scenario's own values; only in a sweep", True),
    "replicate": Column("", "number of the replicate", True),
    "seed": Column("", "seed of every draw of the run"),
}
MONTH_AND_COUNTRY = {
    "month": Column("YYYY-MM", "calendar month", True),
    "country": Column("ISO 3166", "where it happened; of recruits and those who set out, whence", True),
}
TABLES: dict[str, dict[str, Column]] = {
    "runs": RUN | {
        "people_per_agent": Column(PERSONS, "persons that one agent at home stands for; 0: pools"),
        "months": Column("months", "months that were run"),
        "persons": Column(PERSONS, "persons at risk"),
        "agents": Column(COUNT, "rows that stand for them: agents or pools"),
        "newly_exploited": Column(PERSONS, "sum over months and countries"),
        "assisted": Column(PERSONS, "sum over months and countries"),
        "content_sha256": Column("", "hash of all tallies: equal if two runs are the same"),
    },
    "referrals": RUN | {
        "country": Column("ISO 3166", "row of the observed table", True),
        "year": Column("period", "its period: a year, or part of one such as 2004-Q1", True),
        "assisted": Column(PERSONS, "what the row would show of the kind that it counts: assisted, repatriated, "
                           "identified or registered"),
    },
    "hidden": RUN | MONTH_AND_COUNTRY | {
        "newly_exploited": Column(PERSONS, "came into exploitation"),
        "in_exploitation": Column(PERSONS, "in exploitation: a stock, to be summed to person-months"),
        "in_public": Column(PERSONS, "of them in public venues"),
        "identified": Column(PERSONS, "met by somebody who could have recognised them"),
        "recognised": Column(PERSONS, "recognised as victims"),
        "misidentified": Column(PERSONS, "taken for offenders or irregular migrants"),
        "offered_help": Column(PERSONS, "were offered assistance"),
        "refused": Column(PERSONS, "refused it"),
        "no_place": Column(PERSONS, "accepted and found no place"),
        "assisted": Column(PERSONS, "were assisted"),
        "repatriated": Column(PERSONS, "were brought home by an assisted return"),
        "escaped": Column(PERSONS, "escaped from exploitation"),
        "released": Column(PERSONS, "were let go"),
        "returned": Column(PERSONS, "came back home, by country of origin"),
        "retrafficked": Column(PERSONS, "came to be at risk again after a return"),
        "deported": Column(PERSONS, "were turned back or deported"),
        "listed_assisted": Column(PERSONS, "assisted and on the country's list"),
        "listed_repatriated": Column(PERSONS, "repatriated and on the country's list"),
        "listed_identified": Column(PERSONS, "recognised as victims and in the country's figures"),
        "registered": Column(PERSONS, "recognised as victims and reported by somebody"),
        "registered_by_police": Column(PERSONS, "of them reported by the police"),
        "registered_by_border": Column(PERSONS, "by border guards"),
        "registered_by_inspectors": Column(PERSONS, "by inspectors"),
        "registered_by_care": Column(PERSONS, "by hotlines, outreach or shelters"),
    },
    "actors": RUN | MONTH_AND_COUNTRY | {
        "recruiters_active": Column("cells", "recruiters at work, by base country"),
        "recruiters_in_custody": Column("cells", "recruiters in custody"),
        "arrests": Column("cells", "arrests of the month"),
        "officials_in_pay": Column(COUNT, "officials in the pay of a network"),
        "bribes_taken": Column(PERSONS, "persons who passed, or were kept, by a bribe"),
        "officials_investigated": Column(COUNT, "investigations of officials"),
        "officials_dismissed": Column(COUNT, "officials dismissed"),
        "shelter_places": Column("places", "places of shelters"),
        "shelter_used": Column("places", "of them taken"),
        "set_out": Column(PERSONS, "began to look for a way out"),
        "independent": Column(PERSONS, "went by the legal way"),
        "smuggled": Column(PERSONS, "hired a smuggler"),
        "inspections": Column(PERSONS, "were inspected at a border"),
        "recruits": Column(PERSONS, "took a recruiter's offer"),
        "recruits_of_acquaintances": Column(PERSONS, "of them an acquaintance's"),
    },
    "flows": RUN | {
        "month": Column("YYYY-MM", "calendar month", True),
        "origin": Column("ISO 3166", "home", True),
        "destination": Column("ISO 3166", "country of exploitation", True),
        "entry_mode": Column("", "how the last border was passed", True),
        "venue": Column("", "kind of venue", True),
        "newly_exploited": Column(PERSONS, "came into exploitation; combinations without anybody have no row"),
    },
    "lists": RUN | {
        "year": Column("year", "calendar year", True),
        "country": Column("ISO 3166", "whose lists", True),
        "police": Column("true or false", "on the list of the police", True),
        "assistance": Column("true or false", "on the list of those who assist", True),
        "hotline": Column("true or false", "on the list of the hotline", True),
        "persons": Column(PERSONS, "on exactly these lists; combinations without anybody have no row"),
        "held_public": Column(PERSONS, "of them held in this country in this year, in a public venue"),
        "held_private": Column(PERSONS, "of them held in this country in this year, in a private venue"),
        "months_public": Column("months", "ends of months at which those in public venues were held, added up"),
        "months_private": Column("months", "ends of months at which those in private venues were held, added up"),
        "relisted": Column(PERSONS, "of them listed once more in the same year, at home"),
    },
    "points": {"scenario": RUN["scenario"], "point": RUN["point"]},
    "outputs": dict(RUN),
}
ABOUT = {
    "runs": "one row a run", "referrals": "what the observed table would show", "hidden": "what truly happened",
    "actors": "recruiters, officials, shelters, and ways of leaving", "flows": "who was taken where",
    "lists": "how many are on which lists", "points": "of a sweep: the values in effect at every point",
    "outputs": "of a sweep: what is mostly asked of a run",
}


def described(name: str, table: pa.Table, about: Mapping[str, str], outputs: Mapping[str, Output]) -> pa.Table:
    """The table with unit and meaning in the metadata of its columns, and `about` and the version in its own.

    A swept name has no entry of its own; docs/ODD.md says what it means. Values and types stay as they are.
    """
    fields = []
    for field in table.schema:
        if field.name in outputs:
            unit, meaning = outputs[field.name].unit, outputs[field.name].title
        else:
            unit, meaning, _ = TABLES[name].get(field.name, Column("", "value in effect"))
        fields.append(field.with_metadata({"unit": unit, "description": meaning}))
    head = {"table": name, "description": ABOUT[name], "undercount": undercount.__version__, **about}
    return table.cast(pa.schema(fields, metadata=head))
