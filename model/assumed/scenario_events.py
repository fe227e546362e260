"""Events and onsets of a scenario: read from its files, then placed in the months and countries of its region."""

from __future__ import annotations

import re

from undercount.model.assumed.scenario_checks import (
    LONGEST_RAMP,
    SIZE_ABOVE,
    SIZES,
    Event,
    Onset,
    check_setup,
    check_span,
    event_parameter,
    event_span,
    read_month,
    read_onset_month,
    read_quantity,
    read_ramp,
    read_text_value,
    read_where,
)
from undercount.model.assumed.scenario_foreign import places_of
from undercount.model.assumed.scenario_pieces import Draft, Pieces
from undercount.model.files.toml_in import Source, Where, describe

EVENT_KEYS = ("name", "when", "where", "apart", "parameter", "factor", "value", "ramp", "until", "onset", "source")
ONSET_KEYS = ("when", "ramp", "size", "included", "happens", "source")
ANYWHERE = ()  # an onset without a range of its own: swept over the region's window


def merge_onsets(pieces: Pieces, source: Source, onsets: object) -> None:
    """Tables [onsets.NAME]; one that a parent has already may give some of the keys anew."""
    if not isinstance(onsets, dict):
        source.bad(("onsets",), "onsets", describe(onsets), "tables [onsets.NAME]")
        return
    for name, content in onsets.items():
        at, label = ("onsets", name), f"onsets.{name}"
        if not re.fullmatch(r"[a-z0-9-]{1,60}", name):
            source.bad(at, label, describe(name), "a name of small letters, digits and hyphens")
        elif not isinstance(content, dict):
            source.bad(at, label, describe(content), f"a table [{label}]")
        else:
            known = pieces.onset_drafts.get(name)
            pieces.onset_drafts[name] = _read_onset(source, at, label, content, known.fields if known else {})


def _read_onset(source: Source, at: Where, label: str, content: dict, inherited: dict) -> Draft:
    draft = Draft(source, at, label, {"included": 1.0, **inherited})
    place = lambda key: (source, (*at, key), f"{label}.{key}")  # noqa: E731
    for key in content:
        if key not in ONSET_KEYS:
            source.bad((*at, key), f"{label}.{key}", describe(key), "keys " + ", ".join(ONSET_KEYS), ONSET_KEYS)
    for key in ("size", "source"):
        if key not in content and key not in inherited:
            source.bad(at, f"{label}.{key}", "nothing", "a value: an onset has a size and a source")
    if "when" in content:
        draft.fields["when"], draft.fields["months"] = read_onset_month(*place("when"), content["when"])
    draft.fields.setdefault("ramp", (0.0, None))
    for key, span, unit in (("ramp", (0.0, float(LONGEST_RAMP)), "months"), ("size", SIZES, "factor")):
        if key in content and (quantity := read_quantity(*place(key), content[key], span, unit)):
            draft.fields[key] = quantity
            if key == "size" and (least := min((quantity[0], *(quantity[1] or ())))) <= 0.0:
                source.bad((*at, key), f"{label}.size", describe(least), SIZE_ABOVE)
    if "included" in content:
        quantity = read_quantity(*place("included"), content["included"], (0.0, 1.0), "share")
        draft.fields["included"] = quantity[0] if quantity else 1.0
    if "happens" in content:
        if not isinstance(content["happens"], bool):
            source.bad((*at, "happens"), f"{label}.happens", describe(content["happens"]), "true or false")
        draft.fields["happens"] = content["happens"]
    if "source" in content:
        draft.fields["source"] = read_text_value(*place("source"), content["source"])
    return draft


def merge_events(pieces: Pieces, source: Source, events: object) -> None:
    if not isinstance(events, list):
        source.bad(("events",), "events", describe(events), "tables [[events]]")
        return
    seen: dict[str, int | None] = {}
    for i, content in enumerate(events):
        at = ("events", i)
        if not isinstance(content, dict):
            source.bad(at, f"events[{i + 1}]", describe(content), "a table [[events]]")
            continue
        for one in _one_for_each_place(pieces, source, at, i, content):
            _merge_event(pieces, source, at, i, one, seen)


def _one_for_each_place(pieces: Pieces, source: Source, at: Where, i: int, content: dict) -> list[dict]:
    """The event itself or, with `apart`, one for each country: NAME-bih, NAME-alb, ... with an unknown of its own."""
    apart, name = content.get("apart", False), content.get("name")
    plain = {key: value for key, value in content.items() if key != "apart"}
    if not isinstance(apart, bool):
        source.bad((*at, "apart"), f"events[{i + 1}].apart", describe(apart), "true or false")
    if apart is not True or pieces.region is None or not isinstance(name, str):
        return [plain]
    where = places_of(pieces, source, name, content.get("where"))
    if where == [] and content["where"] != []:
        return []  # nowhere on this region
    places = read_where(source, (*at, "where"), f"events.{name}.where", where, pieces.region)
    return [plain | {"name": f"{name}-{iso3.lower()}", "where": [iso3]} for iso3 in places or ()]


def _merge_event(pieces: Pieces, source: Source, at: Where, i: int, content: dict, seen: dict[str, int | None]) -> None:
    name = content.get("name")
    valid = isinstance(name, str) and re.fullmatch(r"[a-z0-9-]{1,60}", name)
    draft = _read_event(source, at, f"events.{name}" if valid else f"events[{i + 1}]", content)
    if not valid:
        source.bad((*at, "name"), f"{draft.label}.name", "nothing" if name is None else describe(name),
                   "a name of small letters, digits and hyphens")
    elif name in seen:
        source.bad((*at, "name"), f"{draft.label}.name", describe(name),
                   f"each name once (also on line {seen[name]})")
    else:
        seen[name] = source.line((*at, "name"))
        draft.fields["name"] = name
    pieces.drafts[name if valid else f"events[{i + 1}] {source.file}"] = draft


def _read_event(source: Source, at: Where, label: str, content: dict) -> Draft:
    draft = Draft(source, at, label, {"where": content.get("where")})
    place = lambda key: (source, (*at, key), f"{label}.{key}")  # noqa: E731
    for key in content:
        if key not in EVENT_KEYS:
            source.bad((*at, key), f"{label}.{key}", describe(key), "keys " + ", ".join(EVENT_KEYS), EVENT_KEYS)
    spec = event_parameter(*place("parameter"), content.get("parameter"))
    hangs = "onset" in content
    for key in ("when", "ramp") if hangs else ():
        if key in content:
            source.bad((*at, key), f"{label}.{key}", describe(content[key]),
                       "nothing: the onset says when and how fast")
    draft.fields |= {
        "parameter": spec and spec.path,
        "onset": (read_text_value(*place("onset"), content["onset"]) or "") if hangs else "",
        "when": None if hangs else read_month(*place("when"), content.get("when")),
        "until": read_month(*place("until"), content["until"]) if "until" in content else None,
        "ramp": 0 if hangs else read_ramp(*place("ramp"), content.get("ramp", 0)),
        "source": read_text_value(*place("source"), content.get("source")),
    }
    kinds = [kind for kind in ("factor", "value") if kind in content]
    if len(kinds) != 1:
        source.bad((*at, *kinds[:1]), label, "both factor and value" if kinds else "neither factor nor value",
                   "either factor or value")
        return draft
    kind = kinds[0]
    draft.fields["kind"] = kind
    if kind == "factor" or spec:
        quantity = read_quantity(*place(kind), content[kind], *event_span(kind, spec))
        draft.fields["amount"], draft.prior = quantity or (None, None)
        if hangs and draft.prior:
            source.bad((*at, kind), f"{label}.{kind}", "a range", "a number: what is unknown of it is the onset's size")
    return draft


def _place_onsets(pieces: Pieces) -> None:
    """Onsets in the region's months, and their unknowns among the priors."""
    onsets, region = [], pieces.region
    for name, draft in pieces.onset_drafts.items():
        known = draft.fields
        if "when" not in known or known.get("months") == ANYWHERE:
            there = pieces.region_onsets.get(name, {})
            known["months"] = first, last = there.get("months", region.onset_window)
            known.setdefault("when", there.get("when", first + (last - first) // 2))
            known["source"] = there.get("source", _source_here(pieces, draft))
        for month in (known.get("when"), *(known.get("months") or ())):
            check_span(draft.source, draft.at, draft.label, month, None, region)
        if pieces.problems.count:
            continue
        (ramp, ramps), (size, sizes), months = known["ramp"], known["size"], known.get("months")
        happens = known.get("happens", True) and known["included"] > 0.0
        onset = Onset(name, known["when"], int(round(ramp)), size, known["included"], happens, known["source"])
        onsets.append(onset)
        spans = {"when": months and (float(months[0] - region.start), float(months[1] - region.start)), "ramp": ramps,
                 "size": sizes, "included": (0.0, 1.0) if 0.0 < onset.included < 1.0 else None}
        pieces.priors |= {onset.path(key): span for key, span in spans.items() if span}
    pieces.onsets = tuple(onsets)


def _source_here(pieces: Pieces, draft: Draft) -> str:
    """The onset's own source, unless it speaks of the region that its file was written for."""
    if id(draft.source) not in pieces.foreign:
        return draft.fields.get("source", "")
    return (f"{pieces.region.name} says nothing of this onset: month in its onset_window; ramp and size: assumption, "
            "swept")


def place_events(pieces: Pieces) -> None:
    _place_onsets(pieces)
    onsets = {onset.name: onset for onset in pieces.onsets}
    events = []
    for draft in pieces.drafts.values():
        known, region = draft.fields, pieces.region
        check_span(draft.source, draft.at, draft.label, known.get("when"), known.get("until"), region)
        check_setup(draft.source, draft.at, draft.label, known, region)
        key = f"{draft.label}.where"
        if known["onset"] and known["onset"] not in pieces.onset_drafts:
            draft.source.bad((*draft.at, "onset"), f"{draft.label}.onset", describe(known["onset"]),
                             "an onset of the scenario: " + (", ".join(pieces.onset_drafts) or "there are none"),
                             pieces.onset_drafts)
        places = read_where(draft.source, (*draft.at, "where"), key, known["where"], region)
        if not pieces.problems.count:
            where = known["where"] if isinstance(known["where"], str) else tuple(known["where"])
            event = Event(**(known | {"where": where, "places": places}))
            events.append(onsets[event.onset].lends(event) if event.onset else event)
            if draft.prior:
                pieces.priors[event.path] = draft.prior
            if pieces.region_drafts.get(event.name) is draft:
                pieces.of_region[event.name] = event, draft.prior
    used = {draft.fields["onset"] for draft in pieces.drafts.values()}
    for name, draft in pieces.onset_drafts.items():
        if name not in used:
            draft.source.bad(draft.at, draft.label, "no event that hangs on it", "at least one event with this onset")
    pieces.events = tuple(events)
