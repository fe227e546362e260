"""`undercount schema`: the JSON Schema of scenario files, for editors."""

import json
from typing import Any

import click
from undercount.model.assumed.mechanisms import MECHANISMS
from undercount.model.assumed.parameters import Parameters, specs
from undercount.model.assumed.scenario_checks import FACTORS, LONGEST_RAMP, SIZES

MONTH = {"type": "string", "pattern": r"^(19|20)[0-9]{2}-(0[1-9]|1[0-2])$"}
TEXT = {"type": "string", "minLength": 1}


@click.command("schema")
def command() -> None:
    """Print the JSON Schema of scenario files (for taplo, tombi and other editors)."""
    click.echo(json.dumps(schema(), indent=2, ensure_ascii=False))


def schema() -> dict[str, Any]:
    """The schema, from the parameters, the mechanisms and the form of an event."""
    own = Parameters.model_json_schema()
    properties: dict[str, Any] = {
        "title": TEXT | {"description": "One line."},
        "description": {"type": "string"},
        "extends": {"description": "A scenario by name, or a path relative to this file; or a list of them.",
                    "anyOf": [TEXT, {"type": "array", "minItems": 1, "items": TEXT}]},
        "region": TEXT | {"description": "A region by name, or the path of its folder."},
        "drop_events": {"type": "array", "items": TEXT, "description": "Inherited events to leave out."},
        "mechanisms": {
            "type": "object", "additionalProperties": False,
            "properties": {m.name: {"type": "boolean", "description": f"{m.code}: {m.meaning}. Off: {m.off}."}
                           for m in MECHANISMS.values()}},
    }
    for group, reference in own["properties"].items():
        definition = own["$defs"][reference["$ref"].rsplit("/", 1)[1]]
        properties[group] = {
            "type": "object", "additionalProperties": False, "description": definition.get("description", ""),
            "properties": {key: _quantity(entry) for key, entry in definition["properties"].items()}}
    properties["onsets"] = {"type": "object", "additionalProperties": _onset()}
    properties["events"] = {"type": "array", "items": _event()}
    properties["calibrated"] = {"type": "object", "description": "Point values found by `undercount calibrate`."}
    return {"$schema": "http://json-schema.org/draft-07/schema#", "title": "Undercount scenario",
            "type": "object", "additionalProperties": False, "required": ["title"], "properties": properties}


def _quantity(entry: dict[str, Any]) -> dict[str, Any]:
    """A number, or the three that say that it is unknown."""
    number = {"type": "number", "minimum": entry["minimum"], "maximum": entry["maximum"]}
    about = {key: entry[key] for key in ("default",) if key in entry}
    if "unit" in entry:
        low, high = entry["sweep"]
        about["description"] = (f"{entry['description']}. Unit: {entry['unit']}. Open {low:g} to {high:g}. "
                                f"Source: {entry['source']}.")
    unknown = {"type": "object", "additionalProperties": False, "required": ["value", "low", "high"],
               "properties": dict.fromkeys(("value", "low", "high"), number)}
    return about | {"anyOf": [number, unknown]}


def _onset() -> dict[str, Any]:
    months = dict.fromkeys(("value", "low", "high"), MONTH)
    unknown = {"type": "object", "additionalProperties": False, "required": list(months), "properties": months}
    return {
        "type": "object", "additionalProperties": False,
        "description": "When an explanation begins, how long it takes to be there, and how large it is.",
        "properties": {
            "when": {"anyOf": [MONTH, unknown]},
            "ramp": _quantity({"minimum": 0, "maximum": LONGEST_RAMP}),
            "size": _quantity({"minimum": SIZES[0], "maximum": SIZES[1]}),
            "included": {"type": "number", "minimum": 0, "maximum": 1,
                         "description": "Prior probability that it happens at all."},
            "happens": {"type": "boolean", "description": "Does it happen? (where it is drawn: until it is drawn)"},
            "source": TEXT,
        }}


def _event() -> dict[str, Any]:
    return {
        "type": "object", "additionalProperties": False,
        "required": ["name", "where", "parameter", "source"],
        "allOf": [{"oneOf": [{"required": ["factor"]}, {"required": ["value"]}]},
                  {"oneOf": [{"required": ["when"]}, {"required": ["onset"]}]}],
        "properties": {
            "name": {"type": "string", "pattern": "^[a-z0-9-]{1,60}$"},
            "when": MONTH | {"description": "From this month on."},
            "onset": TEXT | {"description": "The onset that says when, how fast and how strongly."},
            "where": {"description": "Country codes; or everywhere, origins, destinations, observed-origins, "
                                     "observed-destinations, a group of countries.csv.",
                      "anyOf": [{"type": "array", "minItems": 1, "uniqueItems": True, "items": TEXT}, TEXT]},
            "parameter": {"enum": list(specs())},
            "factor": _quantity({"minimum": FACTORS[0], "maximum": FACTORS[1]}),
            "value": _quantity({"minimum": min(spec.allowed[0] for spec in specs().values()),
                                "maximum": max(spec.allowed[1] for spec in specs().values())}),
            "ramp": {"type": "integer", "minimum": 0, "maximum": LONGEST_RAMP,
                     "description": "Months over which it is reached; 0 is at once."},
            "until": MONTH | {"description": "Its last month."},
            "source": TEXT,
        }}
