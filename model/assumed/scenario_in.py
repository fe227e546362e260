"""A scenario file in: the chain of `extends` read and merged, every mistake reported.

`load` gives the pieces from which `scenario.py` builds a Scenario.
"""

from __future__ import annotations

import os
import re
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from pathlib import Path

from undercount.model.assumed.mechanisms import MECHANISMS
from undercount.model.assumed.parameters import Parameters, specs
from undercount.model.assumed.scenario_checks import (
    LONGEST_RAMP,
    SIZE_ABOVE,
    SIZES,
    Event,
    Onset,
    Span,
    check_setup,
    check_span,
    check_wholes,
    event_parameter,
    event_span,
    read_month,
    read_onset_month,
    read_quantity,
    read_ramp,
    read_text_value,
    read_where,
)
from undercount.model.assumed.scenario_parents import check_parents
from undercount.model.files.problems import BadInput
from undercount.model.files.tables_in import Problems
from undercount.model.files.toml_in import Document, Source, Where, describe, read_toml, readable
from undercount.model.known.region import Region, load_region

EVENT_KEYS = ("name", "when", "where", "apart", "parameter", "factor", "value", "ramp", "until", "onset", "source")
ONSET_KEYS = ("when", "ramp", "size", "included", "happens", "source")
HEAD_KEYS = ("title", "description", "extends", "region", "drop_events", "mechanisms", "onsets", "events", "calibrated")
ANYWHERE = ()  # an onset without a range of its own: swept over the region's window
CALIBRATED_KEYS = ("region", "distance", "seed", "version", "command", "values")


# --------------------------------------------------------------------------- finding files


def scenarios_root() -> Path:
    """The folder of scenarios: set by UNDERCOUNT_SCENARIOS, else the one of this package."""
    if chosen := os.environ.get("UNDERCOUNT_SCENARIOS"):
        return Path(chosen)
    return Path(__file__).resolve().parents[2] / "scenarios"


def scenario_names() -> list[str]:
    """The scenarios that can be called by name."""
    return sorted(path.stem for path in scenarios_root().glob("*.toml"))


def _is_path(name: str) -> bool:
    return name.endswith(".toml") or "/" in name or os.sep in name


def _find(name: str, folder: Path, source: Source, where: Where) -> Path | None:
    """The file of a scenario given by name or path; None after reporting that there is none."""
    if _is_path(name):
        return folder / name
    path = scenarios_root() / f"{name}.toml"
    if name in scenario_names():
        return path
    names = scenario_names()
    source.bad((*where, name), where[-1], describe(name),
               f"a path to a .toml file, or one of {', '.join(names) or '(no scenarios found)'}", names)
    return None


# --------------------------------------------------------------------------- one file


@dataclass
class _Draft:
    """An event as far as it could be read; None where a field was wrong and is reported."""

    source: Source
    at: Where
    label: str
    fields: dict
    prior: Span | None = None


@dataclass
class Pieces:
    """What the files of a chain say, the nearest file last and strongest."""

    problems: Problems
    title: str = ""
    description: str = ""
    region: Region | None = None
    values: dict[str, float] = field(default_factory=lambda: {p: s.default for p, s in specs().items()})
    set_by: dict[str, tuple[Source, Where]] = field(default_factory=dict)
    priors: dict[str, Span] = field(default_factory=dict)
    mechanisms: dict[str, bool] = field(default_factory=lambda: dict.fromkeys(MECHANISMS, True))
    drafts: dict[str, _Draft] = field(default_factory=dict)
    region_drafts: dict[str, _Draft] = field(default_factory=dict)  # of the region's own changes
    of_region: dict[str, tuple[Event, Span | None]] = field(default_factory=dict)  # those that no file changed
    onset_drafts: dict[str, _Draft] = field(default_factory=dict)
    onsets: tuple[Onset, ...] = ()
    events: tuple[Event, ...] = ()
    documents: list[Document] = field(default_factory=list)
    parents: dict[Path, list[Path]] = field(default_factory=dict)  # of each file, those that it extends


def _merge(pieces: Pieces, document: Document, complete: bool) -> None:
    """Add one file to what its parents said."""
    source, values = document.source, document.values
    pieces.title = read_text_value(source, ("title",), "title", values.get("title")) or ""
    pieces.description = read_text_value(
        source, ("description",), "description", values.get("description", ""), empty=True) or ""
    groups = Parameters.model_fields
    for name, content in values.items():
        if name not in HEAD_KEYS and name not in groups:
            homes = [path for path, spec in specs().items() if spec.key == name]
            source.bad((name,), name, describe(name), "tables and keys " + ", ".join((*HEAD_KEYS, *groups)),
                       (*HEAD_KEYS, *groups), homes[0] if homes else None)
        elif name in groups or name == "mechanisms":
            if not isinstance(content, dict):
                source.bad((name,), name, describe(content), f"a table [{name}]")
            elif name == "mechanisms":
                _merge_switches(pieces, source, content)
            else:
                _merge_group(pieces, source, name, content)
    _drop_events(pieces, source, values.get("drop_events", []), complete)
    _merge_onsets(pieces, source, values.get("onsets", {}))
    _merge_events(pieces, source, values.get("events", []))


def _merge_switches(pieces: Pieces, source: Source, content: dict) -> None:
    for name, value in content.items():
        where, key = ("mechanisms", name), f"mechanisms.{name}"
        if name not in MECHANISMS:
            source.bad(where, key, describe(name), "a mechanism (`undercount show` lists them)", MECHANISMS)
        elif not isinstance(value, bool):
            source.bad(where, key, describe(value), "true or false")
        else:
            pieces.mechanisms[name] = value


def _merge_group(pieces: Pieces, source: Source, group: str, content: dict) -> None:
    keys = [spec.key for spec in specs().values() if spec.group == group]
    for name, value in content.items():
        path, where = f"{group}.{name}", (group, name)
        spec = specs().get(path)
        if spec is None:
            homes = [other.path for other in specs().values() if other.key == name]
            source.bad(where, path, describe(name), f"keys of [{group}]: {', '.join(keys)}", keys,
                       homes[0] if homes else None)
        elif quantity := read_quantity(source, where, path, value, spec.allowed, spec.unit):
            pieces.values[path], prior = quantity
            pieces.set_by.pop(path, None)  # so that the last one set stands last
            pieces.set_by[path] = (source, where)
            pieces.priors.pop(path, None)
            if prior:
                pieces.priors[path] = prior


def _drop_events(pieces: Pieces, source: Source, names: object, complete: bool) -> None:
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        source.bad(("drop_events",), "drop_events", describe(names), "a list of names of inherited events")
        return
    known = list(pieces.drafts)
    for name in names:
        if name in pieces.drafts:
            del pieces.drafts[name]
        elif complete:
            source.bad(("drop_events", name), "drop_events", describe(name),
                       "names of inherited events: " + (", ".join(known) or "there are none"), known)


def _merge_onsets(pieces: Pieces, source: Source, onsets: object) -> None:
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


def _merge_calibrated(pieces: Pieces, source: Source, content: object) -> None:
    """Point values that `undercount calibrate` found: they move within what is unknown, and leave it unknown.

    Only one table of a chain of files counts (`_fitted`).
    """
    if not isinstance(content, dict) or not isinstance(content.get("values", {}), dict):
        source.bad(("calibrated",), "calibrated", describe(content), "a table [calibrated] with a table values")
        return
    for key in content:
        if key not in CALIBRATED_KEYS:
            source.bad(("calibrated", key), f"calibrated.{key}", describe(key), "keys " + ", ".join(CALIBRATED_KEYS),
                       CALIBRATED_KEYS)
    if content.get("region", pieces.region.name if pieces.region else None) != (pieces.region and pieces.region.name):
        return  # found for another region
    known = {f"events.{name}.{draft.fields.get('kind')}": draft for name, draft in pieces.drafts.items() if draft.prior}
    for path, value in content.get("values", {}).items():
        where, key = ("calibrated", "values", path), f"calibrated.values.{path}"
        if path in specs():
            spec = specs()[path]
            if quantity := read_quantity(source, where, key, value, spec.allowed, spec.unit):
                low, high = pieces.priors.setdefault(path, spec.sweep)
                pieces.values[path] = quantity[0]
                if not low <= quantity[0] <= high:
                    source.bad(where, key, f"{quantity[0]:g}", f"a value inside its range, {low:g} to {high:g}")
        elif path in known:
            draft = known[path]
            spec = specs().get(draft.fields.get("parameter") or "")
            if spec and (quantity := read_quantity(source, where, key, value, *event_span(draft.fields["kind"], spec))):
                fields = draft.fields | {"amount": quantity[0]}
                pieces.drafts[fields["name"]] = replace(draft, fields=fields)
        elif path.startswith("onsets.") and path.count(".") == 2 and path.split(".")[1] in pieces.onset_drafts:
            _calibrated_onset(pieces.onset_drafts[path.split(".")[1]], source, where, key, path.split(".")[2], value)
        else:
            source.bad(where, key, describe(path), "an unknown of the scenario", [*specs(), *known])


def _calibrated_onset(draft: _Draft, source: Source, where: Where, key: str, part: str, value: object) -> None:
    if part == "when":
        draft.fields.setdefault("months", ANYWHERE)
        draft.fields["when"] = read_month(source, where, key, value) or draft.fields.get("when")
    elif part in ("ramp", "size"):
        quantity = read_quantity(source, where, key, value, *{"ramp": ((0.0, float(LONGEST_RAMP)), "months"),
                                                              "size": (SIZES, "factor")}[part])
        if quantity:
            draft.fields[part] = quantity[0], draft.fields.get(part, (0.0, None))[1]
    else:
        source.bad(where, key, describe(part), "when, ramp or size", ("when", "ramp", "size"))


def _read_onset(source: Source, at: Where, label: str, content: dict, inherited: dict) -> _Draft:
    draft = _Draft(source, at, label, {"included": 1.0, **inherited})
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
            if key == "size" and min(quantity[0], *(quantity[1] or ())) <= 0.0:
                source.bad((*at, key), f"{label}.size", describe(min(quantity[0], *(quantity[1] or ()))), SIZE_ABOVE)
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


def _merge_events(pieces: Pieces, source: Source, events: object) -> None:
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
    places = read_where(source, (*at, "where"), f"events.{name}.where", content.get("where"), pieces.region)
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


def _read_event(source: Source, at: Where, label: str, content: dict) -> _Draft:
    draft = _Draft(source, at, label, {"where": content.get("where")})
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
            first, last = region.onset_window
            known["months"] = (first, last)
            known.setdefault("when", first + (last - first) // 2)
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


def _place_events(pieces: Pieces) -> None:
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


# --------------------------------------------------------------------------- the chain


def load(name: str | Path, region: str | None = None, fitted: bool = True) -> Pieces:
    """Read a scenario and what it extends, on its own region or on `region` (name or path), fitted values or not.

    The region's dated changes come first, so that a scenario may say one of them anew. Raises BadInput with
    every problem of all the files.
    """
    problems = Problems()
    pieces = Pieces(problems)
    caller = Source("scenario", problems)
    path = name if isinstance(name, Path) else _find(name, Path(), caller, ("name",))
    complete = _read_chain(pieces, path, ()) if path else False
    stated = None
    for document in reversed(pieces.documents):
        stated = (document, document.values["region"]) if "region" in document.values else stated
    if region is not None:
        pieces.region = _region(Source("--region", problems), Path(), region)
    elif stated:
        pieces.region = _region(stated[0].source, stated[0].path.parent, stated[1])
    if pieces.region and pieces.region.changes:
        _merge_changes(pieces)
    if complete:
        check_parents(pieces.documents, pieces.parents)
    calibrated = _fitted(pieces)
    for document in reversed(pieces.documents):
        _merge(pieces, document, complete)
        if document is calibrated and fitted:
            _merge_calibrated(pieces, document.source, document.values["calibrated"])
    if pieces.region:
        _place_events(pieces)
    elif complete and region is None and not stated:
        pieces.documents[0].source.bad(("region",), "region", "nothing",
                                       "the name or path of a region, here or in what it extends")
    check_wholes(pieces.values, pieces.set_by)
    problems.raise_any()
    return pieces


def _fitted(pieces: Pieces) -> Document | None:
    """The file whose fitted values count: the nearest that has some, but no parent in a list of several.

    Several explanations at once are not at the values of one of them.
    """
    by_path = {document.path.resolve(): document for document in pieces.documents}
    path = next(iter(by_path), None)
    while path in by_path:
        if "calibrated" in by_path[path].values:
            return by_path[path]
        above = pieces.parents.get(path, [])
        path = above[0] if len(above) == 1 else None
    return None


def _merge_changes(pieces: Pieces) -> None:
    """The region's own events, dated or unknown."""
    document = read_toml(pieces.region.changes, pieces.problems)
    if document is None:
        return
    for key in document.values:
        if key != "events":
            document.source.bad((key,), key, describe(key), "tables [[events]] only", ("events",))
    _merge_events(pieces, document.source, document.values.get("events", []))
    pieces.region_drafts = dict(pieces.drafts)


def _read_chain(pieces: Pieces, path: Path, above: tuple[Path, ...]) -> bool:
    """Read the file and those it extends, the nearest first; whether all could be read.

    Of several parents the last is the nearest. A file that several of them extend stands once, furthest away.
    """
    here = path.resolve()
    known = {document.path.resolve(): document for document in pieces.documents}
    document = known.get(here) or read_toml(path, pieces.problems)
    if document is None:
        return False
    if here in known:
        pieces.documents.remove(document)
    pieces.documents.append(document)
    pieces.parents.pop(here, None)  # read again: it stands further away
    if "extends" not in document.values:
        return True
    parents, source, complete = document.values["extends"], document.source, True
    if not isinstance(parents, list):
        parents = [parents]
    for parent in reversed(parents) if parents else [""]:
        if not isinstance(parent, str) or not parent or not readable(parent):
            source.bad(("extends",), "extends", describe(parent), "the name or path of a scenario, or a list of them")
            return False
        found = _find(parent, path.parent, source, ("extends",))
        if found is None:
            complete = False
        elif found.resolve() in (*above, here):
            chain = " -> ".join(p.stem for p in (*above, here, found))
            source.bad(("extends",), "extends", f"a circle: {chain}", "a scenario that does not lead back here")
            complete = False
        else:
            pieces.parents.setdefault(here, []).insert(0, found.resolve())
            complete = _read_chain(pieces, found, (*above, here)) and complete
    return complete


def _region(source: Source, beside: Path, value: object) -> Region | None:
    """The region of that name among the scenarios, or in that folder, relative to `beside`."""
    problems = source.problems
    root = scenarios_root()
    names: Collection[str] = sorted(p.parent.name for p in root.glob("*/region.toml"))
    if not isinstance(value, str) or not value.strip() or not readable(value):
        source.bad(("region",), "region", describe(value), "the name or path of a region")
        return None
    folder = beside / value if "/" in value or os.sep in value else root / value
    try:
        found = (folder / "region.toml").is_file()
    except OSError:  # a name too long, a folder that may not be read
        found = False
    if not found:
        source.bad(("region", value), "region", describe(value),
                   "a folder with a region.toml, or one of " + ", ".join(names), names)
        return None
    try:
        return replace(load_region(folder), folder=folder.resolve())
    except BadInput as error:
        problems.count += len(error.problems)
        problems.listed.extend(error.problems)
        return None
